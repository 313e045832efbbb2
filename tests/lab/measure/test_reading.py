"""The measuring of reading: labels, scores, what is remembered, weights, folds."""

import datetime as dt
import json
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import pytest
from msgspec.structs import replace
from PIL import Image

from helpers.fakes_reading import BAKERY, ScriptedEngine, words
from lab.measure.reading import bench, crossval
from lab.measure.reading.cli import CONTEXTS
from lab.measure.reading.engine_cache import CachedEngine
from lab.measure.reading.labelled import LabelError, Labelled, Truth, load, load_contexts
from lab.measure.reading.logit import PRIOR, Example, fit
from lab.measure.reading.scoring import Review, review, same, score
from lab.measure.reading.weights_file import write_weights
from lab.support.provenance import provenance, save
from reading.context import Home, ReadingContext
from reading.engine import OcrEngineError, Word
from reading.extraction.evidence import NONE, Candidate, weigh
from reading.extraction.prepare import Step
from reading.extraction.weights import WEIGHTS
from reading.receipt import LineItem, Receipt
from reading.review import REQUIRED

TRUTH = Truth(company="CORNER BAKERY", date="23/09/2025", address="12 HIGH STREET", total="RM6.00")
RIGHT = Receipt(
    merchant="Corner-Bakery",
    date=dt.date(2025, 9, 23),
    address="12, High Street",
    total=Decimal("6.00"),
    line_items=(LineItem(name="Bread", total=Decimal("3.20")),),
    confidence={"total": 0.95},
)
BLANK = Image.new("L", (300, 400), 255)


def labelled(items: tuple[Decimal, ...] | None = None) -> Labelled:
    return Labelled(Path("a.jpg"), TRUTH, items)


def test_a_set_is_loaded_with_its_verified_items(tmp_path: Path) -> None:
    soft = tmp_path / "soft"
    soft.mkdir()
    for stem, verified in (("a", True), ("b", False)):
        BLANK.save(tmp_path / f"{stem}.png")
        (tmp_path / f"{stem}.json").write_text(json.dumps({"truth": {"total": "6.00"}}))
        (soft / f"{stem}.json").write_text(
            json.dumps({"soft": {"items": [{"total_price": 6.0}]}, "verified": verified})
        )
    a, b = load(tmp_path, soft)
    assert a.items == (Decimal("6.0"),)
    assert b.items is None
    assert a.truth.total == "6.00"


def test_a_folder_without_labels_and_a_broken_label_are_told(tmp_path: Path) -> None:
    with pytest.raises(LabelError, match="no images with labels"):
        load(tmp_path)
    BLANK.save(tmp_path / "a.png")
    (tmp_path / "a.json").write_text('{"truth": 5}')
    with pytest.raises(LabelError, match=r"a\.json"):
        load(tmp_path)


def test_a_score_says_how_many_are_right_and_how_sure_that_is() -> None:
    wrong = replace(RIGHT, merchant="Corner Bank", address=None)
    sure = score([(labelled(), RIGHT), (labelled(), wrong), (labelled(), None)]).certainty
    assert {name: (one.right, one.of) for name, one in sure.items()} == {
        "f1": (6, 12),
        "merchant": (1, 3),
        "date": (2, 3),
        "address": (1, 3),
        "total": (2, 3),
    }
    # Of three receipts the best draw takes the first three times, the worst the last.
    assert (sure["f1"].between.low, sure["f1"].between.high) == (0.0, 100.0)
    [alike] = {one.between for one in score([(labelled(), RIGHT)] * 5).certainty.values()}
    assert (alike.low, alike.high) == (100.0, 100.0)


def test_punctuation_and_case_are_forgiven_and_nothing_else() -> None:
    assert all(same(field, getattr(RIGHT, field), TRUTH) for field in ("merchant", "address"))
    assert same("date", dt.date(2025, 9, 23), TRUTH)
    assert not same("date", dt.date(2025, 9, 22), TRUTH)
    assert same("total", Decimal("6.0"), TRUTH)
    assert not same("total", Decimal("6.01"), TRUTH)
    assert not same("merchant", None, TRUTH)


