"""The command `receipts-lab chunking`."""

from rich.console import Console

from lab.measure.chunking.estimates import chunking_figures
from lab.measure.chunking.figure import draw
from lab.support.paths import DATA
from lab.support.provenance import save


def chunking() -> None:
    """Compute cost and time of the same work in 1 to 600 pieces, by the model.

    Takes a second; writes docs/data/chunking.json and its figure.
    """
    console = Console()
    found = chunking_figures()
    best = found.best
    console.print(
        f"best: {best.cut.pieces} pieces of {found.work_s / best.cut.pieces:.1f} s, done after "
        f"{best.cut.done_after_s:.1f} s for {best.usd_over_one:.2f} times the cost of one",
        highlight=False,
    )
    console.print(f"written: {save('chunking', found)}", highlight=False)
    for path in draw(found, DATA):
        console.print(f"drawn: {path}", highlight=False)
