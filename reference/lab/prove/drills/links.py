"""A TCP link that can be cut, held, slowed, reset in mid-sentence, or answer 503."""

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Iterator

from lab.support.free_port import free_port

_CHUNK = 16_384
_RESET = struct.pack("ii", 1, 0)  # SO_LINGER of 0 s: closing sends RST
_BUSY = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Link:
    """Listens on a port of its own and passes on what comes, as long as it is told nothing else."""

    def __init__(self, target_port: int) -> None:
        """Both ends on 127.0.0.1."""
        self.port = free_port()
        self.delay_s = 0.0
        self.busy = False
        """Answer 503 to whatever is asked, as AWS does when it is throttled or unwell."""
        self.up = True
        self._target = target_port
        self._flowing = threading.Event()
        self._flowing.set()
        self._holds: bytes | None = None
        self._held = threading.Event()
        self._reset_after: int | None = None
        self._sockets: set[socket.socket] = set()
        self._server = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """End what is connected; take nobody new until `restore`."""
        self.up = False
        self._end_all()

    def restore(self) -> None:
        """Work again as if nothing had been."""
        self.up, self.busy, self.delay_s = True, False, 0.0
        self._holds = self._reset_after = None
        self._flowing.set()

    def hold(self, what: bytes) -> None:
        """Pass nothing on any more once a request contains `what`; that one isn't passed either."""
        self._held.clear()
        self._holds = what

    def wait_until_held(self, timeout_s: float) -> bool:
        """Whether a request is being held, waiting up to `timeout_s` for it."""
        return self._held.wait(timeout_s)

    def drop_held(self) -> None:
        """End what is connected, with what is held; it never arrives."""
        self._end_all()
        self.restore()

    def reset_after(self, sent: int) -> None:
        """Reset the connection when it has sent so many bytes from now on, once."""
        self._reset_after = sent

    def close(self) -> None:
        """Stop listening, end all."""
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
            for source, sink, asks in ((client, server, True), (server, client, False)):
                pump = threading.Thread(target=self._pump, args=(source, sink, asks), daemon=True)
                pump.start()

    def _pump(self, source: socket.socket, sink: socket.socket, asks: bool) -> None:  # noqa: FBT001
        with contextlib.suppress(OSError):
            while data := source.recv(_CHUNK):
                if asks and self.busy:
                    source.sendall(_BUSY)
                    break
                if asks and self._holds and self._holds in data:
                    self._flowing.clear()
                    self._held.set()
                self._flowing.wait()
                time.sleep(self.delay_s)
                if asks and self._is_reset(len(data)):
                    _reset(source)
                    break
                sink.sendall(data)
        for one in (source, sink):
            self._sockets.discard(one)
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _is_reset(self, sent: int) -> bool:
        if self._reset_after is None:
            return False
        self._reset_after -= sent
        if self._reset_after > 0:
            return False
        self._reset_after = None
        return True


@contextlib.contextmanager
def link_to(port: int) -> Iterator[Link]:
    """A link that is closed on the way out."""
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
