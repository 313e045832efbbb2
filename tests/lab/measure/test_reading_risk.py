"""How many are taken from which confidence on, how many of these are wrong, what that promises."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.measure.reading import figure, promises, risk
from lab.measure.reading.bench import CpuShares, EngineResult, Pair
from lab.measure.reading.labelled import LabelError, Labelled, Truth
from lab.measure.reading.risk import Point, risk_curve, share_interval, surplus, taken_from
from lab.measure.reading.scoring import score
from reading import thresholds
from reading.receipt import Receipt
from reading.review import REQUIRED, USUAL

LABEL = Labelled(Path("a.jpg"), Truth(company="CORNER BAKERY", date="23/09/2025", total="6.00"))
SURE = dict.fromkeys(REQUIRED, 0.99)


def pair(*wrong: str, **confidence: float) -> Pair:
    """A receipt that was read with these confidences, the fields in `wrong` wrongly."""
    read = Receipt(
        merchant="Other" if "merchant" in wrong else "Corner Bakery",
        date=dt.date(2025, 9, 22 if "date" in wrong else 23),
        total=Decimal(7 if "total" in wrong else 6),
        confidence=SURE | confidence,
    )
    return LABEL, read


def many(right: int, wrong: int, field: str, confidence: float) -> list[Pair]:
    of = {field: confidence}
    return [pair(**of)] * right + [pair(field, **of)] * wrong


def test_an_interval_is_wilson_s() -> None:
    assert share_interval(0, 100) == pytest.approx((0, 0.0370), abs=1e-4)
    assert share_interval(10, 50) == pytest.approx((0.1124, 0.3304), abs=1e-4)
    assert share_interval(0, 0) == (0.0, 1.0)


def test_a_curve_goes_from_the_surest_on_and_counts_what_is_wrong() -> None:
    pairs = [pair("total", total=0.7), pair(total=0.9), pair("total", total=0.9), pair(total=0.4)]
    found = risk_curve([*pairs, (LABEL, None), (LABEL, Receipt())], "total")
    assert found == [Point(0.9, 2, 1), Point(0.7, 3, 2), Point(0.4, 4, 2)]
    assert taken_from(found, 0.5) == Point(0.5, 3, 2)
    assert taken_from(found, 0.95) == Point(0.95, 0, 0)


def test_a_whole_receipt_is_wrong_if_one_of_its_fields_is() -> None:
    pairs = [pair(), pair("date"), pair("total", date=0.1)]
    assert taken_from(risk_curve(pairs, risk.RECEIPT), 0.5) == Point(0.5, 2, 1)


@given(st.fixed_dictionaries({name: st.integers(480, 1000) for name in REQUIRED}))
def test_a_whole_receipt_is_taken_exactly_if_it_needs_no_review(permille: dict[str, int]) -> None:
    sure = {name: it / 1000 for name, it in permille.items()}
    assert (round(surplus(sure), 3) >= 0.5) == (not Receipt(confidence=sure).needs_review)


def test_the_curves_of_a_set_are_of_all_fields_and_short_enough_to_store() -> None:
    pairs = [pair(total=at / 1000) for at in range(400)]
    found = {curve.field: curve for curve in risk.curves(pairs)}
    assert tuple(found) == risk.CURVES
    assert len(found["total"].points) == risk.STEPS
    assert found["total"].points[-1] == Point(0.0, 400, 0)
    assert found["date"].usual == Point(USUAL["date"], 400, 0)
    assert found["receipt"].usual.taken == 0


def test_a_promise_is_kept_by_the_lowest_threshold_at_which_it_is_shown() -> None:
    pairs = [*many(60, 0, "total", 0.9), *many(60, 6, "total", 0.4)]
    found = promises.promises({"only": pairs})["total"]
    assert found == {
        10: 0.01,  # 6 of 126 show one in 11, and so any smaller count too
        20: 0.41,  # 0 of 60 show one in 23
    }


def test_totals_keep_it_with_every_engine_and_merchants_with_the_better_one() -> None:
    worse = [*many(60, 0, "total", 0.9), *many(60, 6, "total", 0.4)]
    worse += many(0, 60, "merchant", 0.99)
    found = promises.promises({"worse": worse, "better": many(200, 0, "merchant", 0.8)})
    assert found["total"] == {15: 0.01, 40: 0.41}
    assert found["merchant"][50] == 0.01
    assert promises.promises({"better": worse, "worse": worse})["merchant"] == {}


def test_what_each_engine_makes_of_a_promise_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(thresholds, "AT_MOST_ONE_WRONG_IN", {"total": {20: 0.5}})
    pairs = [*many(60, 0, "total", 0.9), *many(30, 6, "total", 0.4)]
    (kept,) = promises.kept({"one": pairs})
    assert kept == promises.Kept("total", 20, 0.5, "one", 96, 60, 0, 4.3)


def test_the_thresholds_are_written_as_the_module_that_ships(tmp_path: Path) -> None:
    found = {"date": {20: 0.8}, "total": {5: 0.1, 20: 0.85}}
    path = promises.write_thresholds(found, tmp_path / "thresholds.py")
    scope: dict[str, object] = {}
    exec(path.read_text(), scope)  # noqa: S102 - our own file, just written
    assert scope["AT_MOST_ONE_WRONG_IN"] == found


def test_thresholds_of_which_nothing_is_shown_are_not_written(tmp_path: Path) -> None:
    path = tmp_path / "thresholds.py"
    with pytest.raises(LabelError, match="for: merchant"):
        promises.write_thresholds({"merchant": {}, "total": {5: 0.1}}, path)
    assert not path.exists()


def result(engine: str, name: str, pairs: Sequence[Pair]) -> EngineResult:
    return EngineResult(
        engine=engine,
        set=name,
        score=score(pairs),
        cpu_mean=1.0,
        cpu_p95=1.0,
        cpu=CpuShares(0.1, 0.8, 0.1),
        curves=risk.curves(pairs),
    )


GOOD, BAD = many(140, 0, "merchant", 0.9), many(70, 70, "merchant", 0.9)


def test_a_chart_says_which_engines_differ_by_more_than_chance() -> None:
    drawn = figure.rows_chart([result("a", "s", BAD), result("b", "s", GOOD)])
    assert drawn.notes == (
        "All intervals overlap: total, date.",
        "merchant: less is wrong with b",
        "than with a.",
        "whole receipt: less is wrong with b",
        "than with a.",
    )
    assert "merchant, a: 70 of 140 taken are wrong" in drawn.description


def test_every_set_shows_what_is_taken_and_a_large_one_its_curves(tmp_path: Path) -> None:
    results = [result("a", "large", BAD), result("a", "small", GOOD[:20])]
    names = [path.name for path in figure.draw(results, tmp_path)]
    assert names == [
        "reading-risk-large.figure.html",
        "reading-taken-large.figure.html",
        "reading-taken-small.figure.html",
    ]
    for name in names:
        text = (tmp_path / name).read_text()
        assert 'class="pan" tabindex="0"' in text, "on a phone it is moved, not shrunk"
    assert "<td>70</td>" in (tmp_path / names[0]).read_text()
