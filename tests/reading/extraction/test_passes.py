"""Another OCR pass is run only if doubt is left, and each field keeps its best reading."""

from collections.abc import Sequence
from decimal import Decimal

import pytest
from PIL import Image

from helpers.fakes_reading import BAKERY, ScriptedEngine, read_decoded, words
from reading.engine import ImageRequirements, OcrEngineError, OcrPass, Word, passes_of
from reading.extraction.deadline import Deadline
from reading.extraction.explain import page, section
from reading.extraction.passes import SURE_ENOUGH, run_pass, with_trust
from reading.extraction.prepare import straighten
from reading.review import USUAL

BLANK = Image.new("L", (400, 600), 255)
SMUDGED = tuple(line.replace("TOTAL", "T#@L").replace("6.00", "6.8?") for line in BAKERY)
SURE = ("CORNER BAKERY LTD", *BAKERY[1:])


def test_a_sure_reading_needs_no_second_pass() -> None:
    engine = ScriptedEngine(words(*SURE), words(*SURE))
    result = read_decoded(BLANK, engine)
    sure = {name: result.receipt.confidence[name] for name in SURE_ENOUGH}
    assert all(sure[name] >= least for name, least in SURE_ENOUGH.items()), sure
    assert engine.passes_run == 1


def test_a_doubtful_reading_is_followed_by_another_pass() -> None:
    engine = ScriptedEngine(words(*SMUDGED), words(*BAKERY))
    result = read_decoded(BLANK, engine)
    assert engine.passes_run == 2
    assert result.receipt.total == Decimal("6.00")
    assert [one.engine for one in result.passes] == ["fake", "fake"]


def test_a_date_that_two_passes_read_differently_is_doubtful() -> None:
    other = tuple(line.replace("23/", "28/") for line in SMUDGED)
    alike = read_decoded(BLANK, ScriptedEngine(words(*SMUDGED), words(*SMUDGED))).receipt
    disputed = read_decoded(BLANK, ScriptedEngine(words(*SMUDGED), words(*other))).receipt
    assert disputed.confidence["date"] < 0.5 < alike.confidence["date"]


class FailingEngine(ScriptedEngine):
    """Reads what it is given; then its process has ended."""

    @property
    def passes(self) -> Sequence[OcrPass]:
        return [*super().passes, OcrPass(self, ImageRequirements())]

    def read_words(self, image: Image.Image, within_s: float) -> Sequence[Word]:
        if self.passes_run == len(self._readings):
            raise OcrEngineError("the engine's process ended")
        return super().read_words(image, within_s)


def test_a_later_pass_that_fails_leaves_what_was_read_before_it_and_is_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    no_date = tuple(line for line in BAKERY if "Date" not in line)
    receipt = read_decoded(BLANK, FailingEngine(words(*no_date))).receipt
    assert receipt.total == Decimal("6.00")
    assert receipt.needs_review
    assert "the engine's process ended" in caplog.text


def test_a_first_pass_that_fails_is_an_error() -> None:
    with pytest.raises(OcrEngineError):
        read_decoded(BLANK, FailingEngine())


def test_each_field_keeps_its_more_probable_reading() -> None:
    no_date = tuple(line for line in BAKERY if "Date" not in line)
    only_date = ("Date: 23/09/2025 12:31",)
    receipt = read_decoded(BLANK, ScriptedEngine(words(*no_date), words(*only_date))).receipt
    assert receipt.date is not None
    assert receipt.time is not None
    assert receipt.total == Decimal("6.00")


def test_german_is_read_again_by_the_engine_that_knows_it() -> None:
    german = ("Kiosk GmbH", "Datum 23.09.2025", "Brot 3,20", "Summe EUR 3,20", "Bar 3,20")
    engine = ScriptedEngine(words(*german), words(*german), adds_german=True)
    read_decoded(BLANK, engine)
    assert engine.passes_run == 2
    knows_it_already = ScriptedEngine(words(*german), words(*german))
    read_decoded(BLANK, knows_it_already)
    assert knows_it_already.passes_run == 1


def test_mistrust_lowers_every_confidence() -> None:
    result = run_pass(
        BLANK, OcrPass(ScriptedEngine(words(*BAKERY)), ImageRequirements()), Deadline()
    )
    lowered = with_trust(result, 0.4).receipt
    assert all(by <= 0.4 for by in lowered.confidence.values())
    assert lowered.needs_review


def test_an_engine_that_lists_no_passes_has_one() -> None:
    class Plain:
        name = "plain"

        def read_words(self, image: Image.Image, within_s: float) -> Sequence[Word]:  # noqa: ARG002
            return []

    assert len(passes_of(Plain())) == 1


def test_the_explanation_says_which_threshold_a_doubtful_field_missed() -> None:
    result = read_decoded(BLANK, ScriptedEngine(words(*SMUDGED)))
    html = page([section("a.jpg", result.steps, result)])
    read, asked = result.receipt.confidence["total"], USUAL["total"]
    assert read < asked
    assert f"Needs review.</b> The total was read with a confidence of {read:.2f}" in html
    assert f"from {asked:.2f} on nobody checks it." in html


def test_the_explanation_shows_steps_passes_candidates_and_their_evidence() -> None:
    steps = list(straighten(BLANK))
    result = read_decoded(BLANK, ScriptedEngine(words(*SMUDGED), words(*BAKERY)))
    html = page([section("<odd> name.jpg", steps, result)])
    assert "&lt;odd&gt; name.jpg" in html
    assert "<odd>" not in html
    for part in (
        "decoded",
        "scaled",
        "restored",
        "OCR pass 1",
        "OCR pass 2",
        "named total",
        "paid - change",
        "none of them",
    ):
        assert part in html
    assert "http" not in html.replace("http://www.w3.org", "")


def test_a_better_engine_is_believed_before_a_faster_one() -> None:
    in_doubt = words("CORNFR BAKERY", *BAKERY[1:], confidence=0.85)

    class Cascade:
        name = "cascade"
        passes = (
            OcrPass(ScriptedEngine(in_doubt), ImageRequirements()),
            OcrPass(ScriptedEngine(words(*BAKERY)), ImageRequirements(), better=True),
        )

        def read_words(self, image: Image.Image, within_s: float) -> Sequence[Word]:
            return self.passes[0].engine.read_words(image, within_s)

    assert read_decoded(BLANK, Cascade()).receipt.merchant == "CORNER BAKERY"
