"""What a receipt is in the inbox: one row, and the statement that adds it."""

from collections.abc import Sequence

import msgspec
from psycopg import sql

from receipts.messages import ResultMessage

# Numbers as numbers: jsonb keeps every digit of them.
_as_json = msgspec.json.Encoder(decimal_format="number").encode


def row(result: ResultMessage) -> dict[str, object]:
    """Values by column, as `inbox.sql` names them."""
    receipt = result.receipt
    return {
        "receipt_id": result.receipt_id,
        "batch_id": result.batch_id,
        "position": result.index,
        "customer_reference": result.customer_reference,
        "name": result.name,
        "merchant": receipt.merchant,
        "address": receipt.address,
        "date": receipt.date,
        "time": receipt.time,
        "currency": receipt.currency,
        "subtotal": receipt.subtotal,
        "tax": receipt.tax,
        "total": receipt.total,
        "paid": receipt.paid,
        "change": receipt.change,
        "payment_method": receipt.payment_method,
        "line_items": _as_json(receipt.line_items).decode(),
        "taxes": _as_json(receipt.taxes).decode(),
        "confidence": _as_json(receipt.confidence).decode(),
        "needs_review": result.needs_review,
        "image_sha256": result.image_sha256,
        "duplicate_of": result.duplicate_of,
        "image_bucket": result.image_bucket,
        "image_key": result.image_key,
        "engine": result.engine,
        "read_at": result.read_at,
    }


def insert(columns: Sequence[str], rows: int) -> sql.Composed:
    """One statement for many rows."""
    placeholders = sql.SQL("({})").format(sql.SQL(", ").join([sql.Placeholder()] * len(columns)))
    # --8<-- [start:insert]
    # The conflict is targeted: without `(receipt_id)` any other violation would be swallowed too,
    # which is silent loss.
    return sql.SQL(
        "INSERT INTO receipts_inbox.receipt ({columns}) VALUES {rows}"
        " ON CONFLICT (receipt_id) DO NOTHING"
    ).format(
        columns=sql.SQL(", ").join(map(sql.Identifier, columns)),
        rows=sql.SQL(", ").join([placeholders] * rows),
    )
    # --8<-- [end:insert]
