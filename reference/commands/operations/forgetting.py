"""The command `receipts forget`."""

import datetime as dt
import hashlib
from typing import Annotated

import typer

from commands.letters.queues import LetterQueue
from commands.operations.options import NOT_ALL, Doit, StackName
from receipts.batch import Batch
from receipts.ledger import State, count
from receipts.ports import Ledger

LONGEST_ON_A_QUEUE = dt.timedelta(days=14)
"""How long SQS keeps a message at most: nothing of an older batch is on its way."""

REMAINS = """\
what remains:
- of messages of these batches that are delivered twice: a file name in the ledger, until it expires
- digests of their Idempotency-Keys, and of images whose result has expired, until they expire too
- names of merchants as the owner's receipts read them, under a digest, until they expire
- point-in-time recovery of the ledger, which can bring its items back for up to 35 days
- logs: ids and reasons, no names, until their groups' retention ends
- a correction that is still on the write queue: it becomes a row, as below
- the client's rows: its DBA deletes them, unless a law says that they are kept:
  DELETE FROM receipts_inbox.receipt WHERE customer_reference = {0};
  DELETE FROM receipts_inbox.correction WHERE customer_reference = {0};"""
"""What is not deleted here, and why."""


def forget(
    customer: Annotated[str, typer.Argument(help="The customer's reference, as it was sent.")],
    stack: StackName,
    owner: Annotated[
        str, typer.Option(help="Who sent for that customer: the token's subject, or the role's id.")
    ],
    *,
    yes: Doit = False,
) -> None:
    """Delete what the stack keeps of a customer. Without --yes it only counts.

    Photos, results, corrections, the ledger's items and dead letters. A batch that is not settled
    is left and named, as long as a message of it may be on its way: then the exit code is 3.
    Harmless when typed again; what was cut off goes on.
    """
    # Only here: a customer who sends photos needs no AWS SDK.
    from commands.wired import audit_trail, letter_queues, opened, traces  # noqa: PLC0415

    with opened(stack) as found:
        ledger, now = found.stack.ledger, found.clock()
        batches = [
            batch
            for batch in ledger.batches()
            if (batch.owner, batch.customer_reference) == (owner, customer)
        ]
        left = [batch for batch in batches if _is_on_its_way(batch, ledger, now)]
        done = [batch for batch in batches if batch not in left]
        for batch in left:
            typer.echo(f"left, not settled yet: batch {batch.batch_id} of {batch.accepted_at:%F}")
        store = traces(found)
        trail = audit_trail(found, "forget") if yes and done else None
        if trail:
            digest = hashlib.sha256(f"{owner}\n{customer}".encode()).hexdigest()
            told = {"customer_sha256": digest, "batches": [one.batch_id for one in done]}
            trail.note("begun", **told)
        letters = sum(
            _letters(queue, {one.batch_id for one in done}, delete=yes)
            for queue in letter_queues(found).values()
        )
        for batch in done:
            trace = store.of(batch)
            if yes:
                store.erase(trace)
            typer.echo(
                f"batch {batch.batch_id}: {len(trace.uploads):,} uploads, {len(trace.copies):,} "
                f"results, {len(trace.corrections):,} corrections, {len(trace.entries):,} items of "
                f"the ledger, {len(trace.images):,} images"
            )
        what = "forgotten" if yes else "would be forgotten; --yes does it"
        typer.echo(f"{len(done):,} batches and {letters:,} dead letters {what}")
        if trail:
            typer.echo(f"noted in {trail.note('ended', **told, letters=letters)}")
    quoted = customer.replace("'", "''")
    typer.echo(REMAINS.format(f"'{quoted}'"))
    raise typer.Exit(NOT_ALL if left else 0)


def _is_on_its_way(batch: Batch, ledger: Ledger, now: dt.datetime) -> bool:
    if now - batch.accepted_at > LONGEST_ON_A_QUEUE:
        return False
    snapshot = ledger.snapshot(batch.batch_id)
    entries = snapshot.entries if snapshot else ()
    waiting = count(batch, entries).waiting or batch.expected is None
    return bool(waiting) or any(entry.state is State.READ for entry in entries)


def _letters(queue: LetterQueue, batch_ids: set[str], *, delete: bool) -> int:
    with queue.held() as letters:
        theirs = [one for one in letters if one.batch_id in batch_ids]
        return queue.delete(theirs) if delete else len(theirs)
