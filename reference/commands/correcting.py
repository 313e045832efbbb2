"""Beside the path: a person puts right what was read wrong.

A correction is a record of its own beside the canonical copy, which stays as it was read. It goes
the way of a result, over the write queue and the agent into a table of its own, and may be there
before its receipt is: queues keep no order.
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import get_args

from msgspec import ValidationError, convert

from reading.files.text import printable
from reading.receipt import Receipt
from receipts.errors import CorrectionRefusedError
from receipts.messages import CorrectionMessage, Field, corrected
from receipts.ports import Clock, Corrections, Objects, ResultQueue

FIELDS: tuple[Field, ...] = get_args(Field)

MAX_TEXT = 500
"""Characters of a text that a person may write."""

_AS_IN = {"date": "a day, as in 2027-01-31", "time": "a time, as in 09:30"}

_LARGEST, _PLACES = Decimal(10**10), 4  # what the column of an amount takes


def correct_receipt(
    batch_id: str,
    index: int,
    values: Mapping[str, str],
    by: str,
    *,
    objects: Objects,
    corrections: Corrections,
    queue: ResultQueue,
    clock: Clock,
) -> CorrectionMessage:
    """Note what changes, and send it; an empty value says that it isn't on the receipt.

    Where nothing changes any more, what is noted is sent again: a correction that is asked for
    twice, or was cut off, is one record and one row. Raises `CorrectionRefusedError`, or
    `NoResultError` where the receipt was not read.
    """
    by, given = _text(by), {name: _text(value) or None for name, value in values.items()}
    if not 0 < len(by) <= MAX_TEXT:
        raise CorrectionRefusedError("by: say who corrects it")
    wanted = _receipt(given)
    result = objects.get_result(batch_id, index)
    noted = corrections.corrections(batch_id, index)
    now = corrected(result.receipt, noted)
    changed = [it for it in FIELDS if it in given and getattr(wanted, it) != getattr(now, it)]
    if changed:
        made = CorrectionMessage(
            batch_id=batch_id,
            index=index,
            receipt_id=result.receipt_id,
            number=len(noted) + 1,
            customer_reference=result.customer_reference,
            name=result.name,
            old={name: _as_text(getattr(now, name)) for name in changed},
            new={name: _as_text(getattr(wanted, name)) for name in changed},
            corrected_by=by,
            corrected_at=clock(),
        )
        noted = [corrections.put_correction(made)]
        if (noted[0].new, noted[0].corrected_by) != (made.new, by):
            raise CorrectionRefusedError(f"{noted[0].corrected_by} was faster: look at it again")
    if not noted:
        raise CorrectionRefusedError("nothing differs from what was read")
    queue.send_results(noted)
    return noted[-1]


def _receipt(given: Mapping[str, str | None]) -> Receipt:
    """The values, typed. Raises `CorrectionRefusedError`, which names the field."""
    for name, text in given.items():
        if name not in FIELDS:
            raise CorrectionRefusedError(f"{name}: can't be corrected; {', '.join(FIELDS)} can")
        if len(text or "") > MAX_TEXT:
            raise CorrectionRefusedError(f"{name}: over {MAX_TEXT} characters")
    if not re.fullmatch("[A-Z]{3}|", given.get("currency") or ""):
        raise CorrectionRefusedError("currency: three capital letters, as in EUR")
    at = given.get("time")
    seconds = {"time": f"{at}:00"} if at and re.fullmatch(r"\d\d:\d\d", at) else {}
    try:
        wanted = convert({**given, **seconds}, Receipt)
    except ValidationError as error:
        where = str(error).partition(" - at `$.")[2].rstrip("`")
        raise CorrectionRefusedError(
            f"{where}: {_AS_IN.get(where, 'an amount, as in 12.50')}"
        ) from error
    for name in FIELDS:
        amount = getattr(wanted, name)
        if isinstance(amount, Decimal) and not (
            amount.is_finite() and abs(amount) < _LARGEST and amount == round(amount, _PLACES)
        ):
            raise CorrectionRefusedError(f"{name}: no amount with four decimals at most")
    return wanted


def _text(value: str) -> str:
    return "\n".join(printable(line.strip()) for line in value.splitlines()).strip()


def _as_text(value: object) -> str | None:
    return None if value is None else f"{value:f}" if isinstance(value, Decimal) else str(value)
