"""Lines and words as an engine would read them on a flat receipt, for tests."""

import os
from collections.abc import Sequence

from PIL import Image

from reading.command import worker_pool
from reading.engine import ImageRequirements, OcrPass, Word
from reading.extraction.lines import Line, group_words

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
    return group_words(words(*lines))


class ScriptedEngine:
    """An engine that reads these words, one sequence a pass, whatever the image shows."""

    def __init__(self, *readings: Sequence[Word], name: str = "fake") -> None:
        self.name = name
        self.passes_run = 0
        self._readings = readings

    @property
    def passes(self) -> Sequence[OcrPass]:
        return [OcrPass(self, ImageRequirements()) for _ in self._readings]

    def read_words(self, image: Image.Image, within_s: float) -> Sequence[Word]:
        assert within_s > 0
        assert image.mode == "L"
        self.passes_run += 1
        return self._readings[self.passes_run - 1]


class KillingEngine:
    """An engine whose process ends on a long image, as one that runs out of memory would."""

    name = "kills"

    def read_words(self, image: Image.Image, within_s: float) -> Sequence[Word]:  # noqa: ARG002
        if max(image.size) > 5 * min(image.size):
            os._exit(1)
        return words(*BAKERY)


def start_killing_worker(_engine: str, limit_s: float) -> None:
    """Starts a worker process; passed by name, since a spawned one knows nothing of our patches."""
    worker_pool._engine_and_limit_s = KillingEngine(), limit_s  # noqa: SLF001


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
