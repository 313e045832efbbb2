"""The reading function as deployed, except that its engine is a clock.

A wait of known length replaces the OCR, so that the laptop's cores don't decide the run. Message,
image, ledger, canonical copy and write queue are the real ones. This file is copied into the
function's package alone, so it imports nothing of the lab. Two environment variables steer it:
`VALIDATION_READ_SECONDS`, the reading times to take in turn, and `VALIDATION_TRACE`, a file that
all workers append to.
"""

import json
import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext
from PIL import Image

from reading import engines
from reading.engine import Word
from receipts.handlers import read

LINES = (("CLOCK", "MARKET"), ("2027-01-29",), ("TOTAL", "EUR", "12.50"))
"""The text of every receipt: enough for a total that needs no second OCR pass."""


class Clock:
    """An engine that takes a known time for each receipt."""

    name = "clock"

    def __init__(self) -> None:
        """The handler sets `seconds` before each receipt."""
        self.seconds = 0.0

    def read_words(self, image: Image.Image, within_s: float) -> Sequence[Word]:
        """See `reading.engine.OcrEngine`. A second pass over the same receipt takes no time."""
        del within_s  # the reading times are far below it
        time.sleep(self.seconds)
        self.seconds = 0.0
        height = image.height // (2 * len(LINES))
        return [
            Word(text=text, left=x * 120, top=y * 60, width=100, height=height, confidence=0.99)
            for y, line in enumerate(LINES, 1)
            for x, text in enumerate(line, 1)
        ]


_clock = Clock()


def _turn() -> int:
    """How many invocations began before this one, in all workers: the order that the model uses."""
    path = os.environ["VALIDATION_TRACE"] + ".begun"
    tally = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    try:
        os.write(tally, b".")  # an atomic append: no other worker gets the same position
        return os.lseek(tally, 0, os.SEEK_CUR) - 1
    finally:
        os.close(tally)


def handler(event: dict[str, Any], context: LambdaContext) -> Any:  # noqa: ANN401  powertools' own
    """Read one receipt; append to the trace when it was sent, begun and ended."""
    began = time.time()
    vars(engines)["make_engine"] = lambda _name: _clock
    [record] = event["Records"]  # the mapping's BatchSize is 1
    message = json.loads(record["body"])
    seconds = os.environ["VALIDATION_READ_SECONDS"].split(",")
    _clock.seconds = float(seconds[_turn() % len(seconds)])
    answer = read.handler(event, context)
    sent = int(record["attributes"]["SentTimestamp"]) / 1000
    line = f"{message['batch_id']} {message['index']} {sent:.3f} {began:.4f} {time.time():.4f}\n"
    with Path(os.environ["VALIDATION_TRACE"]).open("a") as trace:
        trace.write(line)  # one short append, so that lines of several workers don't mix
    return answer
