"""The reading function of the held runs: as deployed, but its engine is a clock.

The OCR gives way to a wait of known length, so that a laptop's cores are not the story. Message,
image, ledger, canonical copy and write queue stay the real ones. This file goes into the function's
package by itself, so it imports nothing of the lab; its environment is `HELD_SECONDS`, the times
to take in turn, and `HELD_TRACE`, a file that all of its workers write.
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

LINES = (("HELD", "MARKET"), ("2027-01-29",), ("TOTAL", "EUR", "12.50"))
"""What every receipt says; enough for a total that needs no second OCR pass."""


class Clock:
    """An engine that takes a known time for each receipt."""

    name = "clock"

    def __init__(self) -> None:
        """`seconds` is set for each receipt, before it is read."""
        self.seconds = 0.0

    def read_words(self, image: Image.Image, within_s: float) -> Sequence[Word]:
        """See `reading.engine.OcrEngine`. A second pass over the same receipt takes no time."""
        del within_s  # no reading time comes near it
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
    """How many invocations have begun before this one, in whichever worker: the model's order."""
    tally = os.open(os.environ["HELD_TRACE"] + ".begun", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    try:
        os.write(tally, b".")  # appended in one piece: where it ends is nobody else's place
        return os.lseek(tally, 0, os.SEEK_CUR) - 1
    finally:
        os.close(tally)


def handler(event: dict[str, Any], context: LambdaContext) -> Any:  # noqa: ANN401  powertools' own
    """One receipt; a line of the trace says when it was sent, begun and ended."""
    began = time.time()
    vars(engines)["make_engine"] = lambda _name: _clock
    [record] = event["Records"]  # the mapping's BatchSize is 1
    message = json.loads(record["body"])
    seconds = os.environ["HELD_SECONDS"].split(",")
    _clock.seconds = float(seconds[_turn() % len(seconds)])
    answer = read.handler(event, context)
    sent = int(record["attributes"]["SentTimestamp"]) / 1000
    line = f"{message['batch_id']} {message['index']} {sent:.3f} {began:.4f} {time.time():.4f}\n"
    with Path(os.environ["HELD_TRACE"]).open("a") as trace:
        trace.write(line)  # short and in one piece, so that readers don't cut into each other's
    return answer
