"""Finds the sheet of paper in a photo and lays it flat."""

import math
from collections.abc import Iterator

from msgspec import Struct
from PIL import Image, ImageFilter

Point = tuple[float, float]
Corners = tuple[Point, Point, Point, Point]
"""Top left, bottom left, bottom right, top right: the order of Pillow's QUAD."""

GRID = 128
"""Pixels of the longer side of the small image in which the sheet is searched for."""

NARROWEST = 48
"""The fewest pixels of its shorter side: coarser, a long strip's edges would cut into its print."""


ANOTHER = 0.15
"""The share of the largest sheet's area from which on another bright region may be a receipt: a
slip of a card beside a bill has a quarter."""


class Sheet(Struct, frozen=True):
    """The largest sheet on a darker background; `alone` if no `ANOTHER` lies there."""

    corners: Corners
    alone: bool


def find_sheet(image: Image.Image) -> Sheet | None:
    """Find the sheet of paper in a photo.

    None if the paper fills the photo, or if the bright region is no quadrilateral. Nothing is cut
    then, which does less harm than a wrong cut.
    """
    scale = max(1.0, min(max(image.size) / GRID, min(image.size) / NARROWEST))
    small = image.resize(
        (max(1, round(image.width / scale)), max(1, round(image.height / scale))),
        Image.Resampling.BOX,
    )
    # Removes the print, which is thin: the brightest neighbour of each pixel is paper. The second
    # filter moves the edges of the sheet back.
    small = small.filter(ImageFilter.MaxFilter(5)).filter(ImageFilter.MinFilter(5))
    bright = _threshold(small)
    if bright is None:
        return None
    cells, *others = [*_regions(small, bright), set[tuple[int, int]]()]
    whole = small.width * small.height
    if not 0.1 * whole < len(cells) < 0.93 * whole:
        return None
    found = _extremes(cells)
    if not 0.85 < _area(found) / len(cells) < 1.1:
        return None
    top_left, bottom_left, bottom_right, top_right = ((x * scale, y * scale) for x, y in found)
    return Sheet(
        (top_left, bottom_left, bottom_right, top_right),
        alone=all(len(other) < ANOTHER * len(cells) for other in others),
    )


def flatten(image: Image.Image, sheet: Corners) -> Image.Image:
    """Cut the sheet out and warp it to a rectangle."""
    top_left, bottom_left, bottom_right, top_right = sheet
    width = round(max(math.dist(top_left, top_right), math.dist(bottom_left, bottom_right)))
    height = round(max(math.dist(top_left, bottom_left), math.dist(top_right, bottom_right)))
    return image.transform(
        (width, height),
        Image.Transform.PERSPECTIVE,
        _perspective(sheet, width, height),
        Image.Resampling.BICUBIC,
    )


def _threshold(image: Image.Image) -> int | None:
    """Otsu's threshold between dark and bright, or None if they hardly differ."""
    histogram = image.histogram()
    total = sum(histogram)
    weighted = sum(value * n for value, n in enumerate(histogram))
    below = below_sum = 0
    best, spread = None, 0.0
    for value, n in enumerate(histogram[:-1]):
        below += n
        below_sum += value * n
        if not below or below == total:
            continue
        means = below_sum / below, (weighted - below_sum) / (total - below)
        between = below * (total - below) * (means[1] - means[0]) ** 2
        if between > spread and means[1] - means[0] > 50:
            best, spread = value, between
    return best


def _regions(image: Image.Image, bright: int) -> list[set[tuple[int, int]]]:
    """The connected regions brighter than `bright`, as cells (x, y), the largest first."""
    width = image.width
    left = {(i % width, i // width) for i, value in enumerate(image.tobytes()) if value > bright}
    regions = []
    while left:
        regions.append(set(_flood(left)))
    return sorted(regions, key=len, reverse=True)


def _flood(left: set[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Take one connected region out of `left`."""
    edge = [left.pop()]
    while edge:
        x, y = edge.pop()
        yield x, y
        for cell in ((x + 1, y), (x - 1, y), (x, y + 1), (x, y - 1)):
            if cell in left:
                left.remove(cell)
                edge.append(cell)


def _extremes(cells: set[tuple[int, int]]) -> Corners:
    """The four cells that lie furthest out along the diagonals."""
    top_left = min(cells, key=lambda cell: cell[0] + cell[1])
    bottom_right = max(cells, key=lambda cell: cell[0] + cell[1])
    top_right = max(cells, key=lambda cell: cell[0] - cell[1])
    bottom_left = min(cells, key=lambda cell: cell[0] - cell[1])
    # The far edge of a cell is one further than its coordinate.
    return (
        top_left,
        (bottom_left[0], bottom_left[1] + 1),
        (bottom_right[0] + 1, bottom_right[1] + 1),
        (top_right[0] + 1, top_right[1]),
    )


def _area(points: Corners) -> float:
    """The area of a polygon, by the shoelace formula."""
    pairs = zip(points, (*points[1:], points[0]), strict=True)
    return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairs)) / 2


def _perspective(sheet: Corners, width: int, height: int) -> list[float]:
    """The eight coefficients with which Pillow maps the rectangle onto the sheet.

    Heckbert, Fundamentals of Texture Mapping and Image Warping (1989), section 2.2.3: the map of
    the unit square onto a quadrilateral in closed form.
    """
    (x0, y0), (x3, y3), (x2, y2), (x1, y1) = sheet
    sum_x, sum_y = x0 - x1 + x2 - x3, y0 - y1 + y2 - y3
    dx1, dx2, dy1, dy2 = x1 - x2, x3 - x2, y1 - y2, y3 - y2
    determinant = dx1 * dy2 - dx2 * dy1
    g = (sum_x * dy2 - dx2 * sum_y) / determinant
    h = (dx1 * sum_y - sum_x * dy1) / determinant
    a, b = x1 - x0 + g * x1, x3 - x0 + h * x3
    d, e = y1 - y0 + g * y1, y3 - y0 + h * y3
    return [a / width, b / height, x0, d / width, e / height, y0, g / width, h / height]
