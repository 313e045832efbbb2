"""Caches the words that an engine reads on a picture, so that work on fields costs no OCR.

The key is the picture's hash and the engine's version: another version reads anew. The CPU time of
the first read is cached with the words, and counted each time.
"""

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
from msgspec.structs import replace
from PIL import Image

from lab.support.engine_version import engine_version
from reading.engine import OcrEngine, OcrEngineError, OcrPass, Word, passes_of
from reading.extraction.deadline import cpu_seconds


class CachedWords(msgspec.Struct, frozen=True):
    """The words on one picture or the engine's error, and the CPU seconds of reading it."""

    words: list[Word]
    cpu_seconds: float
    error: str | None = None


class CachedEngine:
    """An engine whose passes are cached in `folder`.

    `version_of` returns an engine's version by its name. `cpu_s` is the sum over its reads, with
    the cached CPU time of each.
    """

    def __init__(
        self, engine: OcrEngine, folder: Path, version_of: Callable[[str], str] = engine_version
    ) -> None:
        self.name = engine.name
        self.cpu_s = 0.0
        self._engine = engine
        self._passes = [
            replace(it, engine=_CachedPass(it.engine, folder, version_of, self._spend))
            for it in passes_of(engine)
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
        self.cpu_s += seconds


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
        options = getattr(engine, "options", {})
        self._kind = "-".join(
            [engine.name, *getattr(engine, "languages", ()), *map(str, options.values())]
        )
        self._engine = engine
        self._folder = folder
        self._spend = spend
        self._warm = False

    def read_words(self, image: Image.Image, within_s: float) -> Sequence[Word]:
        key = f"{self._version} {image.mode} {image.size} ".encode() + image.tobytes()
        path = self._folder / f"{self._kind}-{hashlib.sha256(key).hexdigest()[:24]}.json"
        if path.exists():
            cached = msgspec.json.decode(path.read_bytes(), type=CachedWords)
        else:
            cached = self._read_now(image, within_s)
            path.write_bytes(msgspec.json.encode(cached))
        self._spend(cached.cpu_seconds)
        if cached.error is not None:
            raise OcrEngineError(cached.error)
        return cached.words

    def _read_now(self, image: Image.Image, within_s: float) -> CachedWords:
        if not self._warm:
            # Loading models is a cold start and not part of a receipt's cost.
            self._warm = True
            self._engine.read_words(Image.new("L", (200, 100), 255), within_s)
        before = cpu_seconds(self._engine)
        try:
            words = list(self._engine.read_words(image, within_s))
        except OcrEngineError as error:
            return CachedWords([], cpu_seconds(self._engine) - before, str(error))
        return CachedWords(words, cpu_seconds(self._engine) - before)
