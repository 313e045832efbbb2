"""A strip of any length is read part by part, each word once and where it stands."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from reading.engine import ImageRequirements, OcrPass, Word
from reading.extraction.deadline import Deadline
from reading.extraction.passes import run_pass
from reading.extraction.strips import LONGEST_PART, densest, read_in_parts

WIDTH, LINE, BAR = 400, 40, 20


def strip(lines: int, first: int = 30, slant: int = 0) -> Image.Image:
    """Two bars a line; the right one lies `slant` pixels lower than the left one."""
    image = Image.new("L", (WIDTH, first + lines * LINE + slant + 30), 255)
    draw = ImageDraw.Draw(image)
    for line in range(lines):
        top = first + line * LINE
        draw.rectangle((20, top, 120, top + BAR - 1), fill=0)
        draw.rectangle((250, top + slant, 350, top + slant + BAR - 1), fill=0)
    return image


def read_bars(image: Image.Image) -> Sequence[Word]:
    """A word for each bar, a pixel off as engines are; of a cut bar the part that is there."""
    words: list[Word] = []
    for name, column in (("left", 70), ("right", 300)):
        start = None
        pixels = image.crop((column, 0, column + 1, image.height)).tobytes() + b"\xff"
        for row, level in enumerate(pixels):
            if level < 128 and start is None:
                start = row
            elif level >= 128 and start is not None:
                words.append(
                    Word(
                        text=name,
                        left=column - 50,
                        top=start + len(words) % 2,
                        width=100,
                        height=row - start,
                        confidence=0.9,
                    )
                )
                start = None
    return words


@given(
    lines=st.integers(1, 420),
    first=st.integers(0, 60),
    slant=st.sampled_from([0, 7, 20, 33, 80]),
)
def test_each_word_is_read_once_and_whole(lines: int, first: int, slant: int) -> None:
    found = read_in_parts(strip(lines, first, slant), read_bars)
    for name, shift in (("left", 0), ("right", slant)):
        tops = [word.top for word in found if word.text == name]
        assert tops == pytest.approx([first + shift + i * LINE for i in range(lines)], abs=1)
    assert all(word.height == BAR for word in found)


def test_no_part_is_longer_than_an_engine_reads() -> None:
    parts: list[int] = []

    def read_part(part: Image.Image) -> Sequence[Word]:
        parts.append(part.height)
        return []

    read_in_parts(strip(1000), read_part)
    assert max(parts) <= LONGEST_PART
    assert sum(parts) < 1.2 * 1000 * LINE


def test_a_page_of_the_usual_length_is_read_as_a_whole() -> None:
    page = strip(80)
    parts: list[Image.Image] = []

    def read_part(part: Image.Image) -> Sequence[Word]:
        parts.append(part)
        return []

    read_in_parts(page, read_part)
    assert parts == [page]


def test_a_pass_over_a_strip_asks_for_the_time_left_part_by_part() -> None:
    class Slow:
        name = "slow"
        now_s = 0.0
        asked_s: list[float] = []  # noqa: RUF012 - of this one test

        def read_words(self, image: Image.Image, within_s: float) -> Sequence[Word]:
            self.asked_s.append(within_s)
            self.now_s += 5
            return read_bars(image)

    engine = Slow()
    one = OcrPass(engine, ImageRequirements(restore=False))
    run_pass(strip(250), one, Deadline(60, lambda: engine.now_s, lambda: 0.0))
    assert engine.asked_s == [60 - 5 * part for part in range(len(engine.asked_s))]
    assert len(engine.asked_s) > 1


@pytest.mark.parametrize("turned", [False, True])
def test_the_densest_part_is_where_the_print_is(turned: bool) -> None:  # noqa: FBT001
    page = Image.new("L", (WIDTH, 6000), 255)
    page.paste(strip(10), (0, 4000))
    part = densest(page.transpose(Image.Transpose.ROTATE_90) if turned else page, WIDTH)
    assert part.size == (WIDTH, WIDTH)
    assert part.histogram()[0] > 0.9 * strip(10).crop((0, 30, WIDTH, 430)).histogram()[0]
