"""The command `receipts-lab validate-planner`."""

import datetime as dt
from typing import Annotated

import typer
from rich.console import Console

from lab.measure.planner_check.grid import OTHERS
from lab.measure.planner_check.validation import validate
from lab.support.paths import CACHE
from lab.support.provenance import save


def validate_planner(
    only: Annotated[
        int | None,
        typer.Option(min=1, max=len(OTHERS), help="Only this many settings; saves nothing."),
    ] = None,
) -> None:
    """Compare the planner with the local system: predict settings, run them, measure the error.

    Takes about ten minutes and needs a machine that does nothing else. Calibrates on one setting,
    writes the predictions of the others to .cache/planner before they run, and the result to
    docs/data/planner.json. Everything runs on the local emulator, nothing on AWS. Exit code 0: the
    median error is within the aim. Exit code 1: it is not, or a run failed.
    """
    console = Console()
    if not console.is_terminal:
        console.width = 200  # a log has no edge
    stamp = dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H-%M-%S")
    figures = validate(OTHERS[:only], CACHE / "planner" / stamp, console)
    if only is None:
        console.print(f"wrote {save('planner', figures)}", highlight=False)
    reached = figures.median_error <= figures.aim
    console.print(
        f"median error {figures.median_error:.1%}, worst figure {figures.worst_error:.0%} off, "
        f"over {len(figures.settings)} settings; the aim is {figures.aim:.0%}: "
        f"{'reached' if reached else 'not reached'}",
        highlight=False,
    )
    raise typer.Exit(0 if reached else 1)
