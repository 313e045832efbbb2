"""How the ledger's structs stand in DynamoDB items."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from msgspec import convert

from receipts.batch import Batch
from receipts.ledger import Entry

_serialize = TypeSerializer().serialize
_deserialize = TypeDeserializer().deserialize


def number(index: int) -> str:
    """A receipt's sort key: its number, so that pages come in the archive's order."""
    return f"{index:05d}"


def expiry(at: dt.datetime, retention: dt.timedelta | None) -> int | None:
    """When DynamoDB may drop what was written at `at`, in seconds since 1970."""
    return None if retention is None else int((at + retention).timestamp())


def encode_fields(fields: Mapping[str, object]) -> dict[str, Any]:
    """Attributes; a field that is None is left out."""
    return {name: _serialize(_plain(v)) for name, v in fields.items() if v is not None}


def decode_batch(item: Mapping[str, Any]) -> Batch:
    """The batch item as a struct."""
    return convert(_decoded(item), Batch, strict=False)


def decode_entry(item: Mapping[str, Any]) -> Entry:
    """A receipt's item as a struct."""
    fields = _decoded(item)
    return convert({**fields, "index": int(fields["entry"])}, Entry, strict=False)


def decode_names(item: Mapping[str, Any]) -> list[str]:
    """The manifest item's names, in its order."""
    return convert(_decoded(item)["names"], list[str])


def _decoded(item: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _native(_deserialize(value)) for name, value in item.items()}


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, dt.datetime) else value


def _native(value: object) -> object:
    # DynamoDB's numbers come as Decimal; all of ours are whole.
    return int(value) if isinstance(value, Decimal) else value
