"""Which lines the larger network reads: those that fields hang on, and those in doubt."""

from collections.abc import Mapping, Sequence

import pytest
from PIL import Image

from reading.engines.ppocr.boxes import Box
from reading.engines.ppocr.line_reader import LONGEST_HEAD, read_lines
from reading.engines.ppocr.recognizer import Letter, Recognizer

PAGE = Image.new("L", (400, 4000), 255)


class Scripted(Recognizer):
    """Reads the text that stands at a line's place, and is in doubt where it is told to be."""

    def __init__(self, texts: Sequence[str], chances: Mapping[str, float] | None = None) -> None:
        self.read: list[str] = []
        self._texts, self._chances = texts, chances or {}

    def read_line(self, image: Image.Image, box: Box) -> list[Letter]:
        assert image.mode == "L"
        text = self._texts[int(box.y // 20)]
        self.read.append(text)
        return [Letter(one, self._chances.get(text, 0.99), 0.5) for one in text]


def boxes(texts: Sequence[str]) -> list[Box]:
    return [Box(200, 20 * row + 10, 300, 16) for row in range(len(texts))]


def read_by_each(
    texts: Sequence[str], chances: Mapping[str, float] | None = None
) -> tuple[list[str], list[str]]:
    """The lines that the larger network read, and those that the quick one did."""
    large, quick = Scripted(texts), Scripted(texts, chances)
    lines = list(read_lines(PAGE, boxes(texts), large, quick))
    assert [line.text for line in lines] == list(texts)
    return large.read, quick.read


def test_the_head_down_to_the_first_amount_is_read_by_the_larger_alone() -> None:
    head, rest = ["CORNER BAKERY", "12 HIGH STREET", "BREAD 3.20"], ["MILK 1.80", "TOTAL 5.00"]
    assert read_by_each([*head, *rest]) == (head, rest)


def test_a_head_without_an_amount_ends_all_the_same() -> None:
    large, quick = read_by_each(["GARDEN CENTRE"] * (LONGEST_HEAD + 3))
    assert (len(large), len(quick)) == (LONGEST_HEAD, 3)


@pytest.mark.parametrize(
    "line",
    [
        "DATE 23/09/2025",
        "23-SEP-25 10:04",
        "23 September 2025",
        "20250923 1004",
        "2025.09.23",
    ],
)
def test_what_looks_like_a_date_is_read_again(line: str) -> None:
    large, quick = read_by_each(["BREAD 3.20", line, "CASH 5.00"])
    assert large == ["BREAD 3.20", line]
    assert quick == [line, "CASH 5.00"]


def test_what_the_quick_one_doubts_is_read_again_and_the_larger_has_the_last_word() -> None:
    texts = ["BREAD 3.20", "T0TAL 5.00", "CASH 5.00"]
    large, quick = Scripted(["BREAD 3.20", "TOTAL 5.00", "CASH 5.00"]), Scripted(texts)
    doubting = Scripted(texts, {"T0TAL 5.00": 0.8})
    sure = list(read_lines(PAGE, boxes(texts), large, quick))
    doubted = list(read_lines(PAGE, boxes(texts), large, doubting))
    assert [line.text for line in sure] == texts
    assert [line.text for line in doubted] == ["BREAD 3.20", "TOTAL 5.00", "CASH 5.00"]
    assert doubted[1].confidence == pytest.approx(0.99)


def test_a_line_without_letters_has_no_confidence_and_is_read_again() -> None:
    large, _ = read_by_each(["BREAD 3.20", "", "CASH 5.00"])
    assert large == ["BREAD 3.20", ""]


def test_without_a_quick_one_the_larger_reads_every_line() -> None:
    texts = ["CORNER BAKERY", "BREAD 3.20", "TOTAL 3.20"]
    large = Scripted(texts)
    list(read_lines(PAGE, boxes(texts), large, None))
    assert large.read == texts
