"""All OCR passes of a receipt share one deadline in CPU time; what was read by then stands."""

from collections.abc import Sequence
from decimal import Decimal
from types import SimpleNamespace

import pytest
from PIL import Image

from helpers.fakes_reading import BAKERY, read_decoded, words
from reading.engine import WALL_PER_CPU_S, ImageRequirements, OcrPass, OcrTimeoutError, Word
from reading.engines.textract import TextractEngine
from reading.extraction import deadline as deadline_module
from reading.extraction.deadline import Deadline, deadline_of

BLANK = Image.new("L", (400, 600), 255)
NO_DATE = tuple(line for line in BAKERY if "Date" not in line)


class SlowEngine:
    """Needs `seconds` a pass, reads no date, and offers three passes.

    `crowd` is how many seconds pass on the wall for each of the CPU.
    """

    name = "slow"

    def __init__(self, seconds: float, crowd: float = 1.0) -> None:
        self.now = self.wall = 0.0
        self._crowd = crowd
        self.given: list[float] = []
        self.passes = [OcrPass(self, ImageRequirements())] * 3
        self._seconds = seconds

    def deadline(self, limit_s: float) -> Deadline:
        return Deadline(limit_s, cpu=lambda: self.now, wall=lambda: self.wall)

    def read_words(self, image: Image.Image, within_s: float) -> Sequence[Word]:  # noqa: ARG002
        self.given.append(within_s)
        spent = min(self._seconds, within_s)
        self.now += spent
        self.wall += spent * self._crowd
        if self._seconds > within_s:
            raise OcrTimeoutError("stopped")
        return words(*NO_DATE)


def test_each_pass_gets_the_time_that_the_earlier_ones_left() -> None:
    engine = SlowEngine(seconds=10)
    read_decoded(BLANK, engine, engine.deadline(35))
    assert engine.given == [35, 25, 15]


def test_a_later_pass_that_is_stopped_leaves_what_was_read_before_it() -> None:
    engine = SlowEngine(seconds=20)
    receipt = read_decoded(BLANK, engine, engine.deadline(30)).receipt
    assert engine.given == [30, 10]
    assert receipt.total == Decimal("6.00")
    assert receipt.needs_review


def test_no_pass_is_begun_when_the_time_is_over() -> None:
    engine = SlowEngine(seconds=15)
    assert read_decoded(BLANK, engine, engine.deadline(30)).receipt.total == Decimal("6.00")
    assert engine.given == [30, 15]


def test_a_first_pass_that_is_stopped_is_an_error() -> None:
    engine = SlowEngine(seconds=40)
    with pytest.raises(OcrTimeoutError):
        read_decoded(BLANK, engine, engine.deadline(30))


def test_time_that_was_spent_before_the_first_pass_counts() -> None:
    engine = SlowEngine(seconds=1)
    deadline = engine.deadline(30)
    engine.now = 31
    with pytest.raises(OcrTimeoutError, match="not read in 30 s of CPU time"):
        read_decoded(BLANK, engine, deadline)
    assert engine.given == []


def test_a_crowded_machine_takes_longer_and_loses_nothing() -> None:
    engine = SlowEngine(seconds=8, crowd=WALL_PER_CPU_S)
    receipt = read_decoded(BLANK, engine, engine.deadline(30)).receipt
    assert engine.given == [30, 22, 14]
    assert engine.wall > 90
    assert receipt.total == Decimal("6.00")


def test_what_waits_and_uses_no_cpu_is_ended_by_the_wall_clock() -> None:
    now = 0.0
    deadline = Deadline(30, cpu=lambda: 0.0, wall=lambda: now)
    now = 3.5 * 30
    assert deadline.left_s() == 15 / WALL_PER_CPU_S, "what is left must end in time, hung or not"
    now = 4 * 30
    with pytest.raises(OcrTimeoutError, match="not read in 120 s on the wall clock"):
        deadline.left_s()


def test_the_cpu_time_of_an_engine_s_own_process_counts() -> None:
    engine = Spending()
    deadline = deadline_of(engine, 3600)
    before = deadline.left_s()
    engine.cpu_seconds += 1000
    assert before - 1010 < deadline.left_s() < before - 990
    engine.cpu_seconds += 3000
    with pytest.raises(OcrTimeoutError, match="CPU"):
        deadline.left_s()


def test_of_a_service_the_wall_clock_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    monkeypatch.setattr(deadline_module, "time", SimpleNamespace(monotonic=lambda: now))
    deadline = deadline_of(TextractEngine(client=object()), 30)
    now = 31
    with pytest.raises(OcrTimeoutError, match="not read in 30 s"):
        deadline.left_s()


class Spending(SlowEngine):
    """An engine whose child process tells its CPU time."""

    def __init__(self) -> None:
        super().__init__(seconds=1)
        self.cpu_seconds = 5.0
