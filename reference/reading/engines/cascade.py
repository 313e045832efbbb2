"""Two engines behind one: the fast one reads every receipt, the better one those left in doubt."""

from collections.abc import Sequence

from msgspec.structs import replace
from PIL import Image

from reading.engine import OcrEngine, OcrPass, Word, passes_of


class CascadeEngine:
    """Offers the first pass of `fast`, and then all passes of `better`."""

    name = "cascade"

    def __init__(self, fast: OcrEngine, better: OcrEngine) -> None:
        self.fast = fast
        self.better = better

    @property
    def passes(self) -> Sequence[OcrPass]:
        """See `reading.engine.MultiPassEngine`."""
        better = [replace(one, better=True) for one in passes_of(self.better)]
        return [*passes_of(self.fast)[:1], *better]

    def close(self) -> None:
        """Stop the child processes of both."""
        for engine in (self.fast, self.better):
            getattr(engine, "close", lambda: None)()

    @property
    def cpu_seconds(self) -> float:
        """CPU seconds used by the running child processes of both."""
        return sum(getattr(engine, "cpu_seconds", 0.0) for engine in (self.fast, self.better))

    def read_words(self, image: Image.Image, within_s: float) -> Sequence[Word]:
        """Read with the fast engine; see `reading.engine.OcrEngine`."""
        return self.fast.read_words(image, within_s)
