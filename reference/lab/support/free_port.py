"""Free TCP ports for the lab's servers."""

import socket


def free_port() -> int:
    """A TCP port on 127.0.0.1 on which nothing listens, and which nobody else is given.

    A connection to it is made and ended. For the minute that the system remembers it, the port is
    given to no one who asks for any; a server may have it, for servers set SO_REUSEADDR.
    """
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)):
            listening.accept()[0].close()  # who closes first is remembered
    return port
