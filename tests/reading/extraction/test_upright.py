"""What can't be read as it lies is tried turned, cheaply, and turned only if it reads better so."""

from collections.abc import Sequence
from decimal import Decimal

import pytest
from PIL import Image

from helpers.fakes_reading import (
    BAKERY,
    SeeingEngine,
    is_upright,
    page_of_bars,
    read_decoded,
    words,
)
from reading.engine import OcrEngineError, Word
from reading.extraction.explain import page, section
from reading.extraction.prepare import straighten
from reading.extraction.upright import LEGIBLE, Turn, find_turn, legibility

UPRIGHT = page_of_bars()
BACK = {
    Turn.ROTATE_90: Turn.ROTATE_270,
    Turn.ROTATE_180: Turn.ROTATE_180,
    Turn.ROTATE_270: Turn.ROTATE_90,
}
SCRAPS = words("~v1 .; ii", "ii i- l| .", "rn", confidence=0.3)
ILLEGIBLE = legibility(SCRAPS)


@pytest.mark.parametrize("turn", BACK)
def test_what_was_turned_comes_back(turn: Image.Transpose) -> None:
    engine = SeeingEngine(words(*BAKERY), SCRAPS)
    result = read_decoded(UPRIGHT.transpose(turn), engine)
    assert result.receipt.total == Decimal("6.00")
    assert result.steps[0].name == "turned"
    assert is_upright(result.steps[0].image)
    assert len(engine.images) <= 1 + 3 + 1


@pytest.mark.parametrize("turn", BACK)
def test_turned_and_slanted_comes_back_level(turn: Image.Transpose) -> None:
    slanted = UPRIGHT.rotate(4, Image.Resampling.BICUBIC, expand=True, fillcolor=240)
    result = read_decoded(slanted.transpose(turn), SeeingEngine(words(*BAKERY), SCRAPS))
    assert result.receipt.total == Decimal("6.00")
    level = result.steps[1]
    assert level.name == "level"
    assert float(level.note.removeprefix("turned by ").rstrip("°")) == pytest.approx(-4, abs=0.4)


def test_what_is_legible_is_looked_at_once_even_if_it_is_no_receipt() -> None:
    engine = SeeingEngine(words("The quick brown fox", "jumps over the lazy dog"), SCRAPS)
    read_decoded(UPRIGHT, engine)
    assert len(engine.images) == 1


def test_what_is_legible_in_no_way_stays_as_it_lies_after_three_small_looks() -> None:
    large = UPRIGHT.resize((1560, 2880))
    engine = SeeingEngine(SCRAPS, SCRAPS)
    result = read_decoded(large, engine)
    whole, *pieces = engine.images
    assert len(pieces) == 3
    assert all(piece.width * piece.height < whole.width * whole.height for piece in pieces)
    assert all(max(piece.size) < 900 for piece in pieces)
    assert "turned" not in [step.name for step in result.steps]


def test_blank_paper_is_not_looked_at_again() -> None:
    engine = SeeingEngine([], [])
    read_decoded(Image.new("L", (400, 600), 255), engine)
    assert len(engine.images) == 1


@pytest.mark.parametrize(
    ("lies", "first", "looks"),
    [(UPRIGHT, Turn.ROTATE_180, 1), (UPRIGHT.transpose(Turn.ROTATE_90), Turn.ROTATE_90, 2)],
    ids=["tall", "wide"],
)
def test_the_likely_turns_are_tried_first_and_end_the_search(
    lies: Image.Image, first: Image.Transpose, looks: int
) -> None:
    pieces: list[Image.Image] = []

    def read_piece(piece: Image.Image) -> Sequence[Word]:
        pieces.append(piece)
        return words(*BAKERY)

    assert find_turn(lies, ILLEGIBLE, read_piece) == first
    assert len(pieces) == looks


