"""The program that `child_process` starts: it loads one engine and then reads image after image."""

import math
import os
import resource
import sys
import time
from collections.abc import Callable, Sequence
from typing import IO

from PIL import Image

from reading.engine import Word
from reading.engines.child_process import EngineAnswer, EngineRequest, read_frame, write_frame

WordReader = Callable[..., Sequence[Word]]
"""Takes a grey image, and the options of the request by their names."""


def serve_engine(load: Callable[[], WordReader]) -> None:
    """Load an engine and read images from standard input until it ends.

    The first answer says that the engine is loaded, or why not. Answers leave by standard output;
    what a library prints goes to standard error instead, so that it can't garble them.
    """
    answers = _answer_pipe()
    # The end at the CPU limit would leave an image of the whole process on the disk.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        read_words = load()
    except Exception as error:  # noqa: BLE001 - whatever failed, the parent must be told
        write_frame(answers, EngineAnswer(error=f"the engine can't be loaded: {error}"))
        return
    write_frame(answers, EngineAnswer(cpu_seconds=time.process_time()))
    while request := read_frame(sys.stdin.buffer, EngineRequest):
        limit_cpu(request.cpu_limit_s)
        image = Image.frombytes("L", (request.width, request.height), request.pixels)
        try:
            words = list(read_words(image, **request.options))
            answer = EngineAnswer(words=words, cpu_seconds=time.process_time())
        except Exception as error:  # noqa: BLE001 - as above; the child goes on
            answer = EngineAnswer(
                error=f"the engine failed: {error}", cpu_seconds=time.process_time()
            )
        write_frame(answers, answer)


def limit_cpu(seconds: float | None) -> None:
    """Let the system end this process when it has used so many more CPU seconds, rounded up."""
    _, most = resource.getrlimit(resource.RLIMIT_CPU)
    until = most if seconds is None else math.ceil(time.process_time() + seconds)
    if most != resource.RLIM_INFINITY:
        until = min(until, most)
    resource.setrlimit(resource.RLIMIT_CPU, (until, most))


def _answer_pipe() -> IO[bytes]:
    """Take standard output for the answers, and let file descriptor 1 be standard error."""
    pipe = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return pipe
