"""The command behind `make chunking`."""

from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress, TaskID
from rich.table import Table

from lab.chunking.figure import draw
from lab.chunking.measure import CUTS, run
from lab.chunking.study import KINDS, Study, study
from lab.support.paths import ASSETS, DATA
from lab.support.provenance import save

LOCAL_WORK_S = 40.0
"""So that all cuts together take about 3 minutes on two cores."""


def chunking(
    seconds: Annotated[
        float, typer.Option(min=1, help="The work, in seconds on one core of this machine.")
    ] = LOCAL_WORK_S,
) -> None:
    """Cut the same work into 1 to 600 pieces: what each costs, and when it is done.

    The time is measured on the local emulator, where each piece is a message for a function; the
    money and the time on AWS are the cost model's. About 3 minutes; wants a machine that does
    nothing else. Writes docs/data/chunking.json and its figure.
    """
    console = Console()
    with Progress(console=console, transient=True) as shown:
        tasks: dict[tuple[int, int], TaskID] = {
            (pieces, batch): shown.add_task(_named(pieces, batch, seconds), total=pieces)
            for pieces, batch in CUTS
        }

        def progress(pieces: int, batch: int, done: int) -> None:
            shown.update(tasks[pieces, batch], completed=done)

        measured = run(seconds, progress)
    found = study(seconds, measured)
    console.print(*_tables(found))
    best = found.best
    console.print(
        f"best on AWS, by the model: {best.cut.pieces} pieces of "
        f"{found.work_s / best.cut.pieces:.1f} s, done after {best.cut.done_after_s:.1f} s for "
        f"{best.usd_over_one:.2f} times the cost of one",
        highlight=False,
    )
    console.print(f"written: {save('chunking', found)}", highlight=False)
    for path in draw(found, assets=ASSETS / "figures", fragments=DATA):
        console.print(f"drawn: {path}", highlight=False)


def _named(pieces: int, batch: int, seconds: float) -> str:
    tens = f", by {batch}" if batch > 1 else ""
    return f"{pieces} × {seconds / pieces:.3g} s{tens}"


def _tables(found: Study) -> tuple[Table, Table]:
    here = _table(
        "measured here", "cut", "wall s", "billed s", "cold starts", "beyond work, ms a piece"
    )
    for ran in found.measured:
        here.add_row(
            _named(ran.pieces, ran.batch, found.local_work_s),
            f"{ran.wall_s:.1f}",
            f"{ran.duration_s:.1f}",
            str(ran.cold_starts),
            f"{ran.overhead_s * 1000:.0f}",
        )
    model = _table("by the model, on AWS", "cut", "", "done after s", "cost of one")
    for kind, rows in found.model.items():
        for it in rows:
            model.add_row(
                _named(it.cut.pieces, 1, found.work_s),
                KINDS[kind],
                f"{it.cut.done_after_s:.1f}",
                f"{it.usd_over_one:.3f}",
            )
        model.add_section()
    return here, model


def _table(title: str, *heads: str) -> Table:
    table = Table(title=title)
    for number, head in enumerate(heads):
        table.add_column(head, justify="left" if number == 0 or not head else "right")
    return table