@pytest.mark.parametrize("turn", BACK)
def test_an_engine_that_half_reads_print_on_its_head_turns_it_all_the_same(
    turn: Image.Transpose,
) -> None:
    class ReadsOnItsHead(SeeingEngine):
        def read_words(self, image: Image.Image, within_s: float) -> Sequence[Word]:
            if is_upright(image.transpose(Turn.ROTATE_180)):
                return words(*["bake rnoc thgih"] * 9, confidence=0.7)
            return super().read_words(image, within_s)

    engine = ReadsOnItsHead(words(*BAKERY), SCRAPS)
    assert read_decoded(UPRIGHT.transpose(turn), engine).receipt.total == Decimal("6.00")


def test_the_most_legible_way_is_kept_where_none_is_clearly_legible() -> None:
    faint = [words(*BAKERY, *BAKERY, confidence=by) for by in (0.5, 0.55, 0.45)]
    assert all(legibility(reading).share < LEGIBLE for reading in faint)
    readings = iter(faint)
    found = find_turn(UPRIGHT, legibility([]), lambda _: next(readings))
    assert found == Turn.ROTATE_90  # the second that is tried of a tall page


def test_a_few_legible_letters_are_no_reason_to_turn() -> None:
    assert find_turn(UPRIGHT, ILLEGIBLE, lambda _: words("TOTAL 6.00")) is None


def test_a_turn_that_reads_no_better_as_a_whole_is_taken_back() -> None:
    class ReadsPieces(SeeingEngine):
        def read_words(self, image: Image.Image, within_s: float) -> Sequence[Word]:
            small = max(image.size) < 900
            return words(*BAKERY) if small else super().read_words(image, within_s)

    upright = [*words("faint", confidence=0.5), *SCRAPS]
    large = page_of_bars(48, (1040, 1800))
    result = read_decoded(large, ReadsPieces(upright, SCRAPS))
    assert result.receipt.total is None
    assert "turned" not in [step.name for step in result.steps]


@pytest.mark.parametrize("turn", [Turn.ROTATE_90, Turn.ROTATE_270])
def test_of_a_strip_that_lies_across_only_pieces_are_read_until_it_stands(
    turn: Image.Transpose,
) -> None:
    engine = SeeingEngine(words(*BAKERY), SCRAPS)
    result = read_decoded(page_of_bars(100, (520, 3700)).transpose(turn), engine)
    assert result.receipt.total == Decimal("6.00")
    assert result.steps[0].name == "turned"
    *pieces, whole = engine.images
    assert is_upright(whole)
    assert 2 <= len(pieces) <= 3
    assert all(max(piece.size) < 1000 for piece in pieces)


def test_a_wide_page_that_is_legible_as_it_lies_stays_so() -> None:
    ticket = Image.new("L", (3200, 520), 240)
    ticket.paste(page_of_bars(13, (520, 520)), (0, 0))
    engine = SeeingEngine(words(*BAKERY), SCRAPS)
    result = read_decoded(ticket, engine)
    assert "turned" not in [step.name for step in result.steps]


def test_an_engine_that_fails_at_a_second_look_leaves_the_first(
    caplog: pytest.LogCaptureFixture,
) -> None:
    class FailsAtTheSecond(SeeingEngine):
        def read_words(self, image: Image.Image, within_s: float) -> Sequence[Word]:
            if self.images:
                raise OcrEngineError("the engine's process ended")
            return super().read_words(image, within_s)

    assert read_decoded(UPRIGHT, FailsAtTheSecond(SCRAPS)).receipt.total is None
    assert "the engine's process ended" in caplog.text


def test_words_that_run_up_or_down_are_not_legible() -> None:
    upright = words(*BAKERY)
    sideways = [
        Word(
            text=word.text,
            left=word.top,
            top=word.left,
            width=word.height,
            height=max(word.width, 25),
            confidence=0.99,
        )
        for word in upright
    ]
    assert legibility(upright).share > 0.5
    assert legibility(sideways).legible == 0


def test_the_explanation_shows_the_turn() -> None:
    lies = UPRIGHT.transpose(Turn.ROTATE_180)
    result = read_decoded(lies, SeeingEngine(words(*BAKERY), SCRAPS))
    html = page([section("photo.jpg", list(straighten(lies)), result)])
    assert "<b>turned</b>" in html
    assert "was legible as it lay: turned by 180°" in html
