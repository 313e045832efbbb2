"""The stored rows: some of them as a table, and how many totals are right."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal

from msgspec import Struct
from rich.table import Table

from lab.run.local.system import LocalSystem
from lab.run.photos import Truth
from reading.review import doubts

SHOWN_ROWS = 8


class StoredRow(Struct, frozen=True, kw_only=True):
    """The columns of a stored row that the demo uses."""

    name: str
    merchant: str | None
    date: dt.date | None
    total: Decimal | None
    currency: str | None
    needs_review: bool
    confidence: dict[str, float]
    read_at: dt.datetime
    stored_at: dt.datetime

    @property
    def look_at(self) -> tuple[str, ...]:
        """The fields that a person should look at."""
        return doubts(self.confidence) if self.needs_review else ()


def stored_rows(system: LocalSystem, batch_id: str) -> list[StoredRow]:
    """The rows of a batch in PostgreSQL, in the order of the archive."""
    columns = StoredRow.__struct_fields__
    with system.connect() as connection:
        found = connection.execute(
            f"SELECT {', '.join(columns)}"  # noqa: S608  our own names
            " FROM receipts_inbox.receipt WHERE batch_id = %s ORDER BY position".encode(),
            [batch_id],
        ).fetchall()
    return [StoredRow(**dict(zip(columns, values, strict=True))) for values in found]


def count_right_totals(rows: list[StoredRow], truths: dict[str, Truth]) -> int:
    """How many rows have the total that is printed on the receipt."""
    return sum(row.name in truths and row.total == truths[row.name].total for row in rows)


def table(rows: list[StoredRow]) -> Table:
    """A few rows, evenly chosen, with the fields in each that a person should look at."""
    shown = Table(title="some of the rows in the client's database", title_justify="left")
    shown.add_column("image", no_wrap=True, overflow="fold")
    shown.add_column("merchant", overflow="fold")
    shown.add_column("date", no_wrap=True)
    shown.add_column("total", justify="right", no_wrap=True)
    shown.add_column("look at")
    for row in rows[:: max(1, len(rows) // SHOWN_ROWS)][:SHOWN_ROWS]:
        total = "" if row.total is None else f"{row.total:,.2f} {row.currency or '?'}"
        shown.add_row(
            row.name, row.merchant or "?", str(row.date or "?"), total, ", ".join(row.look_at)
        )
    return shown


def doubtful(rows: Sequence[StoredRow]) -> str:
    """How many rows a person should look at, and how often for which field."""
    fields = Counter(field for row in rows for field in row.look_at)
    wanting = sum(row.needs_review for row in rows)
    named = ", ".join(f"{field} {count}" for field, count in fields.most_common())
    return f"{wanting} of {len(rows)} rows want a look{': ' + named if named else ''}"
