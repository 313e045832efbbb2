"""Remembers the words that an engine read, so that work on the fields costs no OCR.

Words are stored by the image's hash and the engine's version: another version reads anew. The CPU
time of the first read is stored with the words, and counted each time.
"""

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
from PIL import Image

from lab.support.engine_version import engine_version
from reading.command.worker_pool import cpu_seconds
from reading.engine import OcrEngine, OcrEngineError, OcrPass, Word, passes_of


class Memory(msgspec.Struct, frozen=True):
    """The words on one image, or the engine's error; CPU seconds of reading it."""

    words: list[Word]
    cpu_seconds: float
    error: str | None = None


class Remembered:
    """An engine that reads each image once, and then answers from `folder`.

    `version_of` returns an engine's version by its name. `spent_s` sums up the CPU seconds that its
    reads took the first time.
    """

    def __init__(
        self, engine: OcrEngine, folder: Path, version_of: Callable[[str], str] = engine_version
    ) -> None:
        self.name = engine.name
        self.spent_s = 0.0
        self._engine = engine
        self._passes = [
            OcrPass(
                _RememberedEngine(one.engine, folder, version_of, self._spend),
                one.requirements,
                one.better,
            )
            for one in passes_of(engine)
        ]
        folder.mkdir(parents=True, exist_ok=True)

    @property
    def passes(self) -> Sequence[OcrPass]:
        """See `reading.engine.MultiPassEngine`."""
        return self._passes

    def read_words(self, image: Image.Image, within_s: float) -> Sequence[Word]:
        """Read with the engine of the first pass."""
        return self._passes[0].engine.read_words(image, within_s)

    def _spend(self, seconds: float) -> None:
        self.spent_s += seconds


class _RememberedEngine:
    def __init__(
        self,
        engine: OcrEngine,
        folder: Path,
        version_of: Callable[[str], str],
        spend: Callable[[float], None],
    ) -> None:
        self.name = engine.name
        self._version = version_of(engine.name)
        self._kind = "-".join([engine.name, *getattr(engine, "languages", ())])
        self._engine = engine
        self._folder = folder
        self._spend = spend
        self._warm = False

    def read_words(self, image: Image.Image, within_s: float) -> Sequence[Word]:
        asked = f"{self._version} {image.mode} {image.size} ".encode() + image.tobytes()
        path = self._folder / f"{self._kind}-{hashlib.sha256(asked).hexdigest()[:24]}.json"
        if path.exists():
            memory = msgspec.json.decode(path.read_bytes(), type=Memory)
        else:
            memory = self._ask(image, within_s)
            path.write_bytes(msgspec.json.encode(memory))
        self._spend(memory.cpu_seconds)
        if memory.error is not None:
            raise OcrEngineError(memory.error)
        return memory.words

    def _ask(self, image: Image.Image, within_s: float) -> Memory:
        if not self._warm:
            # Loading models is a cold start and not part of a receipt's cost.
            self._warm = True
            self._engine.read_words(Image.new("L", (200, 100), 255), within_s)
        before = cpu_seconds(self._engine)
        try:
            words = list(self._engine.read_words(image, within_s))
        except OcrEngineError as error:
            return Memory([], cpu_seconds(self._engine) - before, str(error))
        return Memory(words, cpu_seconds(self._engine) - before)
