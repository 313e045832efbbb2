"""Checks the ledger against independent counts: of the archive, the rows and the dead letters."""

from msgspec import Struct

from lab.run.local.system import DLQS, LocalSystem
from receipts.report_batch import Report


class IndependentCounts(Struct, frozen=True, kw_only=True):
    """Counts that don't come from the ledger.

    `entries` of the archive file; `rows` and `distinct` receipt ids in PostgreSQL; `dead_letters`
    in all dead-letter queues.
    """

    entries: int
    rows: int
    distinct: int
    dead_letters: int


class Balance(Struct, frozen=True, kw_only=True):
    """The ledger's numbers; `disagreements` names the independent counts that differ."""

    accepted: int
    stored: int
    rejected: int
    dead_lettered: int
    disagreements: tuple[str, ...]

    def __str__(self) -> str:
        """The demo's last line."""
        equation = (
            f"accepted {self.accepted} = stored {self.stored} + rejected {self.rejected}"
            f" + dead-lettered {self.dead_lettered}"
        )
        if self.disagreements:
            return f"ledger does NOT balance: {equation}: {'; '.join(self.disagreements)}"
        return f"ledger balances: {equation}"


def count_independently(system: LocalSystem, batch_id: str, entries: int) -> IndependentCounts:
    """Count the rows in PostgreSQL and the messages in the dead-letter queues."""
    with system.connect() as connection:
        found = connection.execute(
            "SELECT count(*), count(DISTINCT receipt_id) FROM receipts_inbox.receipt"
            " WHERE batch_id = %s",
            [batch_id],
        ).fetchone()
    rows, distinct = found or (0, 0)
    dead_letters = sum(system.depth(output) for output in DLQS.values())
    return IndependentCounts(
        entries=entries, rows=rows, distinct=distinct, dead_letters=dead_letters
    )


def balance(report: Report, counted: IndependentCounts) -> Balance:
    """Compare the ledger with the counts; each sum that differs is named."""
    c = report.counts
    accepted = report.expected or 0
    checks = {
        "the states don't add up to the number accepted": accepted
        == c.stored + c.rejected + c.dead_lettered,
        f"the archive holds {counted.entries} entries": accepted == counted.entries,
        f"PostgreSQL holds {counted.rows} rows": c.stored == counted.rows,
        f"only {counted.distinct} of {counted.rows} rows differ": counted.rows == counted.distinct,
        f"the DLQs hold {counted.dead_letters} messages": c.dead_lettered == counted.dead_letters,
    }
    return Balance(
        accepted=accepted,
        stored=c.stored,
        rejected=c.rejected,
        dead_lettered=c.dead_lettered,
        disagreements=tuple(text for text, agrees in checks.items() if not agrees),
    )
