"""What reading costs beside pytesseract, and how sure the figures are."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from PIL import Image

from helpers.fakes_reading import BAKERY, words
from lab.measure.reading import cpu_ratio
from lab.measure.reading.cpu_ratio import BASELINE, chosen, cpu_ratios
from lab.measure.reading.crossval import DeskewedReceipt
from lab.measure.reading.intervals import Interval, interval
from lab.measure.reading.labelled import Labelled, Truth
from reading.engine import OcrEngineError, Word
from reading.extraction.prepare import Step
from reading.extraction.weights import WEIGHTS

BLANK = Image.new("L", (300, 400), 255)


class Meter:
    """CPU seconds that only engines spend; `turns` says who read, one after the other."""

    def __init__(self) -> None:
        self.cpu_s = 0.0
        self.turns: list[str] = []

    def read(self, _: object) -> float:
        return self.cpu_s


class PricedEngine:
    """Reads the same words each time and spends `costs`, one after the other, over and over."""

    def __init__(self, meter: Meter, name: str, *costs: float, fails: bool = False) -> None:
        self.name = name
        self._meter, self._costs, self._fails = meter, costs, fails
        self._reads = -1  # the first read is a warm-up

    def read_words(self, image: Image.Image, within_s: float) -> Sequence[Word]:
        assert within_s > 0
        assert image.mode == "L"
        if self._reads >= 0:
            self._meter.cpu_s += self._costs[self._reads % len(self._costs)]
            self._meter.turns.append(self.name)
        self._reads += 1
        if self._fails and self._reads:
            raise OcrEngineError("broken")
        return words(*BAKERY)


@pytest.fixture
def meter(monkeypatch: pytest.MonkeyPatch) -> Meter:
    found = Meter()
    monkeypatch.setattr(cpu_ratio, "cpu_seconds", found.read)
    return found


def receipts(folder: Path, count: int) -> list[DeskewedReceipt]:
    BLANK.save(folder / "a.png")
    one = Labelled(folder / "a.png", Truth(company="Corner Bakery"))
    return [DeskewedReceipt(one, (Step("level", BLANK, ""),), 0.01) for _ in range(count)]


def test_engines_take_turns_and_another_one_begins_each_round(meter: Meter, tmp_path: Path) -> None:
    engines = {name: PricedEngine(meter, name, 1.0) for name in (BASELINE, "other")}
    done: list[None] = []
    cpu_ratios("set", receipts(tmp_path, 2), engines, [WEIGHTS], 2, lambda: done.append(None))
    assert meter.turns == ["other", BASELINE] * 2 + [BASELINE, "other"] * 2
    assert len(done) == 4


def test_a_ratio_is_of_sums_of_medians_so_that_one_slow_moment_moves_nothing(
    meter: Meter, tmp_path: Path
) -> None:
    engines = {
        BASELINE: PricedEngine(meter, BASELINE, 2.0, 4.0),
        "other": PricedEngine(meter, "other", 1.0, 2.0, 90.0, 2.0, 1.0, 2.0),
    }
    base, other = cpu_ratios("set", receipts(tmp_path, 2), engines, [WEIGHTS], 3, lambda: None)
    assert (base.ratio, base.between) == (1.0, Interval(1.0, 1.0))
    assert (other.ratio, other.between) == (0.5, Interval(0.5, 0.5))
    assert (other.engine, other.set, other.receipts, other.rounds) == ("other", "set", 2, 3)


def test_a_reading_that_fails_has_cost_what_it_has_cost(meter: Meter, tmp_path: Path) -> None:
    engines = {
        BASELINE: PricedEngine(meter, BASELINE, 2.0),
        "other": PricedEngine(meter, "other", 3.0, fails=True),
    }
    _, other = cpu_ratios("set", receipts(tmp_path, 1), engines, [WEIGHTS], 1, lambda: None)
    assert other.ratio == 1.5


def test_the_same_receipts_are_chosen_each_time(tmp_path: Path) -> None:
    several = receipts(tmp_path, 9)
    assert [id(one) for one in chosen(several, 3)] == [id(one) for one in chosen(several, 3)]
    assert len(chosen(several, 3)) == 3
    assert len(chosen(several, 20)) == 9


def test_an_interval_holds_the_figure_and_narrows_with_more_receipts() -> None:
    few = interval([1, 0, 1, 1], [1] * 4, digits=3)
    many = interval([1, 0, 1, 1] * 25, [1] * 100, digits=3)
    assert few.low < many.low < 0.75 < many.high < few.high
    # A share's standard error is the root of 0.75 * 0.25 / 100; 1.96 of them to each side.
    assert many.high - many.low == pytest.approx(2 * 1.96 * 0.0433, abs=0.02)


def test_an_interval_of_receipts_that_all_agree_is_a_point() -> None:
    assert interval([2.0, 4.0], [4.0, 8.0], digits=2) == Interval(0.5, 0.5)
    assert interval([0.0, 0.0], [0.0, 0.0], digits=2) == Interval(0.0, 0.0)
