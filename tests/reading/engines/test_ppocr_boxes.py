"""Boxes around the patches of the detector's map, askew or not."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from reading.engines.ppocr.boxes import Box, find_boxes, patches, smallest_rectangle
from reading.engines.ppocr.detector import in_reading_order

MASKS = arrays.arrays(np.bool_, st.tuples(st.integers(1, 9), st.integers(1, 9)))
POINTS = st.lists(
    st.tuples(st.integers(-40, 40), st.integers(-40, 40)), min_size=1, max_size=20
).map(lambda points: np.array(points, np.float64))


def flooded(mask: NDArray[np.bool_]) -> list[set[tuple[int, int]]]:
    """Each patch's pixels, found the slow way."""
    left = {(int(x), int(y)) for y, x in zip(*np.nonzero(mask), strict=True)}
    found = []
    while left:
        patch, edge = set(), {left.pop()}
        while edge:
            patch |= edge
            edge = {(x + i, y + j) for x, y in edge for i in (-1, 0, 1) for j in (-1, 0, 1)} & left
            left -= edge
        found.append(patch)
    return found


def a_map(box: Box, value: float = 0.9) -> NDArray[np.float32]:
    image = Image.new("L", (300, 200))
    ImageDraw.Draw(image).polygon(box.corners(), fill=255)
    return np.asarray(image, np.float32) * np.float32(value / 255)


@given(MASKS)
def test_patches_are_the_pixels_that_touch_each_other(mask: NDArray[np.bool_]) -> None:
    found = sorted(sorted({(int(x), int(y)) for x, y in points}) for points in patches(mask))
    ends = [
        sorted({(x, y) for x, y in patch if not {(x - 1, y), (x + 1, y)} <= patch})
        for patch in flooded(mask)
    ]
    assert found == sorted(ends)


@given(POINTS)
def test_the_rectangle_holds_every_point_and_is_no_larger_than_the_upright_one(
    points: NDArray[np.float64],
) -> None:
    box = smallest_rectangle(points)
    x, y = points[:, 0] - box.x, points[:, 1] - box.y
    assert np.abs(x * box.cos + y * box.sin).max() <= box.width / 2 + 1e-9
    assert np.abs(y * box.cos - x * box.sin).max() <= box.height / 2 + 1e-9
    assert box.width * box.height <= np.ptp(points[:, 0]) * np.ptp(points[:, 1]) + 1e-6


@given(POINTS)
def test_its_upper_edge_is_the_flattest_one(points: NDArray[np.float64]) -> None:
    box = smallest_rectangle(points)
    assert math.isclose(math.hypot(box.cos, box.sin), 1)
    assert abs(box.sin) <= box.cos


@pytest.mark.parametrize("degrees", [-20, -2, 0, 3, 30])
def test_a_line_s_box_has_its_slope_and_grows_by_its_height(degrees: float) -> None:
    slope = math.radians(degrees)
    line = Box(150, 100, 160, 20, math.cos(slope), math.sin(slope))
    (box,) = find_boxes(a_map(line))
    growth = 2 * 160 * 20 / (2 * (160 + 20)) * 1.6
    assert (box.x, box.y) == pytest.approx((150, 100), abs=1)
    assert (box.width, box.height) == pytest.approx((162 + growth, 22 + growth), abs=3)
    assert math.degrees(math.atan2(box.sin, box.cos)) == pytest.approx(degrees, abs=0.6)


def test_lines_apart_are_boxes_apart() -> None:
    both = np.maximum(a_map(Box(150, 50, 160, 20)), a_map(Box(150, 90, 160, 20)))
    assert len(find_boxes(both)) == 2


@pytest.mark.parametrize(
    "line",
    [
        a_map(Box(150, 100, 160, 20), 0.4),  # a smear: above the threshold, but never sure
        a_map(Box(150, 100, 1, 1)),
        np.zeros((64, 64), np.float32),
    ],
)
def test_smears_and_specks_are_no_lines(line: NDArray[np.float32]) -> None:
    assert find_boxes(line) == []


def test_lines_are_read_from_the_top_and_what_stands_beside_each_other_from_the_left() -> None:
    price, name, total = Box(300, 52, 50, 20), Box(100, 50, 90, 20), Box(100, 90, 90, 20)
    assert in_reading_order([total, price, name]) == [name, price, total]


def test_a_box_is_scaled_to_another_image_s_pixels() -> None:
    assert Box(10, 20, 30, 8).scaled(2, 3) == Box(20, 60, 60, 24)
