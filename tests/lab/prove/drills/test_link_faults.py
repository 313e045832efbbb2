"""A link that is silent, and one that is busy with some requests only."""

import contextlib
import socket
from collections.abc import Iterator

import pytest

from lab.run.links import Link, link_to


@pytest.fixture
def server() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(120)
        yield server


@contextlib.contextmanager
def connected(server: socket.socket) -> Iterator[tuple[Link, socket.socket, socket.socket]]:
    """The link, the client's end and the server's end of one connection through it."""
    with (
        link_to(server.getsockname()[1]) as link,
        socket.create_connection(("127.0.0.1", link.port), timeout=120) as client,
        server.accept()[0] as accepted,
    ):
        accepted.settimeout(120)
        client.sendall(b"!")
        assert accepted.recv(1) == b"!"  # the link is made
        yield link, client, accepted


def test_what_was_sent_while_it_was_silent_arrives_afterwards(server: socket.socket) -> None:
    with connected(server) as (link, client, accepted):
        link.silence()
        client.sendall(b"late")
        link.restore()
        assert accepted.recv(100) == b"late"


def test_what_was_held_by_a_silent_link_is_lost_with_its_connection(server: socket.socket) -> None:
    with connected(server) as (link, client, accepted):
        link.silence()
        client.sendall(b"lost")
        accepted.settimeout(0.2)  # it would be there at once
        with pytest.raises(TimeoutError):
            accepted.recv(100)
        link.drop_held()
        with contextlib.suppress(ConnectionResetError):
            assert accepted.recv(100) == b""


def test_it_is_busy_with_the_requests_that_are_named_and_no_other(server: socket.socket) -> None:
    with connected(server) as (link, client, accepted):
        link.busy = b"DynamoDB"
        client.sendall(b"to AmazonSQS")
        assert accepted.recv(100) == b"to AmazonSQS"
        client.sendall(b"to DynamoDB")
        assert client.recv(100).startswith(b"HTTP/1.1 503")
