"""The command `receipts correct`."""

from typing import Annotated

import typer

from commands.operations.options import ReceiptId, StackName, place
from reading.files.text import printable


def correct(
    receipt: ReceiptId,
    values: Annotated[
        list[str],
        typer.Argument(help="What is right: FIELD=VALUE; FIELD= where it isn't on the receipt."),
    ],
    stack: StackName,
    by: Annotated[str, typer.Option(help="Who corrects it: stands in the record and in the row.")],
) -> None:
    """Correct a receipt that was read wrong. What was read stays, and the correction beside it.

    It goes over the write queue into the table `correction` of the client's database. Typed again
    it is sent again, and is one record and one row all the same. Exit code 1 where nothing differs,
    a value is none of its field, or somebody else was faster.
    """
    # Only here: a customer who sends photos needs no AWS SDK.
    from commands.correcting import correct_receipt  # noqa: PLC0415
    from commands.wired import opened  # noqa: PLC0415

    batch_id, index = place(receipt)
    if without := [one for one in values if "=" not in one]:
        raise typer.BadParameter(f"{without[0]!r}: say FIELD=VALUE")
    given = dict(one.partition("=")[::2] for one in values)
    with opened(stack) as found:
        told = correct_receipt(
            batch_id,
            index,
            given,
            by,
            objects=found.stack.objects,
            corrections=found.stack.objects,
            queue=found.stack.write_queue,
            clock=found.clock,
        )
    for name, new in told.new.items():
        typer.echo(f"{name}: {_said(told.old[name])} -> {_said(new)}")
    typer.echo(f"correction {told.number} of {told.receipt_id}, by {told.corrected_by}: sent")


def _said(value: str | None) -> str:
    return "nothing" if value is None else printable(value)
