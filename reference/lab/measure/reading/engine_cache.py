"""Keeps what an engine saw on a picture: fields can be worked on for free.

Kept by the picture's hash and the engine's version: another version is asked anew.
The CPU time of the first read is kept with the words and counted each time.
"""

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
from PIL import Image

from lab.support.engine_version import engine_version
from reading.command.pool import cpu_seconds
from reading.engine import Look, OcrEngine, OcrEngineError, Word
from reading.extraction.reading import looks_of


class CachedWords(msgspec.Struct, frozen=True):
    """The words on one picture, or the engine's error; CPU seconds of reading it."""

    words: list[Word]
    cpu_seconds: float
    error: str | None = None


class CachedEngine:
    """An engine whose looks are answered from `folder`, and asked only once.

    `version_of` tells an engine's version by its name. `spent` sums up the CPU seconds of its
    reads, those of the first time.
    """

    def __init__(
        self, engine: OcrEngine, folder: Path, version_of: Callable[[str], str] = engine_version
    ) -> None:
        self.name = engine.name
        self.spent = 0.0
        self._engine = engine
        self._looks = [
            Look(_CachedPass(it.engine, folder, version_of, self._spend), it.picture, it.better)
            for it in looks_of(engine)
        ]
        folder.mkdir(parents=True, exist_ok=True)

    @property
    def looks(self) -> Sequence[Look]:
        """See `reading.engine.LooksAgain`."""
        return self._looks

    def read(self, image: Image.Image, within_s: float) -> Sequence[Word]:
        """Answer as the first look."""
        return self._looks[0].engine.read(image, within_s)

    def _spend(self, seconds: float) -> None:
        self.spent += seconds


class _CachedPass:
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

    def read(self, image: Image.Image, within_s: float) -> Sequence[Word]:
        asked = f"{self._version} {image.mode} {image.size} ".encode() + image.tobytes()
        path = self._folder / f"{self._kind}-{hashlib.sha256(asked).hexdigest()[:24]}.json"
        if path.exists():
            memory = msgspec.json.decode(path.read_bytes(), type=CachedWords)
        else:
            memory = self._ask(image, within_s)
            path.write_bytes(msgspec.json.encode(memory))
        self._spend(memory.cpu_seconds)
        if memory.error is not None:
            raise OcrEngineError(memory.error)
        return memory.words

    def _ask(self, image: Image.Image, within_s: float) -> CachedWords:
        if not self._warm:
            # Loading models is a cold start and not part of a receipt's cost.
            self._warm = True
            self._engine.read(Image.new("L", (200, 100), 255), within_s)
        before = cpu_seconds(self._engine)
        try:
            words = list(self._engine.read(image, within_s))
        except OcrEngineError as error:
            return CachedWords([], cpu_seconds(self._engine) - before, str(error))
        return CachedWords(words, cpu_seconds(self._engine) - before)
