"""The command `receipts-lab distance`."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from lab.measure.distance.measure import ROUND_TRIPS_MS, ROUNDS, ROWS, measure
from lab.support.provenance import save


def distance(
    rounds: Annotated[int, typer.Option(min=1, help="Rounds; their median counts.")] = ROUNDS,
    out: Annotated[Path | None, typer.Option(help="Write the figures to this JSON file.")] = None,
) -> None:
    """See how many rows a second the agent writes at 1 to 100 ms from AWS.

    A proxy before the emulator delays what passes; PostgreSQL is near. Takes about ten minutes and
    needs a machine that does nothing else. Writes docs/data/distance.json.
    """
    console = Console()
    figures = measure(
        rounds, ROUND_TRIPS_MS, ROWS, lambda line: console.print(line, highlight=False)
    )
    for one in figures.distances:
        console.print(
            f"{one.round_trip_ms:g} ms: {one.background.median:.0f} rows/s, in line "
            f"{one.in_line.median:.0f}; ratio {one.ratio} ({one.ratio_low} to {one.ratio_high}); "
            f"at a ceiling of {figures.ceiling:g}: {one.paced.median:.0f}; the planner says "
            f"{one.background.predicted:.0f} and {one.paced.predicted:.0f}",
            highlight=False,
        )
    console.print(f"written: {save('distance', figures, out)}", highlight=False)
