"""The command `receipts trace`."""

import re
from typing import Annotated

import typer

from commands.operations.options import StackName
from reading.files.text import printable
from receipts.errors import SettingsError

_RECEIPT = re.compile(r"(?P<batch>[0-9a-f]{32})-(?P<index>[0-9]{5})")


def trace(
    receipt: Annotated[
        str, typer.Argument(help="The receipt's id: its batch's, a dash, and five digits.")
    ],
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

    asked = _RECEIPT.fullmatch(receipt.strip())
    if asked is None:
        raise SettingsError(f"not a receipt's id (32 digits, a dash, 5 digits): {receipt!r}")
    with opened(stack) as found:
        letters = []
        for queue in letter_queues(found).values():
            with queue.held() as held:
                letters += [(queue.name, one) for one in held]
        batch = found.stack.ledger.batch(asked["batch"])
        lines = (
            log_lines(log_groups(found), receipt.strip(), batch.accepted_at)
            if logs and batch
            else ()
        )
        way = find_way(
            asked["batch"],
            int(asked["index"]),
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
