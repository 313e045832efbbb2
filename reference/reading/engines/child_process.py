"""Runs an OCR engine in a long-lived child process, which can be ended at the time limit.

A library that hangs in our own process can't be interrupted, and would take the whole function
with it. The child loads its models once, gets images through a pipe and answers with words. The
operating system counts its CPU time and ends it at the limit, so that a crowded machine takes
longer and loses nothing; a child that hangs and uses none is killed by the clock on the wall. The
next read starts another one. When this process ends, the pipe ends, and the child with it.
"""

import contextlib
import os
import signal
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from typing import IO, TypeVar

import msgspec
from PIL import Image

from reading.engine import WALL_PER_CPU_S, OcrEngineError, OcrTimeoutError, Word

LENGTH = struct.Struct(">I")
"""Each frame on a pipe starts with its length in bytes."""


class EngineRequest(msgspec.Struct, frozen=True):
    """A grey image, one byte a pixel, row by row, and the CPU seconds that reading it may take.

    `options` are the engine's own.
    """

    width: int
    height: int
    pixels: bytes
    cpu_limit_s: float | None = None
    options: dict[str, float] = msgspec.field(default_factory=dict)


class EngineAnswer(msgspec.Struct, frozen=True):
    """The words, or what went wrong; `cpu_seconds` is the CPU time of the child so far."""

    words: list[Word] = msgspec.field(default_factory=list)
    error: str | None = None
    cpu_seconds: float = 0.0


Frame = TypeVar("Frame", EngineRequest, EngineAnswer)


def child_environment() -> dict[str, str]:
    """Environment variables with which a child finds the same packages as this process."""
    return os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}


class ChildProcessEngine:
    """An engine that runs in a child process; reads one image at a time.

    `module` is run as a program and must call `child_program.serve_engine`. `cpu_seconds` counts
    the running child only: the operating system adds an ended child's time to that of this
    process's ended children.
    """

    def __init__(self, module: str, *arguments: str) -> None:
        self._command = [sys.executable, "-m", module, *arguments]
        self._child: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._cpu_seconds = 0.0

    @property
    def cpu_seconds(self) -> float:
        """CPU seconds used by the running child."""
        return self._cpu_seconds

    def read_words(self, image: Image.Image, within_s: float, **options: float) -> Sequence[Word]:
        """See `reading.engine.OcrEngine`. The child's function gets `options` as arguments."""
        grey = image.convert("L")
        wall_s = within_s * WALL_PER_CPU_S
        end = time.monotonic() + wall_s
        with self._lock:
            child, loading_s = self._running_child(wall_s)
            left_s = max(0.0, within_s - loading_s)
            request = EngineRequest(grey.width, grey.height, grey.tobytes(), left_s, options)
            with self._killed_after(end - time.monotonic(), child) as hung:
                write_frame(child.stdin, request)
                answer = read_frame(child.stdout, EngineAnswer)
            if answer is None:
                raise self._stop_after_silence(child, wall_s if hung.is_set() else None, within_s)
        self._cpu_seconds = answer.cpu_seconds
        if answer.error is not None:
            raise OcrEngineError(answer.error)
        return answer.words

    def close(self) -> None:
        """Stop the child if one is running."""
        with self._lock:
            if self._child:
                self._stop(self._child)

    def _running_child(self, wall_s: float) -> tuple[subprocess.Popen[bytes], float]:
        """The child, and the CPU seconds that loading it took just now."""
        if self._child and self._child.poll() is None:
            return self._child, 0.0
        child = self._child = subprocess.Popen(  # noqa: S603 - our own module, our own arguments
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=child_environment(),
        )
        with self._killed_after(wall_s, child) as hung:
            hello = read_frame(child.stdout, EngineAnswer)
        if hello is None:
            raise self._stop_after_silence(child, wall_s if hung.is_set() else None)
        if hello.error is not None:
            self._stop(child)
            raise OcrEngineError(hello.error)
        return child, hello.cpu_seconds

    @contextlib.contextmanager
    def _killed_after(
        self, within_s: float, child: subprocess.Popen[bytes]
    ) -> Iterator[threading.Event]:
        """Kill the child unless the block ends in time; the event is set if it was killed."""
        limit = threading.Event()

        def kill() -> None:
            limit.set()
            child.kill()

        timer = threading.Timer(max(0.0, within_s), kill)
        timer.daemon = True
        timer.start()
        try:
            yield limit
        finally:
            timer.cancel()

    def _stop_after_silence(
        self, child: subprocess.Popen[bytes], hung_s: float | None, cpu_s: float = 0.0
    ) -> OcrEngineError:
        code = self._stop(child)
        if hung_s is not None:
            return OcrTimeoutError(f"the engine hangs: no answer in {hung_s:.3g} s")
        if code == -signal.SIGXCPU:
            return OcrTimeoutError(f"the engine did not finish in {cpu_s:.3g} s of CPU time")
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


def write_frame(pipe: IO[bytes] | None, message: msgspec.Struct) -> None:
    """Write one message. A broken pipe raises nothing here: `read_frame` will find no answer."""
    data = msgspec.msgpack.encode(message)
    if pipe:
        with contextlib.suppress(BrokenPipeError):
            pipe.write(LENGTH.pack(len(data)) + data)
            pipe.flush()


def read_frame(pipe: IO[bytes] | None, kind: type[Frame]) -> Frame | None:
    """Read one message, or None if the writer has ended."""
    head = pipe.read(LENGTH.size) if pipe else b""
    if pipe is None or len(head) < LENGTH.size:
        return None
    data = pipe.read(*LENGTH.unpack(head))
    return msgspec.msgpack.decode(data, type=kind)
