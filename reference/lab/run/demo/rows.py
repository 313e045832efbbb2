"""The stored rows: some of them as a table, and how many totals are right."""

import datetime as dt
from decimal import Decimal

from msgspec import Struct
from rich.table import Table

from lab.run.local.system import LocalSystem
from lab.run.photos import Truth

SHOWN_ROWS = 8


class StoredRow(Struct, frozen=True, kw_only=True):
    """The columns of a stored row that the demo uses."""

    name: str
    merchant: str | None
    date: dt.date | None
    total: Decimal | None
    currency: str | None
    needs_review: bool
    read_at: dt.datetime
    stored_at: dt.datetime


def stored_rows(system: LocalSystem, batch_id: str) -> list[StoredRow]:
    """The rows of a batch in PostgreSQL, in the order of the archive."""
    columns = StoredRow.__struct_fields__
    with system.connect() as connection:
        found = connection.execute(
            "SELECT name, merchant, date, total, currency, needs_review, read_at, stored_at"
            " FROM receipts_inbox.receipt WHERE batch_id = %s ORDER BY position",
            [batch_id],
        ).fetchall()
    return [StoredRow(**dict(zip(columns, values, strict=True))) for values in found]


def count_right_totals(rows: list[StoredRow], truths: dict[str, Truth]) -> int:
    """How many rows have the total that is printed on the receipt."""
    return sum(row.name in truths and row.total == truths[row.name].total for row in rows)


def table(rows: list[StoredRow]) -> Table:
    """A few rows, evenly chosen."""
    shown = Table(title="some of the rows in the client's database", title_justify="left")
    for heading in ("image", "merchant", "date", "total", "review"):
        shown.add_column(heading, justify="right" if heading == "total" else "left")
    for row in rows[:: max(1, len(rows) // SHOWN_ROWS)][:SHOWN_ROWS]:
        total = "" if row.total is None else f"{row.total:,.2f} {row.currency or '?'}"
        shown.add_row(
            row.name, row.merchant or "?", str(row.date or "?"), total, "x" * row.needs_review
        )
    return shown
