"""The command `receipts-lab held`."""

import datetime as dt
from typing import Annotated

import typer
from rich.console import Console

from lab.measure.planner_check.grid import OTHERS
from lab.measure.planner_check.held import held
from lab.support.paths import CACHE
from lab.support.provenance import save


def command(
    only: Annotated[
        int | None,
        typer.Option(min=1, max=len(OTHERS), help="Only so many settings; then nothing is saved."),
    ] = None,
) -> None:
    """Hold the planner to the local system: predict settings, run them, compare.

    Takes about ten minutes and wants a machine that does nothing else. Calibrates on one setting,
    writes the predictions of the others to .cache/held before they run, and what came out to
    docs/data/planner.json. The local emulator: nothing here runs on AWS. Exit codes: 0 the median
    error is within the aim, 1 it is not, or a run failed.
    """
    console = Console()
    if not console.is_terminal:
        console.width = 200  # a log has no edge
    stamp = dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H-%M-%S")
    figures = held(OTHERS[:only], CACHE / "held" / stamp, console)
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
