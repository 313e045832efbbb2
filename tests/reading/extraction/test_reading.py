"""An engine looks again only where doubt is left, and each field keeps its best reading."""

from collections.abc import Sequence
from decimal import Decimal

import pytest
from PIL import Image

from helpers.fakes_reading import BAKERY, Says, words
from reading.engine import Look, OcrEngineError, Picture, Word
from reading.extraction.deadline import Deadline
from reading.extraction.explain import page, section
from reading.extraction.prepare import straighten
from reading.extraction.reading import SURE_ENOUGH, look_at, looks_of, read, with_trust

BLANK = Image.new("L", (400, 600), 255)
SMUDGED = tuple(line.replace("TOTAL", "T#@L").replace("6.00", "6.8?") for line in BAKERY)
SURE = ("CORNER BAKERY LTD", *BAKERY[1:])


def test_a_sure_reading_needs_no_second_look() -> None:
    engine = Says(words(*SURE), words(*SURE))
    reading = read(BLANK, engine)
    sure = {name: reading.receipt.confidence[name] for name in SURE_ENOUGH}
    assert all(sure[name] >= least for name, least in SURE_ENOUGH.items()), sure
    assert engine.looked == 1


def test_a_doubtful_reading_is_followed_by_another_look() -> None:
    engine = Says(words(*SMUDGED), words(*BAKERY))
    reading = read(BLANK, engine)
    assert engine.looked == 2
    assert reading.receipt.total == Decimal("6.00")
    assert [look.engine for look in reading.looks] == ["fake", "fake"]


class Fails(Says):
    """Sees what it is given; then its process has ended."""

    @property
    def looks(self) -> Sequence[Look]:
        return [*super().looks, Look(self, Picture())]

    def read(self, image: Image.Image, within_s: float) -> Sequence[Word]:
        if self.looked == len(self._readings):
            raise OcrEngineError("the engine's process ended")
        return super().read(image, within_s)


def test_a_later_look_that_fails_leaves_what_was_read_before_it_and_is_said(
    caplog: pytest.LogCaptureFixture,
) -> None:
    no_date = tuple(line for line in BAKERY if "Date" not in line)
    receipt = read(BLANK, Fails(words(*no_date))).receipt
    assert receipt.total == Decimal("6.00")
    assert receipt.needs_review
    assert "the engine's process ended" in caplog.text


def test_a_first_look_that_fails_is_an_error() -> None:
    with pytest.raises(OcrEngineError):
        read(BLANK, Fails())


def test_each_field_keeps_its_more_probable_reading() -> None:
    no_date = tuple(line for line in BAKERY if "Date" not in line)
    only_date = ("Date: 23/09/2025 12:31",)
    receipt = read(BLANK, Says(words(*no_date), words(*only_date))).receipt
    assert receipt.date is not None
    assert receipt.time is not None
    assert receipt.total == Decimal("6.00")


def test_german_is_looked_at_again_by_the_engine_that_knows_it() -> None:
    german = ("Kiosk GmbH", "Datum 23.09.2025", "Brot 3,20", "Summe EUR 3,20", "Bar 3,20")
    engine = Says(words(*german), words(*german))
    read(BLANK, engine)
    assert engine.looked == 2


def test_a_receipt_on_its_head_is_turned() -> None:
    class ReadsTheSecond:
        name = "fake"
        pictures = 0

        def read(self, image: Image.Image, within_s: float) -> Sequence[Word]:  # noqa: ARG002
            self.pictures += 1
            return words("~v1 .;", "ii i-") if self.pictures == 1 else words(*BAKERY)

    engine = ReadsTheSecond()
    reading = read(BLANK, engine)
    assert reading.receipt.total == Decimal("6.00")
    assert engine.pictures == 2
    assert reading.steps[0].name == "turned"


def test_mistrust_lowers_every_confidence() -> None:
    reading = look_at(BLANK, Look(Says(words(*BAKERY)), Picture()), Deadline())
    lowered = with_trust(reading, 0.4).receipt
    assert all(by <= 0.4 for by in lowered.confidence.values())
    assert lowered.needs_review


def test_an_engine_that_says_nothing_of_looks_has_one() -> None:
    class Plain:
        name = "plain"

        def read(self, image: Image.Image, within_s: float) -> Sequence[Word]:  # noqa: ARG002
            return []

    assert len(looks_of(Plain())) == 1


def test_the_explanation_shows_steps_looks_candidates_and_their_evidence() -> None:
    steps = list(straighten(BLANK))
    reading = read(BLANK, Says(words(*SMUDGED), words(*BAKERY)))
    html = page([section("<odd> name.jpg", steps, reading)])
    assert "&lt;odd&gt; name.jpg" in html
    assert "<odd>" not in html
    for part in (
        "decoded",
        "scaled",
        "restored",
        "Look 1",
        "Look 2",
        "named total",
        "paid - change",
        "none of them",
    ):
        assert part in html
    assert "http" not in html.replace("http://www.w3.org", "")


def test_a_better_engine_is_believed_before_a_faster_one() -> None:
    class Cascade:
        name = "cascade"
        looks = (
            Look(Says(words("CORNFR BAKERY", *BAKERY[1:])), Picture()),
            Look(Says(words(*BAKERY)), Picture(), better=True),
        )

        def read(self, image: Image.Image, within_s: float) -> Sequence[Word]:
            return self.looks[0].engine.read(image, within_s)

    assert read(BLANK, Cascade()).receipt.merchant == "CORNER BAKERY"
