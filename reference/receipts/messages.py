"""Vocabulary: the messages on the queues. Stages meet only through them."""

import datetime as dt
from contextlib import suppress
from typing import Annotated, Literal, TypeVar

from msgspec import DecodeError, Meta, Struct, json

from reading.context import Home
from reading.files.archive import ArchiveEntry
from reading.receipt import Receipt
from receipts.errors import NewerMessageError, UnknownMessageError

JSON_ERRORS = (DecodeError, UnicodeError, RecursionError)
"""What decoding text from strangers may raise: no JSON, another shape, nested too deep."""

VERSION = 1
"""Of the messages that this program writes and knows."""


class Source(Struct, frozen=True, kw_only=True):
    """The bytes of one image: a whole object, or an entry of an archive.

    Whichever upload lies there: the form held it to what was announced, and the entry's checksum
    tells if it is another archive.
    """

    bucket: str
    key: str
    entry: ArchiveEntry | None = None


class ReceiptMessage(Struct, frozen=True, kw_only=True):
    """On the receipt queue: one image to read.

    `home` came later than the rest: without it a message is read as of a client who said nothing.
    """

    version: Literal[1] = 1
    batch_id: str
    index: Annotated[int, Meta(ge=1)]
    receipt_id: str
    owner: str
    customer_reference: str
    name: str
    source: Source
    home: Home = Home()


class ResultMessage(Struct, frozen=True, kw_only=True):
    """On the write queue, and as the canonical copy in S3: one receipt to store.

    `duplicate_of` is the customer's receipt that had the very same image before; both are stored.
    """

    version: Literal[1] = 1
    batch_id: str
    index: Annotated[int, Meta(ge=1)]
    receipt_id: str
    customer_reference: str
    name: str
    image_bucket: str
    image_key: str
    image_sha256: str
    duplicate_of: str | None = None
    engine: str
    read_at: dt.datetime
    receipt: Receipt
    needs_review: bool


class ReceiptRef(Struct, frozen=True, kw_only=True):
    """Which receipt a message is about: all that is understood of another version's messages."""

    batch_id: str
    index: Annotated[int, Meta(ge=1)]
    receipt_id: str
    name: str = "?"


Message = ReceiptMessage | ResultMessage
M = TypeVar("M", ReceiptMessage, ResultMessage)


def encode(message: Message) -> bytes:
    """The message as JSON, as it stands on a queue and in S3."""
    return json.encode(message)


def peek_ref(body: bytes | str) -> ReceiptRef | None:
    """Which receipt a message speaks of, whatever else it says; None where it is not ours."""
    try:
        return json.decode(body, type=ReceiptRef)
    except JSON_ERRORS:
        return None


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
