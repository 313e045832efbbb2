"""Lines and words as an engine would read them on a flat receipt, for tests."""

import os
from collections.abc import Sequence
from itertools import pairwise

from PIL import Image

from reading.command import worker_pool
from reading.engine import ImageRequirements, OcrEngine, OcrPass, Word
from reading.extraction.deadline import Deadline
from reading.extraction.fields import PassResult
from reading.extraction.lines import Line, group_words
from reading.extraction.passes import read_straightened
from reading.extraction.prepare import straighten

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


def read_decoded(
    image: Image.Image, engine: OcrEngine, deadline: Deadline | None = None
) -> PassResult:
    """What happens to a decoded (grey) image: it is straightened, read, its fields are found."""
    return read_straightened(list(straighten(image)), engine, deadline)


class ScriptedEngine:
    """An engine that reads these words, one sequence a pass, whatever the image shows.

    With `adds_german` it knows German from the second pass on.
    """

    def __init__(
        self, *readings: Sequence[Word], name: str = "fake", adds_german: bool = False
    ) -> None:
        self.name = name
        self._adds_german = adds_german
        self.passes_run = 0
        self._readings = readings

    @property
    def passes(self) -> Sequence[OcrPass]:
        return [
            OcrPass(self, ImageRequirements(), adds_german=self._adds_german and number > 0)
            for number in range(len(self._readings))
        ]

    def read_words(self, image: Image.Image, within_s: float) -> Sequence[Word]:
        assert within_s > 0
        assert image.mode == "L"
        self.passes_run += 1
        return self._readings[self.passes_run - 1]


def page_of_bars(rows: int = 24, size: tuple[int, int] = (520, 960)) -> Image.Image:
    """A page of bars as wide as letters, whose lines are long at the left, short at the right."""
    image = Image.new("L", size, 240)
    for row in range(rows):
        for letter in [*range(10 + row * 5 % 4), 18, 19]:
            left, top = 40 + letter * 20 + row * 7 % 20, 40 + row * 36
            image.paste(30, (left, top, left + 15, top + 18))
    return image


def is_upright(image: Image.Image) -> bool:
    """Whether the lines of a `page_of_bars` run from left to right, long at the left."""
    print_ = image.point([255] * 128 + [0] * 128)
    rows, columns = (
        print_.resize(size, Image.Resampling.BOX).tobytes()
        for size in ((1, image.height), (image.width, 1))
    )
    halves = columns[: len(columns) // 2], columns[len(columns) // 2 :]
    return _roughness(rows) > _roughness(columns) and sum(halves[0]) > 1.5 * sum(halves[1])


def _roughness(profile: bytes) -> float:
    return sum(abs(a - b) for a, b in pairwise(profile)) / len(profile)


class SeeingEngine:
    """An engine that reads what it is given of an upright `page_of_bars`, and scraps of others."""

    name = "seeing"

    def __init__(self, upright: Sequence[Word], scraps: Sequence[Word] = ()) -> None:
        self.images: list[Image.Image] = []
        self._upright, self._scraps = upright, scraps

    def read_words(self, image: Image.Image, within_s: float) -> Sequence[Word]:
        assert within_s > 0
        self.images.append(image)
        return self._upright if is_upright(image) else self._scraps


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
