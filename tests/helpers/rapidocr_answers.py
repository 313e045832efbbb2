"""What RapidOCR itself reads on rendered receipts: our adapter of its networks is held to it.

`python tests/helpers/rapidocr_answers.py` writes the answers anew, in an environment that has
rapidocr's own dependencies too (`pip install rapidocr==3.10.0`), which nothing else here needs.
"""

import importlib
import platform
from importlib import metadata
from pathlib import Path

import msgspec
from PIL import Image

from lab.run.photos import render
from reading.engines.ppocr.engine import IMAGE_REQUIREMENTS
from reading.extraction.decode import decode
from reading.extraction.prepare import prepare_image

ANSWERS = Path(__file__).with_suffix(".json")
SEEDS = (6, 12)
SHORTEST_SIDE = 736
"""RapidOCR enlarges what is narrower than this for the network that finds lines."""

OPTIONS = {
    "Global.log_level": "critical",
    "Global.max_side_len": 6000,
    "Global.text_score": 0.3,
    "Global.use_cls": False,
    "EngineConfig.onnxruntime.intra_op_num_threads": 1,
    "EngineConfig.onnxruntime.inter_op_num_threads": 1,
    "Rec.rec_batch_num": 1,
    "Rec.rec_img_shape": [3, 48, 32],
}
"""Each line is read alone, at its own width; all else as shipped."""


class Line(msgspec.Struct, frozen=True):
    """A line's text, its corners in pixels from the upper left on, clockwise, and its score."""

    text: str
    corners: list[tuple[int, int]]
    score: float


class Answers(msgspec.Struct, frozen=True):
    """The lines by the seed of the receipt that was rendered."""

    made_with: dict[str, str]
    lines: dict[int, list[Line]]


def prepared(seed: int) -> Image.Image:
    """A rendered receipt as an engine gets it."""
    return prepare_image(decode(render(seed).image), IMAGE_REQUIREMENTS)


def load() -> Answers:
    """The answers that are committed."""
    return msgspec.json.decode(ANSWERS.read_bytes(), type=Answers)


def _read() -> Answers:
    as_array = importlib.import_module("numpy").asarray
    engine = importlib.import_module("rapidocr").RapidOCR(params=OPTIONS)
    lines = {}
    for seed in SEEDS:
        found = engine(as_array(prepared(seed).convert("RGB")))
        lines[seed] = [
            Line(text, [(int(x), int(y)) for x, y in box], round(float(score), 3))
            for box, text, score in zip(found.boxes, found.txts, found.scores, strict=True)
        ]
    packages = ("rapidocr", "onnxruntime", "opencv-python-headless", "pillow")
    versions = {name: metadata.version(name) for name in packages}
    return Answers({"python": platform.python_version(), **versions}, lines)


if __name__ == "__main__":
    ANSWERS.write_bytes(msgspec.json.encode(_read()).replace(b"},{", b"},\n{") + b"\n")
