"""The command `receipts-lab pooler`."""

from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from lab.measure.peak.pgbouncer import installed
from lab.measure.pooler.design import CLIENTS, SECONDS, TITLES, ConnectionMode
from lab.measure.pooler.figure import draw
from lab.measure.pooler.measure import PoolerFigures, measure, pooler_name
from lab.support.paths import DATA
from lab.support.provenance import save


def pooler(
    seconds: Annotated[
        float, typer.Option(min=1, help="How long each number of functions runs in each mode.")
    ] = SECONDS,
) -> None:
    """See what a pooler does for functions and a database; it stands in for RDS Proxy.

    1 to 200 functions call a real PostgreSQL: each with its own connection, through a pooler, and
    through a pooler whose connections are pinned. Uses PgBouncer where it is installed, else
    psycopg's pool. Takes about 2 minutes; writes docs/data/pooler.json and its figure.
    """
    console = Console()
    program = installed()
    console.print(f"stands in for RDS Proxy: {pooler_name(program)}", highlight=False)
    with Progress(console=console, transient=True) as shown:
        task = shown.add_task("starting PostgreSQL", total=len(ConnectionMode) * len(CLIENTS))

        def progress(mode: ConnectionMode, count: int) -> None:
            done = list(ConnectionMode).index(mode) * len(CLIENTS) + CLIENTS.index(count)
            shown.update(task, description=f"{TITLES[mode]}: {count} functions", completed=done)

        figures = measure(CLIENTS, seconds, progress, program)
    console.print(_table(figures))
    console.print(f"written: {save('pooler', figures)}", highlight=False)
    for path in draw(figures, DATA):
        console.print(f"drawn: {path}", highlight=False)


def _table(figures: PoolerFigures) -> Table:
    table = Table(title=f"{figures.max_connections} connections allowed, pool {figures.pool_size}")
    table.add_column("mode", no_wrap=True)
    for head in ("functions", "connections", "served", "refused", "p95 ms"):
        table.add_column(head, justify="right")
    for mode, points in figures.ways.items():
        for point in points:
            counts = (point.clients, point.connections, point.served, point.refused)
            slow = "–" if point.p95_ms is None else f"{point.p95_ms:,.1f}"
            table.add_row(mode.value, *(f"{count:,}" for count in counts), slow)
        table.add_section()
    return table
