"""The command `receipts-lab bench`."""

from typing import Annotated

import typer
from rich.console import Console

from lab.measure.batch.bench import run_bench
from lab.support.provenance import save
from reading.engines import ENGINES


def bench(
    receipts: Annotated[int, typer.Option(min=1, help="Receipts in the batch.")] = 300,
    warm: Annotated[int, typer.Option(min=1, help="Warm runs; their median counts.")] = 3,
    engine: Annotated[str, typer.Option(help="OCR engine.")] = ENGINES[0],
) -> None:
    """Measure a batch from POST to the last commit, the splitter, and the plain loop.

    Takes about twenty minutes on two cores and needs a machine that does nothing else.
    Writes docs/data/batch.json.
    """
    figures = run_bench(receipts, warm, engine, Console())
    typer.echo(f"wrote {save('batch', figures)}")
    typer.echo(
        f"wall over ideal: warm {figures.wall_over_ideal:.3f}, cold "
        f"{figures.cold_wall_over_ideal:.3f}; over all of reading: "
        f"{figures.wall_over_reading:.3f}; plain loop {figures.plain_loop_wall_s:.1f} s, "
        f"batch {figures.wall_s:.1f} s; the splitter read "
        f"{figures.splitter_share_of_archive:.2%} of the archive"
    )
