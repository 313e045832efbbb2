"""What receipts and corrections are in the inbox: rows, and the one statement that adds them."""

import datetime as dt
from collections.abc import Sequence
from typing import Literal

import msgspec

from reading.receipt import Receipt
from receipts.messages import ResultMessage, Row

Table = Literal["receipt", "correction"]
"""Of the schema `receipts_inbox`; its key is called as the table, with `_id`."""

SCHEMA_VERSION = 3
"""What `inbox.sql` writes into `receipts_inbox.schema_version`."""

CONTROL = "control-row"
"""Receipt and batch id of the control row, which is always rolled back."""

EXAMPLE = ResultMessage(
    batch_id=CONTROL,
    index=1,
    receipt_id=CONTROL,
    customer_reference=CONTROL,
    name=CONTROL,
    image_bucket=CONTROL,
    image_key=CONTROL,
    image_sha256="0" * 64,
    engine=CONTROL,
    read_at=dt.datetime(2027, 1, 1, tzinfo=dt.UTC),
    receipt=Receipt(),
    needs_review=True,
)
"""Of nobody, and nothing could be read in it: as empty as a row may be."""

# A column as it is named in `inbox.sql`, and its type there. `stored_at` is the database's own.
COLUMNS = {
    "receipt_id": "text",
    "batch_id": "text",
    "position": "integer",
    "customer_reference": "text",
    "name": "text",
    "merchant": "text",
    "address": "text",
    "date": "date",
    "time": "time without time zone",
    "currency": "text",
    "subtotal": "numeric",
    "tax": "numeric",
    "total": "numeric",
    "paid": "numeric",
    "change": "numeric",
    "payment_method": "text",
    "line_items": "jsonb",
    "taxes": "jsonb",
    "confidence": "jsonb",
    "needs_review": "boolean",
    "image_sha256": "text",
    "duplicate_of": "text",
    "image_bucket": "text",
    "image_key": "text",
    "engine": "text",
    "read_at": "timestamp with time zone",
}

TABLES: dict[Table, dict[str, str]] = {
    "receipt": COLUMNS,
    "correction": {
        "correction_id": "text",
        "receipt_id": "text",
        "number": "integer",
        "customer_reference": "text",
        "old": "jsonb",
        "new": "jsonb",
        "corrected_by": "text",
        "corrected_at": "timestamp with time zone",
    },
}


def names(table: Table, quote: str = '"') -> str:
    """The table's columns, as a statement lists them."""
    return ", ".join(f"{quote}{name}{quote}" for name in TABLES[table])


# --8<-- [start:insert]
def insert(table: Table) -> bytes:
    """Adds rows whose key isn't there yet. All are one JSON parameter.

    So the statement stays the same however many they are, is prepared once, and costs the agent a
    tenth of what a thousand parameters would. The conflict is targeted: without the key's name a
    breach of any other unique key would be swallowed too: silent loss.
    """
    typed = ", ".join(f'"{name}" {kind}' for name, kind in TABLES[table].items())
    given = f"SELECT {names(table)} FROM json_to_recordset(%s::json) AS given ({typed})"  # noqa: S608
    into = f"INSERT INTO receipts_inbox.{table} ({names(table)})"
    return f"{into} {given} ON CONFLICT ({table}_id) DO NOTHING".encode()


# --8<-- [end:insert]

# Which of them have another receipt's key: a row with this id is there, of another image.
OF_ANOTHER_IMAGE = (
    b"SELECT DISTINCT given.receipt_id FROM json_to_recordset(%s::json)"
    b" AS given (receipt_id text, image_sha256 text) WHERE given.image_sha256 <>"
    b" (SELECT image_sha256 FROM receipts_inbox.receipt WHERE receipt_id = given.receipt_id)"
)

# Within jsonb, amounts are numbers: it keeps every digit of them. As columns they are texts first:
# what is no number is then the database's to refuse, row by row.
_as_json = msgspec.json.Encoder(decimal_format="number").encode


def rows_as_json(messages: Sequence[Row]) -> bytes:
    """The statement's parameter."""
    return msgspec.json.encode([row(message) for message in messages])


def row(message: Row) -> dict[str, object]:
    """Values by column, as `inbox.sql` names them: the message's own fields, then its receipt's."""
    values: dict[str, object] = {}
    receipt = getattr(message, "receipt", None)
    for name, kind in TABLES["receipt" if receipt else "correction"].items():
        field = "index" if name == "position" else name  # `index` is a word of SQL
        value = getattr(message if hasattr(message, field) else receipt, field)
        values[name] = msgspec.Raw(_as_json(value)) if kind == "jsonb" else value
    return values
