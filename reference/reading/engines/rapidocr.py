"""RapidOCR: PaddleOCR's networks on ONNX Runtime. Far better on photos, four times the CPU.

It is an optional extra; the models come in its wheel. It finds lines of text, which are then split
into words.
"""

import importlib
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from PIL import Image

from reading.engine import ImageRequirements, OcrPass, Word
from reading.engines.child_process import ChildProcessEngine
from reading.engines.child_program import serve_engine

IMAGE_REQUIREMENTS = ImageRequirements(glyph_height=19, restore=False)
"""No restoring: the networks were trained on photos as they are."""

OPTIONS: dict[str, Any] = {
    "Global.log_level": "critical",
    "Global.max_side_len": 6000,  # the image has the right size already
    "Global.text_score": 0.3,  # keeps doubtful text: the fields weigh the doubt
    "Global.use_cls": False,  # the image is upright already
    "EngineConfig.onnxruntime.intra_op_num_threads": 1,
    "EngineConfig.onnxruntime.inter_op_num_threads": 1,
    # A batch pads every line to the width of the longest, and to 320 pixels at least. Reading each
    # line alone, at its own width, costs a third less and gets more words right: 92.3 % instead of
    # 90.3 %.
    "Rec.rec_batch_num": 1,
    "Rec.rec_img_shape": [3, 48, 32],
}
_UMLAUTS = set("äöüÄÖÜß")
MAX_STRAY_SHARE = 0.05
"""If no more than this share of the words has an accent, the accents are dirt: a language that has
accents uses them often."""


class RapidOcrEngine(ChildProcessEngine):
    """Reads words with RapidOCR."""

    name = "rapidocr"

    def __init__(self) -> None:
        super().__init__(__name__)

    @property
    def passes(self) -> Sequence[OcrPass]:
        """See `reading.engine.MultiPassEngine`."""
        return [OcrPass(self, IMAGE_REQUIREMENTS)]


def load() -> Callable[[Image.Image], list[Word]]:
    """Load the networks into this process and return a function that reads an image."""
    # Imported by name: it is an optional extra, and the parent process must not load it.
    as_array = importlib.import_module("numpy").asarray
    engine = importlib.import_module("rapidocr").RapidOCR(params=OPTIONS)

    def read_words(image: Image.Image) -> list[Word]:
        found = engine(as_array(image.convert("RGB")))
        if found.txts is None:
            return []
        lines = zip(found.boxes, found.txts, found.scores, strict=True)
        return without_stray_accents(
            [
                word
                for box, text, score in lines
                for word in split_line(text, box.tolist(), float(score))
            ]
        )

    return read_words


def split_line(text: str, box: Sequence[Sequence[float]], confidence: float) -> Iterator[Word]:
    """Split a line into words. `box` holds the line's corners; each letter gets an equal width."""
    text = unicodedata.normalize("NFKC", text).translate(
        {ord("·"): "-", ord("×"): "x", ord("。"): "."}
    )
    left, top = (min(point[i] for point in box) for i in (0, 1))
    right, bottom = (max(point[i] for point in box) for i in (0, 1))
    letter = (right - left) / max(1, len(text))
    start = 0
    for word in text.split():
        start = text.index(word, start)
        yield Word(
            text=word,
            left=round(left + start * letter),
            top=round(top),
            width=max(1, round(len(word) * letter)),
            height=max(1, round(bottom - top)),
            confidence=confidence,
        )
        start += len(word)


def without_stray_accents(words: Sequence[Word]) -> list[Word]:
    """Take the accents off if only a few of the words have one."""
    strays = sum(_has_accent(word.text) for word in words)
    if strays > MAX_STRAY_SHARE * len(words):
        return list(words)
    return [_without_accent(word) if _has_accent(word.text) else word for word in words]


def _has_accent(text: str) -> bool:
    return any(
        letter.isalpha() and not letter.isascii() and letter not in _UMLAUTS for letter in text
    )


def _without_accent(word: Word) -> Word:
    plain = "".join(
        letter if letter in _UMLAUTS else unicodedata.normalize("NFD", letter)[0]
        for letter in word.text
    )
    return Word(
        text=plain,
        left=word.left,
        top=word.top,
        width=word.width,
        height=word.height,
        confidence=word.confidence,
    )


if __name__ == "__main__":
    serve_engine(load)
