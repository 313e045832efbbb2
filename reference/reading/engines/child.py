"""The program on the other side of `in_child`: loads one engine, then answers image by image."""

import os
import sys
import time
from collections.abc import Callable, Sequence
from typing import IO

from PIL import Image

from reading.engine import Word
from reading.engines.in_child import Answer, Request, receive, send

Reader = Callable[[Image.Image], Sequence[Word]]


def serve(load: Callable[[], Reader]) -> None:
    """Load an engine and read images from standard input until it ends.

    The first answer says that the engine is loaded, or why not. Standard output is the answers'
    pipe; whatever a library prints goes to standard error instead.
    """
    answers = _own_pipe()
    try:
        read = load()
    except Exception as error:  # noqa: BLE001 - whatever it is, the other side must hear of it
        send(answers, Answer(error=f"the engine can't be loaded: {error}"))
        return
    send(answers, Answer(cpu_seconds=time.process_time()))
    while request := receive(sys.stdin.buffer, Request):
        image = Image.frombytes("L", (request.width, request.height), request.pixels)
        try:
            answer = Answer(words=list(read(image)), cpu_seconds=time.process_time())
        except Exception as error:  # noqa: BLE001 - as above; the child itself goes on
            answer = Answer(error=f"the engine failed: {error}", cpu_seconds=time.process_time())
        send(answers, answer)


def _own_pipe() -> IO[bytes]:
    pipe = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return pipe
