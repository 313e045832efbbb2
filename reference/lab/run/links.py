"""A TCP proxy that can cut, hold, slow down, reset or rewrite its connections, or answer 503.

A small Toxiproxy, which is written in Go and comes in no wheel.
"""

import contextlib
import random
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator

from lab.support.free_port import free_port

_CHUNK_BYTES = 16_384
_RESET = struct.pack("ii", 1, 0)  # SO_LINGER of 0 s: closing sends RST
_BUSY = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Link:
    """Listens on `port` and forwards to the target, until a fault is switched on."""

    def __init__(self, target_port: int) -> None:
        """Both ends on 127.0.0.1."""
        self.port = free_port()
        self.delay_s = 0.0
        self.jitter_s = 0.0
        """Up to so much on top of `delay_s`, another time for each chunk."""
        self.busy: bool | bytes = False
        """Answer every request with 503, or those that contain this, as AWS does in an outage."""
        self.rewrite: Callable[[bytes], bytes] | None = None
        """Changes what the target answers."""
        self.up = True
        self._target = target_port
        self._flowing = threading.Event()
        self._flowing.set()
        self._hold_pattern: bytes | None = None
        self._holding = threading.Event()
        self._bytes_until_reset: int | None = None
        self._sockets: set[socket.socket] = set()
        self._server = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """End all connections; accept no new one until `restore`."""
        self.up = False
        self._end_all()

    def restore(self) -> None:
        """Switch all faults off."""
        self.up, self.busy, self.rewrite = True, False, None
        self.delay_s = self.jitter_s = 0.0
        self._hold_pattern = self._bytes_until_reset = None
        self._flowing.set()

    def silence(self) -> None:
        """Forward nothing until `restore`; connections stay, and what was sent arrives then."""
        self._flowing.clear()

    def hold(self, pattern: bytes) -> None:
        """Forward nothing from the first request on that contains `pattern`."""
        self._holding.clear()
        self._hold_pattern = pattern

    def wait_until_held(self, timeout_s: float) -> bool:
        """Wait for a request to be held, up to `timeout_s`; answers whether one is."""
        return self._holding.wait(timeout_s)

    def drop_held(self) -> None:
        """End all connections and work again: what was held never arrives."""
        self._end_all()
        self.restore()

    def reset_after(self, sent_bytes: int) -> None:
        """Reset the connection, once, after the client has sent this many bytes from now on."""
        self._bytes_until_reset = sent_bytes

    def close(self) -> None:
        """Stop listening, and end all connections."""
        self.up = False
        self._server.close()
        self._end_all()
        self._flowing.set()

    def _end_all(self) -> None:
        for one in list(self._sockets):
            _reset(one)
        self._sockets.clear()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._server.accept()
            except OSError:
                return
            if not self.up:
                _reset(client)
                continue
            try:
                server = socket.create_connection(("127.0.0.1", self._target))
            except OSError:
                _reset(client)
                continue
            self._sockets |= {client, server}
            for source, sink, is_request in ((client, server, True), (server, client, False)):
                pump = threading.Thread(
                    target=self._pump, args=(source, sink, is_request), daemon=True
                )
                pump.start()

    def _pump(self, source: socket.socket, sink: socket.socket, is_request: bool) -> None:  # noqa: FBT001
        with contextlib.suppress(OSError):
            while data := source.recv(_CHUNK_BYTES):
                if is_request and (self.busy is True or (self.busy and self.busy in data)):
                    source.sendall(_BUSY)
                    break
                if is_request and self._hold_pattern and self._hold_pattern in data:
                    self._flowing.clear()
                    self._holding.set()
                self._flowing.wait()
                time.sleep(self.delay_s + random.uniform(0, self.jitter_s))  # noqa: S311  no secret
                if is_request and self._count_towards_reset(len(data)):
                    _reset(source)
                    break
                sink.sendall(self.rewrite(data) if self.rewrite and not is_request else data)
        for one in (source, sink):
            self._sockets.discard(one)
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _count_towards_reset(self, sent_bytes: int) -> bool:
        """Count what was sent; answers whether the reset is due now."""
        if self._bytes_until_reset is None:
            return False
        self._bytes_until_reset -= sent_bytes
        if self._bytes_until_reset > 0:
            return False
        self._bytes_until_reset = None
        return True


@contextlib.contextmanager
def link_to(port: int) -> Iterator[Link]:
    """A link to this port, closed on the way out."""
    link = Link(port)
    try:
        yield link
    finally:
        link.close()


def _reset(one: socket.socket) -> None:
    with contextlib.suppress(OSError):
        one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        one.shutdown(socket.SHUT_RDWR)
    one.close()