def test_scores_count_what_was_said_and_what_is_true() -> None:
    result = score([(labelled((Decimal("3.20"), Decimal("2.80"))), RIGHT), (labelled(), None)])
    assert (result.total, result.merchant) == (50.0, 50.0)
    assert result.f1 == pytest.approx(66.7)  # 4 right of 4 said and 8 true
    assert (result.sure_share, result.sure_right) == (50.0, 100.0)
    assert result.items_f1 == pytest.approx(66.7)


def one_version(_: str) -> str:
    return "1"


def test_a_set_labelled_by_brand_has_names_that_hold_it_and_no_addresses() -> None:
    truth = Truth(shop="corner", date="2025-09-23", total="6.00")
    other = replace(RIGHT, merchant="High Street Bakery")
    pairs = [(Labelled(Path("a.jpg"), truth), read) for read in (RIGHT, other)]
    result = score(pairs)
    assert (result.merchant, result.total, result.date) == (50.0, 100.0, 100.0)
    assert result.address is None
    assert result.f1 == 83.3  # 5 of 6 fields, all found
    assert crossval.fold_of(pairs[0][0]) == crossval.fold_of(
        Labelled(Path("b.jpg"), Truth(company="CORNER"))
    )


def test_what_nobody_reviews_is_counted_with_its_errors() -> None:
    sure = replace(RIGHT, confidence=dict.fromkeys(REQUIRED, 0.95))
    doubtful = replace(sure, confidence=sure.confidence | {"date": 0.1}, total=Decimal(1))
    wrong = replace(sure, total=Decimal(7), merchant="Other")
    pairs = [(labelled(), receipt) for receipt in (sure, doubtful, wrong, None)]
    assert review(pairs) == Review(
        share=50.0, unreviewed=2, wrong_total=1, wrong_date=0, wrong_merchant=1
    )


def test_what_is_known_of_a_set_before_comes_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "contexts.toml"
    path.write_text('[german]\nread_on = 2020-05-31\nhome = {currency = "EUR"}\n')
    context = ReadingContext(read_on=dt.date(2020, 5, 31), home=Home(currency="EUR"))
    assert load_contexts(path) == {"german": context}
    path.write_text("[german]\nread_on = 7\n")
    with pytest.raises(LabelError, match="read_on"):
        load_contexts(path)
    assert load_contexts(CONTEXTS)


def test_the_bench_reads_with_what_is_known_of_the_set(tmp_path: Path) -> None:
    context = ReadingContext(home=Home(currency="SEK"))
    step = Step("level", BLANK, "")
    straight = crossval.DeskewedReceipt(labelled(), (step,), 0.01, context)
    silent = words("CORNER BAKERY", "23/09/2025", "TOTAL 6.00")
    engine = CachedEngine(ScriptedEngine(words("warm up"), silent), tmp_path, one_version)
    _, [(_, receipt)] = bench.run("set", [straight], engine, [WEIGHTS], lambda: None)
    assert receipt
    assert receipt.currency == "SEK"


def test_an_engine_is_asked_once_and_its_answer_remembered(tmp_path: Path) -> None:
    engine = ScriptedEngine(words("warm up"), words("CORNER BAKERY"))
    first = CachedEngine(engine, tmp_path, one_version).read_words(BLANK, 9.0)
    again = CachedEngine(ScriptedEngine(), tmp_path, one_version)
    # A silent engine has no looks; the memory of the first is what answers.
    assert [word.text for word in first] == ["CORNER", "BAKERY"]
    assert again.name == "fake"
    assert engine.passes_run == 2


