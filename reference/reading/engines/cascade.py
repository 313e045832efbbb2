"""Two engines behind one: the fast one reads all, the better one what stayed in doubt."""

from collections.abc import Sequence

from PIL import Image

from reading.engine import Look, LooksAgain, OcrEngine, Picture, Word


class CascadeEngine:
    """Takes the first look of `fast`, and all looks of `better` where that leaves doubt."""

    name = "cascade"

    def __init__(self, fast: OcrEngine, better: OcrEngine) -> None:
        self.fast = fast
        self.better = better

    @property
    def looks(self) -> Sequence[Look]:
        """See `reading.engine.LooksAgain`."""
        better = [Look(one.engine, one.picture, better=True) for one in _looks(self.better)]
        return [*_looks(self.fast)[:1], *better]

    def close(self) -> None:
        """Stop the children of both."""
        for engine in (self.fast, self.better):
            getattr(engine, "close", lambda: None)()

    @property
    def cpu_seconds(self) -> float:
        """CPU seconds that the running children of both have used."""
        return sum(getattr(engine, "cpu_seconds", 0.0) for engine in (self.fast, self.better))

    def read(self, image: Image.Image, within_s: float) -> Sequence[Word]:
        """Read with the fast engine; see `reading.engine.OcrEngine`."""
        return self.fast.read(image, within_s)


def _looks(engine: OcrEngine) -> Sequence[Look]:
    return engine.looks if isinstance(engine, LooksAgain) else [Look(engine, Picture())]
