"""From the detector's map to boxes: where its values are high, there is a line of text.

A box is the smallest rectangle around a patch of high values, which may be askew, and then grown:
the network is taught to mark the core of a line only.
"""

import math
from collections.abc import Iterator

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

HIGH = 0.3
"""The value from which on a pixel belongs to a line."""

LEAST_MEAN = 0.5
"""The least mean value within a box: what is lower is a smear."""

GROWTH = 1.6
"""A box grows on each side by its area over its circumference, times this."""

LEAST_SIDE = 3.0
"""Pixels of a box's shorter side before it grows; what is smaller is dirt."""

Map = NDArray[np.float32]


class Box(Struct, frozen=True):
    """A rectangle by its middle and size, in pixels.

    Its upper edge runs along (`cos`, `sin`), downwards if `sin` is above 0, at 45° at most.
    """

    x: float
    y: float
    width: float
    height: float
    cos: float = 1.0
    sin: float = 0.0

    def corners(self) -> list[tuple[float, float]]:
        """Upper left, upper right, lower right, lower left."""
        w, h = self.width / 2, self.height / 2
        return [
            (self.x + u * self.cos - v * self.sin, self.y + u * self.sin + v * self.cos)
            for u, v in ((-w, -h), (w, -h), (w, h), (-w, h))
        ]

    def scaled(self, across: float, down: float) -> "Box":
        """The same box in an image that is so many times as wide and as high.

        The factors differ by little, so that a box stays a rectangle.
        """
        return Box(
            self.x * across,
            self.y * down,
            self.width * across,
            self.height * down,
            self.cos,
            self.sin,
        )


def find_boxes(chances: Map) -> list[Box]:
    """The boxes of the lines in a map of values from 0 to 1, in no order."""
    found = []
    for points in patches(_swollen(chances > HIGH)):
        box = smallest_rectangle(points)
        if min(box.width, box.height) < LEAST_SIDE or _mean_within(chances, box) < LEAST_MEAN:
            continue
        growth = 2 * box.width * box.height / (2 * (box.width + box.height)) * GROWTH
        found.append(Box(box.x, box.y, box.width + growth, box.height + growth, box.cos, box.sin))
    return found


def _swollen(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Each pixel that is set sets those to its right and below too, so that close patches meet."""
    mask = mask.copy()
    mask[1:] |= mask[:-1]
    mask[:, 1:] |= mask[:, :-1]
    return mask


def patches(mask: NDArray[np.bool_]) -> Iterator[NDArray[np.float64]]:
    """The ends of each patch's rows, as (x, y); pixels that touch at a corner are one patch."""
    rows, starts, ends = _runs(mask)
    parent = list(range(len(rows)))

    def root(run: int) -> int:
        while parent[run] != run:
            parent[run] = run = parent[parent[run]]
        return run

    above = 0
    for run in range(len(rows)):
        while above < run and (
            rows[above] < rows[run] - 1
            or (rows[above] == rows[run] - 1 and ends[above] + 1 < starts[run])
        ):
            above += 1
        other = above
        while other < run and rows[other] == rows[run] - 1 and starts[other] <= ends[run] + 1:
            parent[root(other)] = root(run)
            other += 1
    groups: dict[int, list[int]] = {}
    for run in range(len(rows)):
        groups.setdefault(root(run), []).append(run)
    for members in groups.values():
        yield np.array(
            [(x, rows[run]) for run in members for x in (starts[run], ends[run])], np.float64
        )


def _runs(mask: NDArray[np.bool_]) -> tuple[list[int], list[int], list[int]]:
    """The row, first and last column of each run of pixels that are set, row by row."""
    framed = np.zeros((mask.shape[0], mask.shape[1] + 2), np.int8)
    framed[:, 1:-1] = mask
    change = np.diff(framed, axis=1)
    rows, starts = np.nonzero(change == 1)
    ends = np.nonzero(change == -1)[1] - 1
    return rows.tolist(), starts.tolist(), ends.tolist()


def smallest_rectangle(points: NDArray[np.float64]) -> Box:
    """The rectangle of the smallest area around points: one of its sides lies on their hull."""
    hull = _hull(points)
    edges = np.roll(hull, -1, axis=0) - hull
    lengths = np.hypot(edges[:, 0], edges[:, 1])
    edges = edges[lengths > 0] / lengths[lengths > 0, None]
    along = np.concatenate([edges, [[1.0, 0.0]]])
    across = np.stack([-along[:, 1], along[:, 0]], axis=1)
    u, v = along @ hull.T, across @ hull.T
    low_u, high_u, low_v, high_v = u.min(1), u.max(1), v.min(1), v.max(1)
    areas = (high_u - low_u) * (high_v - low_v)
    best = int(areas.argmin())
    middle = (low_u[best] + high_u[best]) / 2 * along[best]
    middle = middle + (low_v[best] + high_v[best]) / 2 * across[best]
    width, height = high_u[best] - low_u[best], high_v[best] - low_v[best]
    cos, sin = along[best]
    # Turned by quarters until its upper edge is the one that lies flattest.
    while not (cos > 0 and abs(sin) <= cos):
        cos, sin, width, height = -sin, cos, height, width
    return Box(*(float(value) for value in (*middle, width, height, cos, sin)))


def _hull(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """The convex hull, by Andrew's monotone chain."""
    ordered = sorted({(x, y) for x, y in points.tolist()})
    chains = []
    for sequence in (ordered, ordered[::-1]):
        chain: list[tuple[float, float]] = []
        for x, y in sequence:
            while len(chain) > 1 and (
                (chain[-1][0] - chain[-2][0]) * (y - chain[-2][1])
                - (chain[-1][1] - chain[-2][1]) * (x - chain[-2][0])
                <= 0
            ):
                chain.pop()
            chain.append((x, y))
        chains += chain[:-1]
    return np.array(chains or ordered)


def _mean_within(chances: Map, box: Box) -> float:
    """The mean value of the map's pixels within a box."""
    corners = np.array(box.corners())
    left, top = (max(0, math.floor(low)) for low in corners.min(0))
    right, bottom = (math.ceil(high) + 1 for high in corners.max(0))
    part = chances[top:bottom, left:right]
    if box.sin == 0.0:
        return float(part.mean())
    y, x = np.mgrid[top : top + part.shape[0], left : left + part.shape[1]]
    x, y = x - box.x, y - box.y
    within = (np.abs(x * box.cos + y * box.sin) <= box.width / 2) & (
        np.abs(y * box.cos - x * box.sin) <= box.height / 2
    )
    return float(part[within].mean()) if within.any() else 0.0
