"""Checks the ledger against independent counts: of the archive, the rows and the dead letters."""

from msgspec import Struct

from lab.run.demo.entries import EntryCounts
from lab.run.local.system import DLQS, LocalSystem
from receipts.report_batch import Report


class IndependentCounts(Struct, frozen=True, kw_only=True):
    """Counts that don't come from the ledger.

    `archive` is None where its entries can't be counted. `rows` and `distinct` receipt ids in
    PostgreSQL; `dead_letters` in all dead-letter queues.
    """

    archive: EntryCounts | None
    rows: int
    distinct: int
    dead_letters: int


class Balance(Struct, frozen=True, kw_only=True):
    """The ledger's numbers; `disagreements` names the independent counts that differ."""

    accepted: int
    left_out: int
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
        if self.left_out:
            entries = self.accepted + self.left_out
            equation = (
                f"accepted {self.accepted} + left out {self.left_out} = {entries} entries, "
                f"{equation}"
            )
        if self.disagreements:
            return f"ledger does NOT balance: {equation}: {'; '.join(self.disagreements)}"
        return f"ledger balances: {equation}"


def count_independently(
    system: LocalSystem, batch_id: str, archive: EntryCounts | None
) -> IndependentCounts:
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
        archive=archive,
        rows=rows,
        distinct=distinct,
        dead_letters=dead_letters,
    )


def balance(report: Report, counted: IndependentCounts) -> Balance:
    """Compare the ledger with the counts; each sum that differs is named."""
    c = report.counts
    accepted, left_out = report.expected or 0, report.left_out.count
    # Of an archive that can't be read or trusted the ledger counts nothing.
    archive = None if report.rejected and not left_out else counted.archive
    checks = {
        "the states don't add up to the number accepted": accepted
        == c.stored + c.rejected + c.dead_lettered,
        f"the archive holds {archive}": archive is None
        or (accepted + left_out == archive.entries and accepted >= archive.pictures),
        f"PostgreSQL holds {counted.rows} rows": c.stored == counted.rows,
        f"only {counted.distinct} of {counted.rows} rows differ": counted.rows == counted.distinct,
        f"the DLQs hold {counted.dead_letters} messages": c.dead_lettered == counted.dead_letters,
    }
    return Balance(
        accepted=accepted,
        left_out=left_out,
        stored=c.stored,
        rejected=c.rejected,
        dead_lettered=c.dead_lettered,
        disagreements=tuple(text for text, agrees in checks.items() if not agrees),
    )
