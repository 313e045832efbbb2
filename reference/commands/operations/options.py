"""Options and the exit code that several operators' commands share, and how ages are said."""

from typing import Annotated

import typer

NOT_ALL = 3
"""Exit code where something is missing, or had to be left; 1 is an error, 2 a wrong use."""

StackName = Annotated[str, typer.Option("--stack", help="The name of the deployed stack.")]
Doit = Annotated[bool, typer.Option("--yes", help="Do it; else only say what would be done.")]

_UNITS = (("days", 86_400.0), ("hours", 3_600.0), ("minutes", 60.0))


def age(seconds: float) -> str:
    """An age in the largest unit of which there are two."""
    for name, size in _UNITS:
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {name}"
    return f"{max(0.0, seconds):.0f} seconds"
