"""Two receipts on one page are never one receipt that is sure."""

from PIL import Image

from helpers.fakes_reading import BAKERY, LETTER, ScriptedEngine, read_decoded, words
from reading.extraction.prepare import SEVERAL
from reading.extraction.several import are_side_by_side

BLANK = Image.new("L", (400, 600), 255)
WIDE = 45
GROCER = (
    "GREEN GROCER LTD",
    "7 Market Place",
    "Tel 020 555 0199",
    "Date: 02/02/2025 09:10",
    "Apples          12.30",
    "Leek            10.00",
    "TOTAL EUR       22.30",
    "VISA            22.30",
    "Thank you",
)
BESIDE = [f"{left:{WIDE}}{right}" for left, right in zip(BAKERY, GROCER, strict=True)]


def test_two_receipts_side_by_side_are_noticed_and_mistrusted() -> None:
    assert are_side_by_side(words(*BESIDE))
    result = read_decoded(BLANK, ScriptedEngine(words(*BESIDE), words(*BESIDE)))
    assert result.receipt.needs_review
    assert max(result.receipt.confidence.values()) <= SEVERAL
    assert "several" in [step.name for step in result.steps]


def test_a_receipt_alone_is_none_however_far_its_amounts_stand_from_its_names() -> None:
    assert not are_side_by_side(words(*BAKERY))
    assert not are_side_by_side(words(*GROCER, *BAKERY))
    wide = [line.replace("   ", " " * 30) for line in (*GROCER, *BAKERY)]
    assert not are_side_by_side(words(*wide))


def test_columns_that_a_line_crosses_are_one_receipt() -> None:
    crossing = "-".join(["all prices include the tax"] * 4)
    assert len(crossing) * LETTER > WIDE * LETTER
    assert not are_side_by_side(words(*BESIDE, crossing.replace(" ", "-")))


def test_nothing_read_is_not_several() -> None:
    assert not are_side_by_side([])
