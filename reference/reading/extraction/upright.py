"""Tells whether a photo was taken sideways: print has fewer edges along its lines than across."""

from PIL import Image, ImageChops

from reading.extraction.ink import ink, swell

SIDEWAYS = 0.95
"""A photo is sideways if its ratio of edges, down over right, is below this. Upright receipts
measure above 1, sideways ones the inverse; a photo in between is not turned."""


def is_sideways(image: Image.Image) -> bool:
    """Whether the lines of print run up or down; which of the two, only reading can tell.

    The print is swollen first, so that its letters melt into words.
    """
    small = image.copy()
    small.thumbnail((900, 2000) if image.width < image.height else (2000, 900))
    words = swell(ink(small, 30), 4)
    return _edges(words, 0, 1) < SIDEWAYS * _edges(words, 1, 0)


def _edges(words: Image.Image, right: int, down: int) -> int:
    """How many pixels differ from the pixel that lies `right` and `down` of them."""
    here = words.crop((0, 0, words.width - right, words.height - down))
    there = words.crop((right, down, words.width, words.height))
    return ImageChops.difference(here, there).histogram()[255]
