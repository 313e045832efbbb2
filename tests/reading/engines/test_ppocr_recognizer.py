"""From the recogniser's scores to letters, and from an image to the strip that it reads."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from reading.engines.ppocr.boxes import Box
from reading.engines.ppocr.recognizer import HEIGHT, cut_out, decode, plain

LETTERS = ["", *"abc "]
BLANK = 0


@given(
    st.lists(
        st.tuples(st.integers(1, len(LETTERS) - 1), st.integers(1, 3), st.integers(0, 2)),
        max_size=12,
    )
)
def test_signs_that_go_on_are_one_letter_and_blanks_part_doubles(
    runs: list[tuple[int, int, int]],
) -> None:
    columns: list[int] = []
    for (sign, length, blanks), (following, *_) in pairwise([*runs, (BLANK, 0, 0)]):
        columns += [sign] * length + [BLANK] * max(blanks, sign == following)
    scores = np.full((len(columns), len(LETTERS)), 0.1, np.float32)
    scores[range(len(columns)), columns] = 0.6
    read = list(decode(scores, LETTERS)) if columns else []
    assert "".join(one.text for one in read) == "".join(LETTERS[sign] for sign, *_ in runs)
    assert all(one.chance == pytest.approx(0.6) for one in read)
    assert all(0 < one.at < other.at < 1 for one, other in pairwise(read))


@pytest.mark.parametrize(
    ("sign", "letter"),
    [("A", "A"), ("ü", "ü"), ("€", "€"), ("（", "("), ("５", "5"), ("。", "."), ("·", "-")],  # noqa: RUF001
)
def test_signs_that_stand_for_a_letter_are_read_as_it(sign: str, letter: str) -> None:
    assert plain(sign) == letter


@pytest.mark.parametrize("sign", ["収", "Ⅳ", "Ж", "①①"])
def test_other_signs_are_left_out(sign: str) -> None:
    assert plain(sign) == ""


def strip_of(box: Box) -> Image.Image:
    """An image with black print in the middle of a box, cut out."""
    image = Image.new("L", (400, 300), 255)
    core = Box(box.x, box.y, box.width * 0.8, box.height * 0.5, box.cos, box.sin)
    ImageDraw.Draw(image).polygon(core.corners(), fill=0)
    return cut_out(image, box)


@pytest.mark.parametrize("sin", [0.0, 0.1, -0.3])
def test_a_strip_is_level_and_as_high_as_the_network_reads(sin: float) -> None:
    strip = strip_of(Box(200, 150, 200, 40, (1 - sin * sin) ** 0.5, sin))
    assert strip.size == (200 * HEIGHT // 40, HEIGHT)
    row = np.asarray(strip)[HEIGHT // 2]
    assert row[30:-30].max() < 20  # print from one end to the other
    assert np.asarray(strip)[[2, -3], 30:-30].min() > 200


def test_a_strip_ends_where_the_image_ends() -> None:
    strip = cut_out(Image.new("L", (100, 40), 7), Box(95, 20, 40, 20))
    assert set(strip.tobytes()) == {7}
