"""`receipts read`: reads images on this machine, with no cloud; to see and to measure."""

import os
import sys
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, TimeRemainingColumn
from rich.table import Table

from reading.command.pool import Line, read_all
from reading.command.sources import find
from reading.engines import ENGINES
from reading.extraction import explain as explaining
from reading.extraction.deadline import LIMIT_S

Paths = Annotated[
    list[Path], typer.Argument(help="Images, folders of them, or ZIP archives.", exists=True)
]


def read(
    paths: Paths,
    *,
    json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    explain: Annotated[
        Path | None, typer.Option(help="Write a page that shows how each was read.")
    ] = None,
    engine: Annotated[
        str, typer.Option(envvar="OCR_ENGINE", help=f"One of {', '.join(ENGINES)}.")
    ] = "tesseract",
    timeout: Annotated[
        float, typer.Option(min=0, help="Seconds that one receipt may take, all looks included.")
    ] = LIMIT_S,
    jobs: Annotated[int, typer.Option(min=1, help="Readers at once.")] = os.cpu_count() or 1,
) -> None:
    """Read receipts on this machine and print what they say.

    A bad file gets an error on its own line and the rest goes on; the exit code is 1 then.
    """
    if engine not in ENGINES:
        raise typer.BadParameter(f"{engine!r}; there are: {', '.join(ENGINES)}")
    sources = list(find(paths))
    if not sources:
        raise typer.BadParameter("no images there: " + ", ".join(map(str, paths)))
    failed, pages, rows = 0, [], Table("file", "merchant", "date", "total", "sure", "review")
    console = Console(stderr=True)
    with Progress(
        *Progress.get_default_columns()[:2], MofNCompleteColumn(), TimeRemainingColumn(),
        console=console, disable=not console.is_terminal, transient=True,
    ) as progress:  # fmt: skip
        task = progress.add_task("reading", total=len(sources))
        for line, page in read_all(sources, engine, timeout, jobs, explained=explain is not None):
            progress.advance(task)
            failed += line.error is not None
            pages.append(page)
            if json:
                sys.stdout.write(msgspec.json.encode(line).decode() + "\n")
                sys.stdout.flush()
            else:
                rows.add_row(*_row(line))
    if not json:
        Console().print(rows)
    if explain:
        explain.write_text(explaining.page(pages), encoding="utf-8")
        console.print(f"explained in {explain}")
    if failed:
        console.print(f"{failed} of {len(sources)} could not be read", style="red")
        raise typer.Exit(1)


def _row(line: Line) -> tuple[str, ...]:
    name = Path(line.file).name
    if line.error:
        return name, f"[red]{line.error}[/]", "", "", "", "yes"
    sure = line.confidence.get("total", 0.0)
    total = f"{line.total} {line.currency or ''}" if line.total is not None else ""
    return (
        name,
        line.merchant or "",
        line.date or "",
        total,
        f"{sure:.2f}",
        "yes" if line.needs_review else "",
    )
