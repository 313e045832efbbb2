"""Options and the exit code that several operators' commands share, and how ages are said."""

import re
from typing import Annotated

import typer

from receipts.errors import SettingsError

NOT_ALL = 3
"""Exit code where something is missing, or had to be left; 1 is an error, 2 a wrong use."""

StackName = Annotated[str, typer.Option("--stack", help="The name of the deployed stack.")]
ReceiptId = Annotated[
    str, typer.Argument(help="The receipt's id: its batch's, a dash, and five digits.")
]
Doit = Annotated[bool, typer.Option("--yes", help="Do it; else only say what would be done.")]

_RECEIPT = re.compile(r"(?P<batch>[0-9a-f]{32})-(?P<index>[0-9]{5})")
_UNITS = (("days", 86_400.0), ("hours", 3_600.0), ("minutes", 60.0))


def place(receipt_id: str) -> tuple[str, int]:
    """Batch and number of the receipt with this id. Raises `SettingsError`."""
    asked = _RECEIPT.fullmatch(receipt_id.strip())
    if asked is None:
        raise SettingsError(f"not a receipt's id (32 digits, a dash, 5 digits): {receipt_id!r}")
    return asked["batch"], int(asked["index"])


def age(seconds: float) -> str:
    """An age in the largest unit of which there are two."""
    for name, size in _UNITS:
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {name}"
    return f"{max(0.0, seconds):.0f} seconds"
