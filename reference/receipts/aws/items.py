"""The ledger's items in DynamoDB: their keys, when they expire, and their fields as attributes."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from msgspec import convert, to_builtins
from msgspec.structs import asdict

from receipts.ledger import Entry, as_reason

_serialize = TypeSerializer().serialize
_deserialize = TypeDeserializer().deserialize


def key(batch_id: str, entry: str) -> dict[str, Any]:
    """The table key of an item, as attributes."""
    return {"batch_id": {"S": batch_id}, "entry": {"S": entry}}


def sort_key(index: int) -> str:
    """A receipt's sort key: its number, so that pages come in the archive's order."""
    return f"{index:05d}"


def expiry(at: dt.datetime, retention: dt.timedelta | None) -> int | None:
    """When DynamoDB may drop what was written at `at`, in seconds since 1970."""
    return None if retention is None else int((at + retention).timestamp())


def fields_of(entry: Entry, retention: dt.timedelta | None) -> dict[str, object]:
    """What is kept of a receipt's entry; its index is the sort key."""
    fields = asdict(entry) | {"expires_at": expiry(entry.since, retention)}
    del fields["index"]
    if entry.reason:
        fields["reason"] = as_reason(entry.reason)
    return fields


def encode(fields: Mapping[str, object]) -> dict[str, Any]:
    """Attributes, times as text, structs as maps; a field that is None is left out."""
    return {
        name: _serialize(to_builtins(value)) for name, value in fields.items() if value is not None
    }


def decode(item: Mapping[str, Any]) -> dict[str, Any]:
    """Fields of the item's attributes; numbers, which come as Decimal, are all whole."""
    return {name: _with_whole_numbers(_deserialize(it)) for name, it in item.items()}


def _with_whole_numbers(value: Any) -> Any:  # noqa: ANN401  whatever an attribute holds
    if isinstance(value, dict):
        return {name: _with_whole_numbers(it) for name, it in value.items()}
    if isinstance(value, list):
        return [_with_whole_numbers(it) for it in value]
    return int(value) if isinstance(value, Decimal) else value


def entry_of(fields: Mapping[str, Any]) -> Entry:
    """A receipt's item, decoded, as a struct."""
    return convert({**fields, "index": int(fields["entry"])}, Entry, strict=False)
