"""Vocabulary: the messages on the queues. Stages meet only through them."""

import datetime as dt
from collections.abc import Sequence
from contextlib import suppress
from typing import Annotated, Literal, TypeVar

from msgspec import DecodeError, Meta, Struct, convert, json
from msgspec.structs import replace

from reading.context import Home
from reading.files.archive import ArchiveEntry
from reading.receipt import Receipt
from receipts.errors import NewerMessageError, UnknownMessageError

JSON_ERRORS = (DecodeError, UnicodeError, RecursionError)
"""What decoding text from strangers may raise: no JSON, another shape, nested too deep."""

VERSION = 2
"""The highest of the messages that this program writes and knows: version 2 is a correction."""


class Source(Struct, frozen=True, kw_only=True):
    """The bytes of one image: a whole object, or an entry of an archive.

    Whichever upload lies there: the form held it to what was announced, and the entry's checksum
    tells if it is another archive.
    """

    bucket: str
    """Where it was uploaded."""
    key: str
    """The object: the image, or the archive."""
    entry: ArchiveEntry | None = None
    """Where in the archive; null for a whole object."""


class ReceiptMessage(Struct, frozen=True, kw_only=True):
    """On the receipt queue: one image to read.

    `home` came later than the rest: without it a message is read as of a client who said nothing.
    """

    version: Literal[1] = 1
    """The version of this message's form."""
    batch_id: str
    """The batch, as the answer to its request named it."""
    index: Annotated[int, Meta(ge=1)]
    """Its place in the batch, from 1."""
    receipt_id: str
    """The row's key: the same however often it is read."""
    owner: str
    """The subject of the token that announced the batch."""
    customer_reference: str
    """The client's own name for its customer."""
    name: str
    """As the customer calls the file."""
    source: Source
    """Where the image lies."""
    home: Home = Home()
    """What the client said about its receipts; without it, nothing."""


class ResultMessage(Struct, frozen=True, kw_only=True):
    """On the write queue, and as the canonical copy in S3: one receipt to store."""

    version: Literal[1] = 1
    batch_id: str
    index: Annotated[int, Meta(ge=1)]
    receipt_id: str
    customer_reference: str
    name: str
    image_bucket: str
    """Where the image lies."""
    image_key: str
    """The object: the image, or the archive that holds it."""
    image_sha256: str
    """Of the image's bytes, as hex digits."""
    duplicate_of: str | None = None
    """The customer's receipt that had the very same image before; both are stored."""
    engine: str
    """The OCR engine that read it."""
    read_at: dt.datetime
    """When."""
    receipt: Receipt
    """What the paper says."""
    needs_review: bool
    """Whether a person should look at it."""


Field = Literal[
    "merchant", "address", "date", "time", "currency", "subtotal", "total", "paid", "change",
    "payment_method",
]  # fmt: skip
"""What a person may correct of a receipt."""


class CorrectionMessage(Struct, frozen=True, kw_only=True):
    """On the write queue, and in S3 beside the canonical copy: what a person put right."""

    version: Literal[2] = 2
    batch_id: str
    index: Annotated[int, Meta(ge=1)]
    receipt_id: str
    number: Annotated[int, Meta(ge=1)]
    """Counts a receipt's corrections from 1: of each field the last one holds."""
    customer_reference: str
    name: str
    old: dict[Field, str | None]
    """What stood there before; null where the receipt said nothing."""
    new: dict[Field, str | None]
    """What is right; null where the receipt says nothing."""
    corrected_by: str
    """Who says so."""
    corrected_at: dt.datetime
    """When."""

    def __post_init__(self) -> None:
        """Raise ValueError where a new value is none of its field."""
        corrected(Receipt(), [self])

    @property
    def correction_id(self) -> str:
        """The key of its row."""
        return f"{self.receipt_id}-{self.number:03d}"


class ReceiptRef(Struct, frozen=True, kw_only=True):
    """Which receipt a message is about: all that is understood of another version's messages."""

    batch_id: str
    index: Annotated[int, Meta(ge=1)]
    receipt_id: str
    name: str = "?"
    number: int | None = None  # a correction's: the receipt itself is wherever it is


Row = ResultMessage | CorrectionMessage
Message = ReceiptMessage | Row
M = TypeVar("M", ReceiptMessage, ResultMessage, CorrectionMessage)


def encode(message: Message) -> bytes:
    """The message as JSON, as it stands on a queue and in S3."""
    return json.encode(message)


def peek_ref(body: bytes | str) -> ReceiptRef | None:
    """Which receipt a message speaks of, whatever else it says; None where it is not ours."""
    try:
        return json.decode(body, type=ReceiptRef)
    except JSON_ERRORS:
        return None


def corrected(receipt: Receipt, corrections: Sequence[CorrectionMessage]) -> Receipt:
    """The receipt as it stands after these, in their order. Raises ValueError."""
    new = {name: value for one in corrections for name, value in one.new.items()}
    typed = convert(new, Receipt)
    return replace(receipt, **{name: getattr(typed, name) for name in new})


def decode_row(body: bytes | str) -> Row:
    """What the write queue brings: a result, or a correction. Raises as `decode`."""
    if (about := peek_ref(body)) and about.number:
        return decode(body, CorrectionMessage)
    return decode(body, ResultMessage)


class _Versioned(ReceiptRef, frozen=True, kw_only=True):
    version: int


def decode(body: bytes | str, kind: type[M]) -> M:
    """Parse a message. Raises `UnknownMessageError` saying what is wrong and where.

    Raises `NewerMessageError` if it names a receipt, and is of a version that is still to come.
    """
    try:
        return json.decode(body, type=kind)
    except JSON_ERRORS as error:
        with suppress(*JSON_ERRORS):
            version = json.decode(body, type=_Versioned).version
            if version > VERSION:
                raise NewerMessageError(
                    f"a message of version {version}; this program knows {VERSION}: upgrade it"
                ) from error
        raise UnknownMessageError(f"not a {kind.__name__}: {error}") from error
