"""Lines and words as an engine would see them on a flat receipt, for tests."""

import os
from collections.abc import Sequence

from PIL import Image

from reading.command import pool
from reading.engine import Look, Picture, Word
from reading.extraction.lines import Line, group

LETTER, ROW = 10, 30


def words(*lines: str, confidence: float = 0.95) -> list[Word]:
    """The words of `lines`, in type of one size; two spaces make a gap, an empty line a space."""
    found = []
    for row, line in enumerate(lines):
        at = 0
        for text in line.split():
            at = line.index(text, at)
            found.append(
                Word(
                    text=text,
                    left=at * LETTER,
                    top=row * ROW,
                    width=len(text) * LETTER - 2,
                    height=20,
                    confidence=confidence,
                )
            )
            at += len(text)
    return found


def printed(*lines: str) -> list[Line]:
    """The same, grouped into lines."""
    return group(words(*lines))


class Says:
    """An engine that sees these words, one reading a look, whatever the picture shows."""

    def __init__(self, *readings: Sequence[Word], name: str = "fake") -> None:
        self.name = name
        self.looked = 0
        self._readings = readings

    @property
    def looks(self) -> Sequence[Look]:
        return [Look(self, Picture()) for _ in self._readings]

    def read(self, image: Image.Image, within_s: float) -> Sequence[Word]:
        assert within_s > 0
        assert image.mode == "L"
        self.looked += 1
        return self._readings[self.looked - 1]


class Kills:
    """An engine that takes its process with it where an image is long, as one short of memory."""

    name = "kills"

    def read(self, image: Image.Image, within_s: float) -> Sequence[Word]:  # noqa: ARG002
        if max(image.size) > 5 * min(image.size):
            os._exit(1)
        return words(*BAKERY)


def start_killing(_engine: str, limit_s: float) -> None:
    """Begins a reading process; by name, for a spawned one knows nothing of a test's patches."""
    pool._wired = Kills(), limit_s  # noqa: SLF001


BAKERY = (
    "CORNER BAKERY",
    "12 High Street",
    "Tel 020 555 0101",
    "Date: 23/09/2025 12:31",
    "Bread            3.20",
    "Coffee           2.80",
    "TOTAL EUR        6.00",
    "CASH            10.00",
    "CHANGE           4.00",
)
