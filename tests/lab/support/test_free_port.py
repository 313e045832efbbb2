import socket

import pytest

from lab.support.free_port import free_port


def test_a_port_is_a_servers_to_take_and_given_to_nobody_who_asks_for_any() -> None:
    port = free_port()
    with (
        socket.socket() as other,  # as it is when the system chooses
        pytest.raises(OSError, match="in use"),
    ):
        other.bind(("127.0.0.1", port))
    with socket.create_server(("127.0.0.1", port)) as server:
        assert server.getsockname()[1] == port
