"""Runs an OCR engine in a child process that stays, so that its time limit really stops it.

Libraries that read in this very process can't be interrupted: a hanging one would take the whole
function with it. The child loads its models once, gets images through a pipe and answers words;
at the time limit it is killed, and the next read starts another. When this process ends, the pipe
ends, and so does the child.
"""

import contextlib
import os
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from typing import IO, TypeVar

import msgspec
from PIL import Image

from reading.engine import OcrEngineError, OcrTimeoutError, Word

LENGTH = struct.Struct(">I")


class Request(msgspec.Struct, frozen=True):
    """A grey image: one byte a pixel, row by row."""

    width: int
    height: int
    pixels: bytes


class Answer(msgspec.Struct, frozen=True):
    """The words, or what went wrong; `cpu_seconds` is the child's CPU time up to now."""

    words: list[Word] = msgspec.field(default_factory=list)
    error: str | None = None
    cpu_seconds: float = 0.0


Message = TypeVar("Message", Request, Answer)


def environment() -> dict[str, str]:
    """For a child that must find the same packages, wherever this process has them from."""
    return os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}


class InChild:
    """The engine that `module` (run as a program) serves; one image at a time.

    `cpu_seconds` is the CPU time of the child that runs; an ended one's is among those of this
    process's ended children.
    """

    def __init__(self, module: str, *arguments: str) -> None:
        self._command = [sys.executable, "-m", module, *arguments]
        self._child: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._cpu_seconds = 0.0

    @property
    def cpu_seconds(self) -> float:
        """CPU seconds that the running child has used."""
        return self._cpu_seconds

    def read(self, image: Image.Image, within_s: float) -> Sequence[Word]:
        """See `reading.engine.OcrEngine`."""
        grey = image.convert("L")
        request = Request(grey.width, grey.height, grey.tobytes())
        end = time.monotonic() + within_s
        with self._lock:
            child = self._running(within_s)
            with self._limit(child, end - time.monotonic()) as limit:
                send(child.stdin, request)
                answer = receive(child.stdout, Answer)
            if answer is None:
                raise self._ended(child, within_s if limit.is_set() else None)
        self._cpu_seconds = answer.cpu_seconds
        if answer.error is not None:
            raise OcrEngineError(answer.error)
        return answer.words

    def close(self) -> None:
        """Stop the child, if one runs."""
        with self._lock:
            if self._child:
                self._stop(self._child)

    def _running(self, within_s: float) -> subprocess.Popen[bytes]:
        if self._child and self._child.poll() is None:
            return self._child
        child = self._child = subprocess.Popen(  # noqa: S603 - our own module, our own arguments
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment(),
        )
        with self._limit(child, within_s) as limit:
            hello = receive(child.stdout, Answer)
        if hello is None:
            raise self._ended(child, within_s if limit.is_set() else None)
        if hello.error is not None:
            self._stop(child)
            raise OcrEngineError(hello.error)
        return child

    @contextlib.contextmanager
    def _limit(self, child: subprocess.Popen[bytes], seconds: float) -> Iterator[threading.Event]:
        """Kill the child unless the block ends in time; the event says that it was killed."""
        hit = threading.Event()

        def kill() -> None:
            hit.set()
            child.kill()

        timer = threading.Timer(max(0.0, seconds), kill)
        timer.daemon = True
        timer.start()
        try:
            yield hit
        finally:
            timer.cancel()

    def _ended(self, child: subprocess.Popen[bytes], limit_s: float | None) -> OcrEngineError:
        code = self._stop(child)
        if limit_s is not None:
            return OcrTimeoutError(f"the engine did not finish in {limit_s:.3g} s")
        return OcrEngineError(f"the engine's process ended with code {code}")

    def _stop(self, child: subprocess.Popen[bytes]) -> int:
        child.kill()
        code = child.wait()
        for pipe in (child.stdin, child.stdout):
            if pipe:
                with contextlib.suppress(OSError):
                    pipe.close()
        self._child = None
        self._cpu_seconds = 0.0
        return code


def send(pipe: IO[bytes] | None, message: msgspec.Struct) -> None:
    """Write one message; an ended reader is noticed when its answer is missing."""
    data = msgspec.msgpack.encode(message)
    if pipe:
        with contextlib.suppress(BrokenPipeError):
            pipe.write(LENGTH.pack(len(data)) + data)
            pipe.flush()


def receive(pipe: IO[bytes] | None, kind: type[Message]) -> Message | None:
    """Read one message, or None where the writer has ended."""
    head = pipe.read(LENGTH.size) if pipe else b""
    if pipe is None or len(head) < LENGTH.size:
        return None
    data = pipe.read(*LENGTH.unpack(head))
    return msgspec.msgpack.decode(data, type=kind)
