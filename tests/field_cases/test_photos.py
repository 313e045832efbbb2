"""Photos as people have them are read as a person reads them, or doubtful: never sure and wrong."""

import datetime as dt
from pathlib import Path

import pytest

from helpers.field_cases import KINDS, Kind, Note
from reading.context import ReadingContext
from reading.engines import make_engine
from reading.extraction import UnreadableImageError, read_image
from reading.receipt import Receipt

pytestmark = pytest.mark.slow

DAY = dt.date(2026, 11, 28)
"""The day of reading: the receipts were printed in the year before."""

PHOTOS = [
    pytest.param(kind, name, id=f"{kind.folder}/{name}") for kind in KINDS for name in kind.reads
]


@pytest.mark.parametrize(("kind", "name"), PHOTOS)
def test_it_is_read_as_a_person_reads_it_or_is_doubtful(
    kind: Kind, name: str, inputs: Path, note: Note
) -> None:
    image = (inputs / kind.folder / name).read_bytes()
    try:
        receipt = read_image(image, make_engine("tesseract"), 60, ReadingContext(read_on=DAY))
    except UnreadableImageError as error:
        note(kind.folder, name, f"rejected: {error}")
        raise
    note(kind.folder, name, answer_of(receipt))
    if receipt.needs_review:
        assert kind.doubtful or agrees(receipt, kind.reads[name]), answer_of(receipt)
    else:
        assert not kind.doubtful
        assert agrees(receipt, kind.reads[name]), answer_of(receipt)


def answer_of(receipt: Receipt) -> str:
    fields = [receipt.total, receipt.currency, receipt.date]
    read = " ".join("-" if one is None else str(one) for one in fields)
    return f"{read}, to review" if receipt.needs_review else read


def agrees(receipt: Receipt, truth: str) -> bool:
    """Whether each field that the paper settles was read so; the others may be doubtful."""
    total, currency, date = truth.split()
    return (
        (total == "-" or str(receipt.total) == total)
        and (currency in {"-", receipt.currency})
        and (date == "-" or str(receipt.date) == date)
        and ("-" not in {total, currency, date} or receipt.needs_review)
    )
