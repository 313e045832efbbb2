"""After the client's database was restored: finds what has lost its row, and puts it back.

The ledger says `stored` once a row is committed, and never takes it back. A database that comes
from a backup, or from a stand-by that lagged behind, has lost rows since.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

from msgspec import Struct

from receipts.batch import receipt_id_for
from receipts.errors import NoResultError
from receipts.ledger import State
from receipts.messages import ResultMessage
from receipts.ports import Corrections, Ledger, Objects, ResultQueue

AT_ONCE = 100
"""Canonical copies that are fetched before they are sent: ten calls to SQS."""

EVER = dt.datetime.min.replace(tzinfo=dt.UTC)

Place = tuple[str, int]
"""A batch's id and a receipt's number in it."""


class BatchAudit(Struct, frozen=True, kw_only=True):
    """How many receipts of a batch the ledger calls stored, and where the database differs.

    `missing` are the numbers of those without a row; `unmarked` have a row, and another state.
    """

    batch_id: str
    stored: int
    missing: Sequence[int]
    unmarked: Sequence[int]


def audit_batches(
    rows: set[str], *, ledger: Ledger, since: dt.datetime, until: dt.datetime
) -> Iterator[BatchAudit]:
    """Compare with `rows`, the receipt ids in the database, one batch after the other.

    What was stored before `since` (its row may be purged) or after `until` (when the ids were
    taken) isn't compared. Each batch takes its ids out of `rows`; what is left at the end belongs
    to no batch in the ledger.
    """
    for batch in ledger.batches():
        snapshot = ledger.snapshot(batch.batch_id)
        stored = {
            entry.index: since <= entry.since <= until
            for entry in (snapshot.entries if snapshot else ())
            if entry.state is State.STORED
        }
        numbers = {*range(1, (batch.expected or 0) + 1), *stored}
        ids = {receipt_id_for(batch.batch_id, index): index for index in numbers}
        found = {ids[key] for key in rows.intersection(ids)}
        rows.difference_update(ids)
        yield BatchAudit(
            batch_id=batch.batch_id,
            stored=sum(stored.values()),
            missing=[index for index in stored if stored[index] and index not in found],
            unmarked=sorted(found - stored.keys()),
        )


def audit_corrections(
    rows: set[str],
    batch_id: str,
    *,
    corrections: Corrections,
    since: dt.datetime,
    until: dt.datetime,
) -> tuple[int, Sequence[int]]:
    """Compare with `rows`, the correction ids in the database, those of one batch.

    Answers how many were made in the period, and the numbers of the receipts of which one has no
    row; takes the batch's ids out of `rows`.
    """
    noted = corrections.corrections(batch_id)
    made = [one for one in noted if since <= one.corrected_at <= until]
    lost = sorted({one.index for one in made if one.correction_id not in rows})
    rows.difference_update(one.correction_id for one in noted)
    return len(made), lost


def stored_receipts(
    ledger: Ledger, *, since: dt.datetime = EVER, batch_ids: Iterable[str] | None = None
) -> Iterator[Place]:
    """What the ledger calls stored since then: in these batches, or in all."""
    for batch_id in batch_ids or (batch.batch_id for batch in ledger.batches()):
        snapshot = ledger.snapshot(batch_id)
        for entry in snapshot.entries if snapshot else ():
            if entry.state is State.STORED and entry.since >= since:
                yield batch_id, entry.index


def replay(
    places: Iterable[Place],
    *,
    objects: Objects,
    write_queue: ResultQueue,
    map_: Callable[..., Iterable[ResultMessage | NoResultError]] = map,
) -> Iterator[tuple[Place, NoResultError | None]]:
    """Put canonical copies back on the write queue; each place comes out, with an error if lost.

    Harmless for what has its row: the same key changes nothing. `map_` may be a pool's.
    """

    def fetch(place: Place) -> ResultMessage | NoResultError:
        try:
            return objects.get_result(*place)
        except NoResultError as error:
            return error

    rest = iter(places)
    while some := list(islice(rest, AT_ONCE)):
        copies = list(map_(fetch, some))
        write_queue.send_results([copy for copy in copies if isinstance(copy, ResultMessage)])
        for place, copy in zip(some, copies, strict=True):
            yield place, copy if isinstance(copy, NoResultError) else None
