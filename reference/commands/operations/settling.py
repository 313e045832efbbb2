"""The operators' commands: `reconcile`, `audit` and `replay`."""

import contextlib
import datetime as dt
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Annotated

import typer

from commands.operations.options import NOT_ALL, StackName
from commands.restore import EVER, Place, audit_batches, audit_corrections, stored_receipts
from commands.restore import replay as put_back
from reading.files.text import printable
from receipts.errors import SettingsError

GRACE = dt.timedelta(minutes=5)
"""How much clocks may differ: the agent's, which marks a receipt stored, and this one."""


def _time(text: str) -> dt.datetime:
    given = dt.datetime.fromisoformat(text)
    return given if given.tzinfo else given.replace(tzinfo=dt.UTC)


Since = Annotated[
    dt.datetime | None,
    typer.Option(parser=_time, metavar="TIME", help="Only what was stored since (UTC)."),
]


def reconcile(
    stack: StackName,
    *,
    not_stored_days: Annotated[
        float,
        typer.Option(
            min=0,
            help="Put a receipt back on the write queue when it was read so many days ago and is "
            "not stored. By default as long as that queue keeps it.",
        ),
    ] = 10,
) -> None:
    """Settle what the path could not: dead letters, lost events and results, absent uploads.

    A function of the stack does so every hour. Prints what it did, receipt by receipt. Dead letters
    stay where they are. Region, endpoint and credentials are those of the AWS SDK (AWS_REGION,
    AWS_ENDPOINT_URL, AWS_PROFILE, ...).
    """
    # Only here: a customer who sends photos needs no AWS SDK.
    from commands.wired import opened  # noqa: PLC0415
    from receipts.handlers.reconcile import settle  # noqa: PLC0415

    done = Counter[str]()
    with opened(stack) as found:
        for finding in settle(found.stack, not_stored_after=dt.timedelta(days=not_stored_days)):
            done[finding.action] += 1
            where = f"batch {finding.batch_id or '?'}"
            if finding.index is not None:
                where += f", receipt {finding.index}"
            typer.echo(f"{finding.action}: {where}: {printable(finding.reason)}")
    typer.echo(", ".join(f"{n} {action}" for action, n in done.items()) or "nothing to settle")


def audit(
    stack: StackName,
    ids: Annotated[
        typer.FileText,
        typer.Option(
            help="The receipt_id of each row of the database, and the correction_id of each "
            "correction, one a line; - is stdin."
        ),
    ],
    *,
    stored_since: Since = None,
) -> None:
    """Compare what the ledger calls stored with the rows in the client's database, by their keys.

    So are the corrections in the bucket. Changes nothing. Prints what is missing, batch and number,
    for `replay --missing`. Exit code 3 where something is. `--stored-since` leaves out what may be
    purged; left out is also what was stored, or corrected, later than five minutes before the file
    was written, or before now.
    """
    from commands.wired import opened  # noqa: PLC0415  as above

    file = Path(ids.name)
    written = file.stat().st_mtime if file.is_file() else time.time()
    since, until = stored_since or EVER, dt.datetime.fromtimestamp(written, dt.UTC) - GRACE
    rows = {line.strip() for line in ids}
    if not rows:
        raise typer.BadParameter("no ids came: where the database is empty, replay")
    total = Counter({"in the database": len(rows)})
    with opened(stack) as found:
        for one in audit_batches(rows, ledger=found.stack.ledger, since=since, until=until):
            corrections, uncorrected = audit_corrections(
                rows, one.batch_id, corrections=found.stack.objects, since=since, until=until
            )
            counts = {
                "missing": len(one.missing),
                "not called stored": len(one.unmarked),
                "without a correction": len(uncorrected),
            }
            total.update(counts | {"stored": one.stored, "corrections": corrections})
            if any(counts.values()):
                told = ", ".join(f"{n:,} {what}" for what, n in counts.items())
                typer.echo(f"batch {one.batch_id}: of {one.stored:,} stored {told}", err=True)
            for index in sorted({*one.missing, *uncorrected}):
                typer.echo(f"{one.batch_id} {index}")
    total["of no batch in the ledger"] = len(rows)
    typer.echo(", ".join(f"{n:,} {what}" for what, n in total.items()), err=True)
    sys.exit(NOT_ALL if total["missing"] or total["without a correction"] else 0)


def replay(
    stack: StackName,
    *,
    stored_since: Since = None,
    batch: Annotated[list[str] | None, typer.Option(help="Of this batch alone.")] = None,
    missing: Annotated[
        typer.FileText | None, typer.Option(help="What `audit` printed; - is stdin.")
    ] = None,
) -> None:
    """Put stored receipts back on the write queue, from their canonical copies in S3.

    With them go all corrections of their batches. Harmless for what has its row, and when it is
    typed again. Names those whose copy is gone; then the exit code is 3.
    """
    from commands.wired import opened  # noqa: PLC0415
    from receipts.aws.patience import AT_ONCE  # noqa: PLC0415  as above

    if bool(stored_since or batch) == bool(missing):
        raise typer.BadParameter("give --stored-since, --batch, or both; or --missing")
    sent = lost = corrected = 0
    batches: set[str] = set()
    with opened(stack) as found, ThreadPoolExecutor(AT_ONCE) as pool:
        stored = stored_receipts(found.stack.ledger, since=stored_since or EVER, batch_ids=batch)
        places = map(_place, missing) if missing else stored
        for (batch_id, index), error in put_back(
            places, objects=found.stack.objects, write_queue=found.stack.write_queue, map_=pool.map
        ):
            sent, lost = sent + (not error), lost + bool(error)
            batches.add(batch_id)
            if error:
                typer.echo(f"batch {batch_id}, receipt {index}: {error}")
            if sent % 1000 == 0:
                typer.echo(f"{sent:,} put back so far", err=True)
        for noted in pool.map(found.stack.objects.corrections, batches):
            found.stack.write_queue.send_results(noted)
            corrected += len(noted)
    also = f", with {corrected:,} correction{'s' * (corrected > 1)}" if corrected else ""
    typer.echo(f"{sent:,} put back on the write queue{also}, {lost:,} without a copy")
    sys.exit(NOT_ALL if lost else 0)


def _place(line: str) -> Place:
    with contextlib.suppress(ValueError):
        batch_id, index = line.split()
        return batch_id, int(index)
    raise SettingsError(f"not a batch and a number, as `audit` prints them: {line!r}")
