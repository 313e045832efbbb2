"""`receipts-lab plan scale` and `plan simulator`: they write what the site shows."""

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from lab.plan import figure, vectors
from lab.plan import scale as study
from lab.plan.formatting import duration, number
from lab.plan.parameters import ParameterError
from lab.plan.template import deployed
from lab.support.paths import DATA, ROOT, TEMPLATE
from lab.support.provenance import save

console = Console(stderr=True)


def scale() -> None:
    """Plan 1 thousand to 10 million receipts in a January week; write data and figure.

    Takes some minutes of one core.
    """
    sizes = study.SIZES
    columns = (TextColumn("planning to {task.fields[size]:,}"), BarColumn(), TimeElapsedColumn())
    try:
        numbers = deployed(TEMPLATE)
    except ParameterError as error:
        console.print(f"[bold red]Can't plan that:[/] {error}", highlight=False)
        raise typer.Exit(2) from None
    with Progress(*columns, console=console, transient=True) as bar:
        line = bar.add_task("", total=sum(sizes), size=sizes[-1])
        made = study.study(numbers, lambda receipts: bar.advance(line, receipts))
    data = save("scale", made)
    out = Console(highlight=False)
    table = Table("limit", "is", "binds from", "change", title="By the model", box=None)
    for limit, row in made.limits.items():
        size = made.binds_from[limit]
        table.add_row(row.name, row.description, f"{size:,}" if size else "not here", row.change)
    out.print(table)
    for point in made.points:
        out.print(
            f"{number(point.receipts):>12} receipts: stored after "
            f"{duration(point.stored_after_days * 86_400)}, {point.usd:,.2f} USD, "
            f"{', '.join(point.verdict)}"
        )
    for path in (data, *figure.draw(made, DATA)):
        out.print(f"wrote {path.relative_to(ROOT)}")


def simulator() -> None:
    """Write the simulator page's constants, and the vectors that test its script."""
    for path in vectors.save():
        Console(highlight=False).print(f"wrote {path.relative_to(ROOT)}")
