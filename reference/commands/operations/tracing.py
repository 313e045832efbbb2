"""The command `receipts trace`."""

from typing import Annotated

import typer

from commands.operations.options import ReceiptId, StackName, place
from reading.files.text import printable


def trace(
    receipt: ReceiptId,
    stack: StackName,
    *,
    logs: Annotated[
        bool, typer.Option("--logs", help="Also every line that the functions wrote of it.")
    ] = False,
) -> None:
    """Tell one receipt's way: when it was accepted, uploaded, read, stored, and where it is now.

    Changes nothing; dead letters are hidden while it looks, and then given back. What the agent
    did is in the log on the client's host, under the same id.
    """
    # Only here: a customer who sends photos needs no AWS SDK.
    from commands.way import find_way  # noqa: PLC0415
    from commands.wired import (  # noqa: PLC0415
        depths,
        letter_queues,
        log_groups,
        log_lines,
        opened,
    )

    batch_id, index = place(receipt)
    with opened(stack) as found:
        letters = []
        for queue in letter_queues(found).values():
            with queue.held() as held:
                letters += [(queue.name, one) for one in held]
        batch = found.stack.ledger.batch(batch_id)
        lines = (
            log_lines(log_groups(found), receipt.strip(), batch.accepted_at)
            if logs and batch
            else ()
        )
        way = find_way(
            batch_id,
            index,
            ledger=found.stack.ledger,
            objects=found.stack.objects,
            depths=depths(found),
            letters=letters,
            lines=lines,
        )
    typer.echo(f"{way.receipt_id}: {printable(way.name)}, of customer {way.customer_reference}")
    for step in way.steps:
        typer.echo(f"{step.at:%F %T} UTC  {printable(step.what)}")
    typer.echo(f"it is {printable(way.where)}")
