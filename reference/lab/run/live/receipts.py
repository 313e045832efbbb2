"""One receipt for the page: its row in PostgreSQL, and its photo with the words read off it."""

import base64
import contextlib
import io
import threading
from collections import OrderedDict
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
from msgspec import Struct
from PIL import Image
from psycopg.rows import dict_row

from lab.run.live.observe import Observer
from lab.run.local.system import LocalSystem
from reading.engine import OcrEngine, OcrEngineError
from reading.engines import make_engine
from reading.extraction.deadline import LIMIT_S, deadline_of
from reading.extraction.decode import UnreadableImageError
from reading.extraction.fields import PassResult
from reading.extraction.whole_file import read_file
from reading.files.archive import BadArchiveError, list_images, ranges_of, read_image_entry
from reading.review import doubts
from receipts.ledger import Entry

KEPT_PHOTOS = 24
"""What was read again for the page, so that a second look takes no second."""

PHOTO_WIDTH = 360
SHOWN_FIELDS = ("merchant", "date", "total", "currency")
COLUMNS = (
    "name, merchant, address, date::text, time::text, currency, total, tax,"
    " payment_method, confidence, needs_review, engine,"
    " date_trunc('second', stored_at)::text AS stored_at"
)


class Box(Struct, frozen=True, array_like=True):
    """A word and where it stands, in shares of the photo; `field` names what it became."""

    left: float
    top: float
    width: float
    height: float
    text: str
    field: str = ""


class Photo(Struct, frozen=True, kw_only=True):
    """A photo as the engine saw it, as a data URL, with its words."""

    url: str
    width: int
    height: int
    boxes: tuple[Box, ...] = ()


class Details(Struct, frozen=True, kw_only=True):
    """A receipt: its row by column where it is stored, or why there is none."""

    number: int
    name: str
    row: dict[str, Any] | None = None
    look_at: tuple[str, ...] = ()
    reason: str | None = None
    photo: Photo | None = None


class Place(Struct, frozen=True):
    """Where a receipt is: its batch, of which the archive at hand is the first, and its entry."""

    batch_id: str
    index: int
    entry: Entry | None
    is_first: bool


class ReceiptsOnDemand:
    """Looks receipts up when somebody asks. Reads one photo at a time, and keeps the last few."""

    def __init__(self, system: LocalSystem, observer: Observer, archive: Path, engine: str) -> None:
        """`archive` is what was sent; photos are read again by `engine`, for their boxes."""
        self._system, self._observer = system, observer
        self._archive, self._engine_name = archive, engine
        self._engine: OcrEngine | None = None
        self._lock = threading.Lock()
        self._photos: OrderedDict[int, Photo | None] = OrderedDict()

    def details(self, number: int) -> Details | None:
        """The receipt of that number, from 1 on over all batches; None where there is none."""
        found = self.find(number)
        if found is None:
            return None
        entry, row = found.entry, self._row(found.batch_id, found.index)
        return Details(
            number=number,
            name=entry.name if entry else "not read yet",
            row=row,
            look_at=doubts(row["confidence"]) if row else (),
            reason=entry.reason if entry else None,
            photo=self._photo(number) if found.is_first else None,
        )

    def find(self, number: int) -> Place | None:
        """Where the receipt of that number is, from 1 on over all batches."""
        before = 0
        for place, batch_id in enumerate(tuple(self._observer.batches)):
            found = self._observer.ledger.snapshot(batch_id)
            expected = (found.batch.expected if found else None) or 0
            if before < number <= before + expected:
                entries = {entry.index: entry for entry in found.entries} if found else {}
                index = number - before
                return Place(batch_id, index, entries.get(index), is_first=place == 0)
            before += expected
        return None

    def image(self, number: int) -> bytes:
        """The photo as it was sent. Raises OSError, IndexError or `BadArchiveError`."""
        with self._archive.open("rb") as file:
            fetch = ranges_of(file)
            images, _ = list_images(self._archive.stat().st_size, fetch)
            return read_image_entry(images[number - 1][1], fetch)

    def close(self) -> None:
        """End the engine's processes."""
        getattr(self._engine, "close", lambda: None)()

    def _row(self, batch_id: str, position: int) -> dict[str, Any] | None:
        with (
            contextlib.suppress(psycopg.Error),
            self._system.connect() as connection,
            connection.cursor(row_factory=dict_row) as cursor,
        ):
            found = cursor.execute(
                f"SELECT {COLUMNS} FROM receipts_inbox.receipt"  # noqa: S608  our own names
                " WHERE batch_id = %s AND position = %s".encode(),
                [batch_id, position],
            ).fetchone()
            return {key: _amount(value) for key, value in found.items()} if found else None
        return None

    def _photo(self, number: int) -> Photo | None:
        with self._lock:
            if number not in self._photos:
                self._photos[number] = self._read(number)
            self._photos.move_to_end(number)
            while len(self._photos) > KEPT_PHOTOS:
                self._photos.popitem(last=False)
            return self._photos[number]

    def _read(self, number: int) -> Photo | None:
        self._engine = self._engine or make_engine(self._engine_name)
        try:
            read = read_file(
                self.image(number), self._engine, deadline_of(self._engine, LIMIT_S), explained=True
            )
        except (OSError, IndexError, BadArchiveError, UnreadableImageError, OcrEngineError):
            return None
        return photo_of(read.result)


def _amount(value: object) -> object:
    """An amount as one writes it: the column has four places, and most currencies two."""
    if not isinstance(value, Decimal):
        return value
    cents = value.quantize(Decimal("0.01"))
    return str(cents if cents == value else value.normalize())


def photo_of(result: PassResult) -> Photo | None:
    """What the last pass saw and read; None where no engine looked at an image."""
    passes = [one for one in (result.passes or (result,)) if one.steps]
    if not passes:
        return None
    seen = passes[-1]
    image = seen.steps[-1].image
    fields = {
        line: name
        for name in SHOWN_FIELDS
        for choice in (seen.choices.get(name) or ())[:1]
        for line in choice.candidate.lines
    }
    width, height = image.size
    boxes = tuple(
        Box(
            left=round(word.left / width, 4),
            top=round(word.top / height, 4),
            width=round(word.width / width, 4),
            height=round(word.height / height, 4),
            text=word.text,
            field=fields.get(number, ""),
        )
        for number, line in enumerate(seen.lines)
        for word in line.words
    )
    return Photo(url=_data_url(image), width=width, height=height, boxes=boxes)


def _data_url(image: Image.Image) -> str:
    small = image.convert("L")
    small.thumbnail((PHOTO_WIDTH, PHOTO_WIDTH * 4))
    packed = io.BytesIO()
    small.save(packed, "WEBP", quality=35)
    return "data:image/webp;base64," + base64.b64encode(packed.getvalue()).decode()
