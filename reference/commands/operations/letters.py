"""The command `receipts dlq`: list, redrive and discard."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from functools import partial
from typing import Annotated

import typer
from msgspec import Struct

from commands import terminal
from commands.audit_trail import AuditTrail
from commands.letters.giving_up import Verdict, chosen, give_up
from commands.letters.queues import Letter, LetterQueue, paced
from commands.operations.options import Doit, StackName, age
from reading.files.text import printable
from receipts.ports import Clock, Ledger

dlq = typer.Typer(
    no_args_is_help=True,
    **terminal.LOOK,
    help="What lies on the dead-letter queues: look, put back to work, or give up.",
)

LOOK_AT_MOST_S = 3_000
"""How long one run works on letters that it holds, in seconds: they are hidden for an hour."""


class Queue(StrEnum):
    """Which dead-letter queue."""

    UPLOAD = "upload"
    RECEIPT = "receipt"
    WRITE = "write"


Chosen = Annotated[Queue, typer.Option("--queue", help="Which dead-letter queue.")]
Reason = Annotated[
    str | None, typer.Option(metavar="TEXT", help="Only letters whose reason contains this.")
]
Batches = Annotated[list[str] | None, typer.Option("--batch", help="Only letters of this batch.")]


@dlq.command("list")
def show(stack: StackName) -> None:
    """Count the letters by queue and reason, with the age of the oldest.

    Changes nothing. The letters are hidden while it looks, and then given back.
    """
    from commands.wired import letter_queues, opened  # noqa: PLC0415  a sender needs no AWS SDK

    with opened(stack) as found:
        for queue in letter_queues(found).values():
            with queue.held() as letters:
                _show(queue, letters, found.clock().timestamp())


def _show(queue: LetterQueue, letters: Sequence[Letter], now_s: float) -> None:
    typer.echo(f"{queue.name}: {len(letters):,}")
    for reason, count in Counter(one.reason for one in letters).most_common():
        of = [one for one in letters if one.reason == reason]  # the oldest comes first
        oldest = age(now_s - of[0].sent_at.timestamp())
        typer.echo(f"  {count:,}, first sent {oldest} ago, such as {of[0].about}")
        typer.echo(f"    {printable(reason)}")


@dlq.command()
def redrive(
    stack: StackName,
    queue: Chosen,
    *,
    reason: Reason = None,
    batch: Batches = None,
    rate: Annotated[float, typer.Option(min=0.1, help="At most so many letters a second.")] = 20,
    yes: Doit = False,
) -> None:
    """Put letters back on the queue that they came from. Without --yes it only says which.

    Mend the cause first. Harmless when typed again or cut off: a receipt that is stored already
    stays as it is.
    """
    with _chosen(stack, queue, reason, batch, rate, "would go back to work from") as work:
        if not (yes and work.letters):
            return
        trail = work.trail("dlq redrive")
        trail.note("begun", **work.plan, rate_per_s=rate)
        back = 0
        for ten in paced(work.letters, rate, time.sleep):
            back += work.source.send_back(ten)
            typer.echo(f"{back:,} of {len(work.letters):,} put back", err=True)
        noted = trail.note("ended", **work.plan, put_back=back)
        typer.echo(f"{back:,} put back to work; noted in {noted}")


@dlq.command()
def discard(
    stack: StackName,
    queue: Chosen,
    because: Annotated[str, typer.Option(help="What the customer is told, in the batch's status.")],
    *,
    reason: Reason = None,
    batch: Batches = None,
    rate: Annotated[float, typer.Option(min=0.1, help="At most so many letters a second.")] = 20,
    yes: Doit = False,
) -> None:
    """Give letters up: their receipts are rejected. Without --yes it only says which.

    The customer sees the reason and may send the photo again. What is stored stays stored, and what
    was read meanwhile is left.
    """
    with _chosen(stack, queue, reason, batch, rate, "would be given up from") as work:
        if not (yes and work.letters):
            return
        trail = work.trail("dlq discard")
        plan = work.plan | {"because": because}
        trail.note("begun", **plan)
        done = Counter[str]()
        for ten in paced(work.letters, rate, time.sleep):
            verdicts = [give_up(one, because, ledger=work.ledger, clock=work.clock) for one in ten]
            done.update(verdicts)
            pairs = zip(ten, verdicts, strict=True)
            work.source.delete([one for one, it in pairs if it is not Verdict.ON_ITS_WAY])
        noted = trail.note("ended", **plan, done=done)
        for verdict, count in done.items():
            typer.echo(f"{count:,} {verdict}")
        typer.echo(f"noted in {noted}")


class Work(Struct, frozen=True, kw_only=True):
    """The letters that were chosen, held as long as the work on them, and what it needs."""

    source: LetterQueue
    letters: Sequence[Letter]
    plan: dict[str, object]
    ledger: Ledger
    clock: Clock
    trail: Callable[[str], AuditTrail]


@contextmanager
def _chosen(
    stack: str, queue: Queue, reason: str | None, batch: list[str] | None, rate: float, what: str
) -> Iterator[Work]:
    """Hold the letters, choose, and say what would be done with those."""
    from commands.wired import audit_trail, letter_queues, opened  # noqa: PLC0415

    with opened(stack) as found:
        source = letter_queues(found)[queue.value]
        with source.held() as letters:
            some = _some(letters, reason, batch, rate)
            _say(some, f"{what} {source.name}")
            yield Work(
                source=source,
                letters=some,
                plan=_plan(source, some),
                ledger=found.stack.ledger,
                clock=found.clock,
                trail=partial(audit_trail, found),
            )


def _some(
    letters: Sequence[Letter], reason: str | None, batch: list[str] | None, rate: float
) -> Sequence[Letter]:
    found = chosen(letters, reason, batch or ())
    some = found[: max(1, int(rate * LOOK_AT_MOST_S))]
    if len(some) < len(found):
        typer.echo(f"{len(found):,} match: the oldest {len(some):,} now, then run it again")
    return some


def _say(some: Sequence[Letter], what: str) -> None:
    typer.echo(f"{len(some):,} {what}")
    for reason, count in Counter(one.reason for one in some).most_common():
        typer.echo(f"  {count:,}: {printable(reason)}")


def _plan(queue: LetterQueue, some: Sequence[Letter]) -> dict[str, object]:
    return {
        "queue": queue.name,
        "letters": len(some),
        "by_reason": Counter(one.reason for one in some),
        "about": sorted({one.about for one in some}),
    }
