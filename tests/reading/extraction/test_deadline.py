"""All OCR passes of a receipt share one deadline; what was read by then stands."""

from collections.abc import Sequence
from decimal import Decimal

import pytest
from PIL import Image

from helpers.fakes_reading import BAKERY, read_decoded, words
from reading.engine import ImageRequirements, OcrPass, OcrTimeoutError, Word
from reading.extraction.deadline import Deadline

BLANK = Image.new("L", (400, 600), 255)
NO_DATE = tuple(line for line in BAKERY if "Date" not in line)


class SlowEngine:
    """Needs `seconds` a pass, reads no date, and offers three passes."""

    name = "slow"

    def __init__(self, seconds: float) -> None:
        self.now = 0.0
        self.given: list[float] = []
        self.passes = [OcrPass(self, ImageRequirements())] * 3
        self._seconds = seconds

    def clock(self) -> float:
        return self.now

    def read_words(self, image: Image.Image, within_s: float) -> Sequence[Word]:  # noqa: ARG002
        self.given.append(within_s)
        self.now += min(self._seconds, within_s)
        if self._seconds > within_s:
            raise OcrTimeoutError("stopped")
        return words(*NO_DATE)


def test_each_pass_gets_the_time_that_the_earlier_ones_left() -> None:
    engine = SlowEngine(seconds=10)
    read_decoded(BLANK, engine, Deadline(35, engine.clock))
    assert engine.given == [35, 25, 15]


def test_a_later_pass_that_is_stopped_leaves_what_was_read_before_it() -> None:
    engine = SlowEngine(seconds=20)
    receipt = read_decoded(BLANK, engine, Deadline(30, engine.clock)).receipt
    assert engine.given == [30, 10]
    assert receipt.total == Decimal("6.00")
    assert receipt.needs_review


def test_no_pass_is_begun_when_the_time_is_over() -> None:
    engine = SlowEngine(seconds=15)
    assert read_decoded(BLANK, engine, Deadline(30, engine.clock)).receipt.total == Decimal("6.00")
    assert engine.given == [30, 15]


def test_a_first_pass_that_is_stopped_is_an_error() -> None:
    engine = SlowEngine(seconds=40)
    with pytest.raises(OcrTimeoutError):
        read_decoded(BLANK, engine, Deadline(30, engine.clock))


def test_time_that_was_spent_before_the_first_pass_counts() -> None:
    engine = SlowEngine(seconds=1)
    deadline = Deadline(30, engine.clock)
    engine.now = 31
    with pytest.raises(OcrTimeoutError, match="not read in 30 s"):
        read_decoded(BLANK, engine, deadline)
    assert engine.given == []
