"""Labelled receipts: a folder of images, each beside a JSON file of the same name.

The JSON has `{"truth": {"company", "date", "address", "total"}}` as in SROIE (Huang et al., ICDAR
2019 Competition on Scanned Receipt OCR and Information Extraction), verbatim as printed. A label
may have "shop" in place of "company": the brand alone; then a name is right that holds it.
"""

from decimal import Decimal
from pathlib import Path
from typing import TypeVar

import msgspec

from lab.support.errors import LabError
from reading.context import ReadingContext
from reading.files.kinds import kind_of_name


class LabelError(LabError):
    """A folder has no labelled receipts, or a label can't be read."""


class Truth(msgspec.Struct, frozen=True):
    """What a person read, as printed; None where the receipt lacks it."""

    company: str | None = None
    shop: str | None = None
    date: str | None = None
    address: str | None = None
    total: str | None = None


class Label(msgspec.Struct, frozen=True):
    """The part of a label file that we use."""

    truth: Truth


class SoftItem(msgspec.Struct, frozen=True):
    """One line item's total."""

    total_price: Decimal


class SoftFields(msgspec.Struct, frozen=True):
    """The items of a soft label."""

    items: list[SoftItem] = []


class Soft(msgspec.Struct, frozen=True):
    """A label made by a language model; only `verified` ones count."""

    soft: SoftFields
    verified: bool = False


class Labelled(msgspec.Struct, frozen=True):
    """One image with its truth; `items` are the verified line items' totals, where known."""

    image: Path
    truth: Truth
    items: tuple[Decimal, ...] | None = None


def load(folder: Path, soft: Path | None = None) -> list[Labelled]:
    """Load a set, with the line items from the folder `soft` if there is one.

    Raises `LabelError` if there is none, or for a label that can't be read.
    """
    images = sorted(
        path for path in folder.iterdir() if (kind := kind_of_name(path.name)) and kind.is_receipt
    )
    found = [
        Labelled(image, _decoded(label, Label).truth, _items(image.stem, soft))
        for image in images
        if (label := image.with_suffix(".json")).exists()
    ]
    if not found:
        raise LabelError(f"no images with labels of the same name in {folder}")
    return found


def load_contexts(path: Path) -> dict[str, ReadingContext]:
    """What is known of each set before it is read, by the name of its folder, from a TOML file.

    Raises `LabelError` for one that can't be read.
    """
    try:
        return msgspec.toml.decode(path.read_bytes(), type=dict[str, ReadingContext])
    except msgspec.MsgspecError as error:
        raise LabelError(f"{path}: {error}") from error


def _items(stem: str, soft: Path | None) -> tuple[Decimal, ...] | None:
    path = soft / f"{stem}.json" if soft else None
    if path is None or not path.exists():
        return None
    label = _decoded(path, Soft)
    return tuple(item.total_price for item in label.soft.items) if label.verified else None


Kind = TypeVar("Kind", Label, Soft)


def _decoded(path: Path, kind: type[Kind]) -> Kind:
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except msgspec.MsgspecError as error:
        raise LabelError(f"{path}: {error}") from error
