"""The command line of `receipts read`."""

import datetime as dt
import os
import sys
from collections import Counter
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import MofNCompleteColumn, Progress, TimeRemainingColumn
from rich.table import Table

from reading.command import home
from reading.command.agreeing import agreeing
from reading.command.image_files import find_image_files
from reading.command.worker_pool import OutputLine, read_image_files
from reading.context import ReadingContext
from reading.engines import ENGINES
from reading.extraction import explain as explaining
from reading.extraction.deadline import LIMIT_S
from reading.files.text import printable
from reading.review import doubts

Paths = Annotated[
    list[Path], typer.Argument(help="Images, PDFs, folders of them, or ZIP archives.")
]


def read_command(  # noqa: PLR0913  each is an option
    paths: Paths,
    *,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object per line.")] = False,
    explain: Annotated[
        Path | None, typer.Option(help="Write an HTML page that shows how each image was read.")
    ] = None,
    engine: Annotated[
        str, typer.Option(envvar="OCR_ENGINE", help=f"One of {', '.join(ENGINES)}.")
    ] = "tesseract",
    timeout: Annotated[
        float,
        typer.Option(min=0, help="CPU seconds that one receipt may take, all OCR passes included."),
    ] = LIMIT_S,
    jobs: Annotated[int, typer.Option(min=1, help="Reading processes.")] = os.cpu_count() or 1,
    agree: Annotated[
        bool, typer.Option(help="Put a merchant's name right by the receipts before it.")
    ] = True,
    home_currency: home.Currency = None,
    date_order: home.DateOrder = None,
    language: home.Language = None,
    read_on: Annotated[
        dt.datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"],
            metavar="DATE",
            help="The day of reading, if not today. For old receipts: a day soon after the last.",
        ),
    ] = None,
) -> None:
    """Read receipts on this machine and print their fields.

    If a file can't be read, its line holds the error, and the exit code at the end is 1.
    """
    if engine not in ENGINES:
        raise typer.BadParameter(
            f"no OCR engine is called {engine!r}; choose one of {', '.join(ENGINES)}"
        )
    context = ReadingContext(
        read_on=(read_on or dt.datetime.now()).date(),  # noqa: DTZ005  the reader's own day
        home=home.home_of(home_currency, date_order, language),
    )
    found = find_image_files(paths)
    images = found.images
    console = Console(stderr=True)
    left_out = [f"left out of {printable(str(where))}: {what}" for where, what in found.left_out]
    if not images:
        console.print(*left_out, sep="\n", markup=False, highlight=False, soft_wrap=True)
        raise typer.BadParameter("no images in " + ", ".join(printable(str(p)) for p in paths))
    failed, pages, doubtful = 0, [], Counter[str]()
    rows = Table("file", "merchant", "date", "total", "its confidence", "review")
    with Progress(
        *Progress.get_default_columns()[:2], MofNCompleteColumn(), TimeRemainingColumn(),
        console=console, disable=not console.is_terminal, transient=True,
    ) as progress:  # fmt: skip
        task = progress.add_task("reading", total=len(images))
        answers = read_image_files(
            images, engine, timeout, jobs, explained=explain is not None, context=context
        )
        for line, page in agreeing(answers) if agree else answers:
            progress.advance(task)
            failed += line.error is not None
            doubtful.update(_doubts(line))
            pages.append(page)
            if json:
                sys.stdout.write(msgspec.json.encode(line).decode() + "\n")
                sys.stdout.flush()
            else:
                rows.add_row(*_row(line))
    if not json:
        Console().print(rows)
        fields = ", ".join(f"{name} {count}" for name, count in doubtful.most_common() if name)
        console.print(f"{doubtful['']} of {len(images)} need a person; in doubt: {fields or '–'}")
    if explain:
        explain.write_text(explaining.page(pages), encoding="utf-8")
        console.print(f"the explanation is in {explain}")
    if left_out:
        console.print(*left_out, sep="\n", markup=False, highlight=False, soft_wrap=True)
    if failed:
        console.print(f"{failed} of {len(images)} could not be read", style="red")
        raise typer.Exit(1)


def _doubts(line: OutputLine) -> tuple[str, ...]:
    """The fields that a person should check, after a "" that counts the receipt itself."""
    return ("", *doubts(line.confidence)) if line.needs_review and not line.error else ()


def _row(line: OutputLine) -> tuple[str, ...]:
    name = escape(Path(line.file).name)
    if line.error:
        return name, f"[red]{escape(line.error)}[/]", "", "", "", "yes"
    sure = line.confidence.get("total", 0.0)
    total = f"{line.total} {line.currency or ''}" if line.total is not None else ""
    return (
        name,
        escape(line.merchant or ""),
        line.date or "",
        total,
        f"{sure:.2f}",
        ", ".join(filter(None, _doubts(line))),
    )