def test_an_engine_of_another_version_is_asked_anew(tmp_path: Path) -> None:
    def read(version: str, said: str) -> str:
        engine = ScriptedEngine(words("warm up"), words(said))
        return CachedEngine(engine, tmp_path, lambda _: version).read_words(BLANK, 9.0)[0].text

    assert read("5.4", "BAKERY") == "BAKERY"
    assert read("5.5", "BREWERY") == "BREWERY"
    assert read("5.4", "BINDERY") == "BAKERY"


def test_an_engines_error_is_remembered_too(tmp_path: Path) -> None:
    class Fails:
        name = "fails"
        asked = 0

        def read_words(self, image: Image.Image, within_s: float) -> Sequence[Word]:  # noqa: ARG002 - the port's
            self.asked += 1
            if image.width == BLANK.width:
                raise OcrEngineError("no words today")
            return []

    engine = Fails()
    for _ in range(2):
        with pytest.raises(OcrEngineError, match="no words today"):
            CachedEngine(engine, tmp_path, one_version).read_words(BLANK, 9.0)
    assert engine.asked == 2  # once to warm up, once for the picture


def example(right: str) -> Example:
    """One candidate a letter: "y" is the right one."""
    return Example(
        [
            Candidate(value=i, evidence={"good": float(ok), "odd": 1.0})
            for i, ok in enumerate(c == "y" for c in right)
        ],
        [c == "y" for c in right],
    )


def test_weights_learn_which_evidence_is_right() -> None:
    weights = fit([example("yn")] * 40 + [example("n")] * 10, {})
    assert weights["good"] > 1
    (best, other) = weigh(example("yn").candidates, weights)
    assert best.candidate.value == 0
    assert best.probability > 0.8 > other.probability


def test_evidence_that_was_hardly_seen_keeps_its_common_sense() -> None:
    weights = fit([example("yn")], {"odd": -2.0})
    assert weights["odd"] == pytest.approx(-2.0, abs=0.6)
    assert NONE in weights


def test_evidence_that_leaves_in_doubt_whatever_speaks_for_it_gets_no_weight() -> None:
    crowded = Candidate(value="a", evidence={"named": 1.0, "crowded": 1.0})
    seen = dict.fromkeys(PRIOR, Example([crowded], [True]))
    weights = crossval.weights_from([crossval.PassExamples(0, seen)])
    assert "crowded" not in weights["total"]
    assert weights["total"]["named"] > 0


def test_receipts_of_one_merchant_share_a_fold() -> None:
    other = Labelled(Path("b.jpg"), Truth(company="corner bakery"))
    assert crossval.fold_of(labelled()) == crossval.fold_of(other)


@pytest.mark.slow
def test_a_bench_reads_with_the_weights_of_the_fold(tmp_path: Path) -> None:
    straight = crossval.DeskewedReceipt(labelled(), (Step("level", BLANK, ""),), 0.01)
    engine = CachedEngine(ScriptedEngine(words("warm up"), words(*BAKERY)), tmp_path, one_version)
    progress: list[None] = []
    result, pairs = bench.run("set", [straight], engine, [WEIGHTS], lambda: progress.append(None))
    assert result.score.total == 100.0
    assert result.engine == "fake"
    assert len(progress) == len(pairs) == 1
    assert [(one.field, one.points[-1].wrong) for one in result.curves] == [
        ("total", 0),
        ("date", 0),
        ("merchant", 0),
        ("receipt", 0),
    ]
    made = provenance("lab.measure.reading")
    report = bench.ReadingFigures(
        provenance=made, weights="", results=[result], promises=[], cpu_ratios=[], packages=[]
    )
    save("reading", report, tmp_path / "docs" / "reading.json")
    assert json.loads((tmp_path / "docs" / "reading.json").read_text())["results"]


def test_fitted_weights_are_written_as_the_module_that_ships(tmp_path: Path) -> None:
    path = write_weights({"total": {"b": 1.234, "a": -1.0}}, tmp_path / "weights.py")
    scope: dict[str, object] = {}
    exec(path.read_text(), scope)  # noqa: S102 - our own file, just written
    assert scope["WEIGHTS"] == {"total": {"a": -1.0, "b": 1.23}}
