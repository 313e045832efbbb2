"""The command `receipts-lab bench`."""

from typing import Annotated

import typer
from rich.console import Console

from diagram_check.template import read_template
from lab.measure.batch.bench import run_bench
from lab.support.paths import TEMPLATE
from lab.support.provenance import save


def bench(
    receipts: Annotated[int, typer.Option(min=1, help="Receipts in the batch.")] = 300,
    warm: Annotated[int, typer.Option(min=1, help="Warm runs; their median counts.")] = 3,
    engine: Annotated[
        str | None, typer.Option(help="OCR engine; that of the template by default.")
    ] = None,
) -> None:
    """Measure a batch from POST to the last commit, the splitter, and the plain loop.

    Takes about twenty minutes on two cores and needs a machine that does nothing else.
    Writes docs/data/batch.json.
    """
    deployed = read_template(TEMPLATE).setting("ReadFunction", "OCR_ENGINE")
    figures = run_bench(receipts, warm, engine or deployed, Console())
    typer.echo(f"wrote {save('batch', figures)}")
    typer.echo(
        f"batch {figures.wall_s:.1f} s; over reading side by side "
        f"{figures.wall_over_side_by_side:.3f}, over reading alone ÷ cores "
        f"{figures.wall_over_reading:.3f}; all of reading over its engine "
        f"{figures.alone.cpu_s / figures.alone.ocr_cpu_s:.3f}; plain loop "
        f"{figures.plain_loop_wall_s:.1f} s; the splitter read "
        f"{figures.splitter_share_of_archive:.2%} of the archive"
    )
