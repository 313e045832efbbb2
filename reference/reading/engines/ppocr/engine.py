"""The engine that the rest of `reading` sees: passes that share one child process."""

import importlib.util
from collections.abc import Sequence

from PIL import Image

from reading.engine import ImageRequirements, OcrPass, Word
from reading.engines.child_process import ChildProcessEngine

IMAGE_REQUIREMENTS = ImageRequirements(glyph_height=19, restore=False)
"""No restoring: the networks were trained on photos as they are."""

SCALES = (0.6, 1.0)
"""How large the network that finds lines sees the image, in each pass: at 1.0 its type is as high
as above. The first is enough for most receipts at half the cost; small print needs the second."""


LACKING = (
    "the engine ppocr needs ONNX Runtime, which isn't installed: `make setup` installs it on Linux "
    "(x86-64, aarch64) and on Macs with Apple silicon (macOS 14), for which it has wheels; the "
    "engine tesseract works everywhere"
)


class PpOcrEngine:
    """Reads words with PaddleOCR's PP-OCRv6 networks. `scales` as `SCALES`.

    Raises ValueError where ONNX Runtime isn't installed.
    """

    name = "ppocr"

    def __init__(self, scales: Sequence[float] = SCALES) -> None:
        if importlib.util.find_spec("onnxruntime") is None:  # not loaded here, but by the child
            raise ValueError(LACKING)
        self._child = ChildProcessEngine("reading.engines.ppocr.program")
        self._looks = [_Look(self._child, scale) for scale in scales]

    @property
    def passes(self) -> Sequence[OcrPass]:
        """See `reading.engine.MultiPassEngine`."""
        return [OcrPass(look, IMAGE_REQUIREMENTS) for look in self._looks]

    @property
    def cpu_seconds(self) -> float:
        """CPU seconds used by the running child process."""
        return self._child.cpu_seconds

    def read_words(self, image: Image.Image, within_s: float) -> Sequence[Word]:
        """Read as in the first pass; see `reading.engine.OcrEngine`."""
        return self._looks[0].read_words(image, within_s)

    def close(self) -> None:
        """Stop the child process."""
        self._child.close()


class _Look:
    """One pass: the child that all passes share, and the scale that it is asked for."""

    name = PpOcrEngine.name

    def __init__(self, child: ChildProcessEngine, scale: float) -> None:
        self._child = child
        self.options = {"scale": scale}

    @property
    def cpu_seconds(self) -> float:
        """CPU seconds used by the child that all passes share."""
        return self._child.cpu_seconds

    def read_words(self, image: Image.Image, within_s: float) -> Sequence[Word]:
        """See `reading.engine.OcrEngine`."""
        return self._child.read_words(image, within_s, **self.options)
