"""The link that drills cut, hold, reset and slow down."""

import socket
import threading
from collections.abc import Iterator

import pytest

from lab.run.links import Link, link_to

PATIENCE_S = 120.0


@pytest.fixture
def echo() -> Iterator[int]:
    """A server that echoes what it receives."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                threading.Thread(target=answer, args=(connection,), daemon=True).start()

        def answer(connection: socket.socket) -> None:
            with connection:
                while data := connection.recv(1024):
                    connection.sendall(data)

        threading.Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def link(echo: int) -> Iterator[Link]:
    with link_to(echo) as link:
        yield link


@pytest.fixture
def client(link: Link) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", link.port), PATIENCE_S) as client:
        client.sendall(b"hello")
        assert client.recv(1024) == b"hello"
        yield client


def ended(client: socket.socket) -> bool:
    try:
        return client.recv(1024) == b""
    except ConnectionError:
        return True


def refuses_new_clients(link: Link) -> bool:
    try:  # it may end so soon that connecting already fails
        with socket.create_connection(("127.0.0.1", link.port), PATIENCE_S) as other:
            return ended(other)
    except ConnectionError:
        return True


def test_a_cut_link_ends_what_is_connected_and_refuses_new_clients(
    link: Link, client: socket.socket
) -> None:
    link.cut()
    assert ended(client)
    assert refuses_new_clients(link)
    link.restore()
    with socket.create_connection(("127.0.0.1", link.port), PATIENCE_S) as again:
        again.sendall(b"back")
        assert again.recv(1024) == b"back"


def test_what_is_held_never_arrives_once_it_is_dropped(link: Link, client: socket.socket) -> None:
    link.hold(b"secret")
    client.sendall(b"a secret")
    assert link.wait_until_held(PATIENCE_S)
    link.drop_held()
    assert ended(client)


def test_a_busy_link_answers_503(link: Link, client: socket.socket) -> None:
    link.busy = True
    client.sendall(b"GET / HTTP/1.1\r\n\r\n")
    assert client.recv(1024).startswith(b"HTTP/1.1 503")


def test_a_link_that_is_busy_for_some_answers_the_others(link: Link, client: socket.socket) -> None:
    link.busy = b"DynamoDB"
    client.sendall(b"to SQS")
    assert client.recv(1024) == b"to SQS"
    client.sendall(b"to DynamoDB")
    assert client.recv(1024).startswith(b"HTTP/1.1 503")


def test_a_link_rewrites_what_is_answered(link: Link, client: socket.socket) -> None:
    link.rewrite = lambda data: data.replace(b"mine", b"yours")
    client.sendall(b"mine")
    assert client.recv(1024) == b"yours"
    link.restore()
    client.sendall(b"mine")
    assert client.recv(1024) == b"mine"


def test_a_link_is_reset_in_the_middle_of_a_request(link: Link, client: socket.socket) -> None:
    link.reset_after(3)
    client.sendall(b"sentence")
    assert ended(client)
