"""All looks at a receipt share one deadline; what was read by then stands."""

from collections.abc import Sequence
from decimal import Decimal

import pytest
from PIL import Image

from helpers.fakes_reading import BAKERY, words
from reading.engine import Look, OcrTimeoutError, Picture, Word
from reading.extraction.deadline import Deadline
from reading.extraction.reading import read

BLANK = Image.new("L", (400, 600), 255)
NO_DATE = tuple(line for line in BAKERY if "Date" not in line)


class Slow:
    """Needs `seconds` a look, sees no date, and would look three times."""

    name = "slow"

    def __init__(self, seconds: float) -> None:
        self.now = 0.0
        self.given: list[float] = []
        self.looks = [Look(self, Picture())] * 3
        self._seconds = seconds

    def clock(self) -> float:
        return self.now

    def read(self, image: Image.Image, within_s: float) -> Sequence[Word]:  # noqa: ARG002
        self.given.append(within_s)
        self.now += min(self._seconds, within_s)
        if self._seconds > within_s:
            raise OcrTimeoutError("stopped")
        return words(*NO_DATE)


def test_each_look_gets_what_the_looks_before_left() -> None:
    engine = Slow(seconds=10)
    read(BLANK, engine, Deadline(35, engine.clock))
    assert engine.given == [35, 25, 15]


def test_a_look_that_is_stopped_leaves_what_was_read_before_it() -> None:
    engine = Slow(seconds=20)
    receipt = read(BLANK, engine, Deadline(30, engine.clock)).receipt
    assert engine.given == [30, 10]
    assert receipt.total == Decimal("6.00")
    assert receipt.needs_review


def test_no_look_is_begun_when_the_time_is_over() -> None:
    engine = Slow(seconds=15)
    assert read(BLANK, engine, Deadline(30, engine.clock)).receipt.total == Decimal("6.00")
    assert engine.given == [30, 15]


def test_a_first_look_that_is_stopped_is_an_error() -> None:
    engine = Slow(seconds=40)
    with pytest.raises(OcrTimeoutError):
        read(BLANK, engine, Deadline(30, engine.clock))


def test_time_that_was_spent_before_the_first_look_counts() -> None:
    engine = Slow(seconds=1)
    deadline = Deadline(30, engine.clock)
    engine.now = 31
    with pytest.raises(OcrTimeoutError, match="not read in 30 s"):
        read(BLANK, engine, deadline)
    assert engine.given == []
