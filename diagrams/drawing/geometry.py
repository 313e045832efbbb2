"""Rectangles and straight stretches, in whole pixels: the same sums on every machine."""

import itertools
from typing import NamedTuple


class Box(NamedTuple):
    """A rectangle by its four sides; y grows downwards."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        """Pixels from left to right."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """Pixels from top to bottom."""
        return self.bottom - self.top

    @property
    def centre(self) -> "Point":
        """The middle, rounded down."""
        return Point((self.left + self.right) // 2, (self.top + self.bottom) // 2)

    def grown(self, x: int, y: int | None = None) -> "Box":
        """The box with `x` more on the left and right, `y` (or `x`) more above and below."""
        y = x if y is None else y
        return Box(self.left - x, self.top - y, self.right + x, self.bottom + y)

    def moved(self, x: int, y: int) -> "Box":
        """The box elsewhere, as large as it is."""
        return Box(self.left + x, self.top + y, self.right + x, self.bottom + y)

    def meets(self, other: "Box") -> bool:
        """Whether the two share any area."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )

    def overlap(self, other: "Box") -> int:
        """Shared area in square pixels."""
        wide = min(self.right, other.right) - max(self.left, other.left)
        high = min(self.bottom, other.bottom) - max(self.top, other.top)
        return wide * high if wide > 0 and high > 0 else 0

    def holds(self, point: "Point") -> bool:
        """Whether the point lies inside, not on a side."""
        return self.left < point.x < self.right and self.top < point.y < self.bottom


def bounding_box(boxes: list[Box]) -> Box:
    """The smallest box that holds all of `boxes`."""
    return Box(
        min(box.left for box in boxes),
        min(box.top for box in boxes),
        max(box.right for box in boxes),
        max(box.bottom for box in boxes),
    )


class Point(NamedTuple):
    """A place on the sheet."""

    x: int
    y: int


class Stretch(NamedTuple):
    """One straight piece of an arrow, level or upright."""

    start: Point
    end: Point

    @property
    def level(self) -> bool:
        """Whether it runs from left to right or back."""
        return self.start.y == self.end.y

    @property
    def length(self) -> int:
        """Pixels from end to end."""
        return abs(self.end.x - self.start.x) + abs(self.end.y - self.start.y)

    @property
    def box(self) -> Box:
        """The stretch as a box one pixel thick either side, so that it can meet others."""
        (x1, y1), (x2, y2) = self.start, self.end
        return Box(min(x1, x2) - 1, min(y1, y2) - 1, max(x1, x2) + 1, max(y1, y2) + 1)


def stretches(points: list[Point]) -> list[Stretch]:
    """The straight pieces between corners."""
    return [Stretch(a, b) for a, b in itertools.pairwise(points)]
