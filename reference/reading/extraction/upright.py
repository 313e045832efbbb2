"""Whether a photo was taken sideways: print runs along its lines."""

from PIL import Image, ImageChops

from reading.extraction.ink import ink, swell

SIDEWAYS = 0.95
"""Upright receipts measure above 1, the same turned by a quarter the inverse. Between lies doubt,
and in doubt nothing is turned."""


def is_sideways(image: Image.Image) -> bool:
    """Whether lines of print run up or down. Which of the two can't be seen without reading.

    Swollen print melts into words: along a line it has fewer edges than across.
    """
    small = image.copy()
    small.thumbnail((900, 2000) if image.width < image.height else (2000, 900))
    words = swell(ink(small, 30), 4)
    return _edges(words, 0, 1) < SIDEWAYS * _edges(words, 1, 0)


def _edges(words: Image.Image, right: int, down: int) -> int:
    """How many pixels differ from their neighbour `right` and `down` of them."""
    here = words.crop((0, 0, words.width - right, words.height - down))
    there = words.crop((right, down, words.width, words.height))
    return ImageChops.difference(here, there).histogram()[255]
