"""The networks' files: where they lie, which ones they must be, and the part of them that we need.

They come in the wheel `rapidocr`, of which nothing else is used: no code of it is imported.
"""

import hashlib
import importlib.util
from pathlib import Path

from msgspec import Struct

CARRIER = "rapidocr"


class Model(Struct, frozen=True):
    """One file in `rapidocr/models`, by its name and the SHA-256 of what was measured."""

    name: str
    sha256: str


DETECTOR = Model(
    "PP-OCRv6_det_small.onnx", "090f04abcd9d9a7498bc4ebf677e4cb9bdce1fe4197ddb7e529f1ef44e1ff94f"
)
RECOGNIZER = Model(
    "PP-OCRv6_rec_small.onnx", "6f327246b50388f3c176ae304bd95767ea6dc0c9ae92153ef8cbe210b3c14884"
)


class ModelError(Exception):
    """A network's file is missing or isn't the one that was measured."""


def read_model(model: Model) -> bytes:
    """The file's bytes. Raises ModelError if it is missing or another file."""
    path = _folder() / model.name
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ModelError(
            f"{path} can't be read ({error.strerror}): install {CARRIER} in the version that "
            "requirements.txt pins"
        ) from error
    if (found := hashlib.sha256(data).hexdigest()) != model.sha256:
        raise ModelError(
            f"{path} isn't the network that was measured: its SHA-256 is {found}, not "
            f"{model.sha256}; install {CARRIER} in the version that requirements.txt pins"
        )
    return data


def _folder() -> Path:
    spec = importlib.util.find_spec(CARRIER)  # finds it without running any of its code
    if spec is None or not spec.submodule_search_locations:
        raise ModelError(
            f"{CARRIER}, whose wheel holds the networks, isn't installed: `make setup` installs it"
        )
    return Path(next(iter(spec.submodule_search_locations))) / "models"
