"""The engine that the rest of `reading` sees: passes that share one child process."""

import importlib.util
from collections.abc import Sequence

from msgspec import Struct
from PIL import Image

from reading.engine import ImageRequirements, OcrPass, Word
from reading.engines.child_process import ChildProcessEngine

IMAGE_REQUIREMENTS = ImageRequirements(glyph_height=19, restore=False)
"""No restoring: the networks were trained on photos as they are."""


class Look(Struct, frozen=True):
    """One pass: how large the network that finds lines sees the image, and how lines are read.

    At a `scale` of 1.0 type is as high as above. If `quick`, the smallest network reads most lines.
    """

    scale: float
    quick: bool = False


LOOKS = (Look(0.6, quick=True), Look(1.0))
"""The first is enough for most receipts at half the second's cost; small print needs the second."""

LACKING = (
    "the engine ppocr needs ONNX Runtime, which isn't installed: `make setup` installs it on Linux "
    "(x86-64, aarch64) and on Macs with Apple silicon (macOS 14), for which it has wheels; the "
    "engine tesseract works everywhere"
)


class PpOcrEngine:
    """Reads words with PaddleOCR's PP-OCRv6 networks, in a pass for each of `looks`.

    `sizes` are those of the networks, and of the one that reads most lines in quick looks; see
    `models.NETWORKS`. Raises ValueError where ONNX Runtime isn't installed.
    """

    name = "ppocr"

    def __init__(
        self, looks: Sequence[Look] = LOOKS, sizes: Sequence[str] = ("small", "tiny")
    ) -> None:
        if importlib.util.find_spec("onnxruntime") is None:  # not loaded here, but by the child
            raise ValueError(LACKING)
        self._child = ChildProcessEngine("reading.engines.ppocr.program", *sizes)
        self._passes = [_Pass(self.name, self._child, look) for look in looks]

    @property
    def passes(self) -> Sequence[OcrPass]:
        """See `reading.engine.MultiPassEngine`."""
        return [OcrPass(one, IMAGE_REQUIREMENTS) for one in self._passes]

    @property
    def cpu_seconds(self) -> float:
        """CPU seconds used by the running child process."""
        return self._child.cpu_seconds

    def read_words(self, image: Image.Image, within_s: float) -> Sequence[Word]:
        """Read as in the first pass; see `reading.engine.OcrEngine`."""
        return self._passes[0].read_words(image, within_s)

    def close(self) -> None:
        """Stop the child process."""
        self._child.close()


class _Pass:
    """One pass: the child that all passes share, and the look that it is asked for."""

    def __init__(self, name: str, child: ChildProcessEngine, look: Look) -> None:
        self.name = name
        self._child = child
        self.options = {"scale": look.scale, "quick": float(look.quick)}

    @property
    def cpu_seconds(self) -> float:
        """CPU seconds used by the child that all passes share."""
        return self._child.cpu_seconds

    def read_words(self, image: Image.Image, within_s: float) -> Sequence[Word]:
        """See `reading.engine.OcrEngine`."""
        return self._child.read_words(image, within_s, **self.options)
