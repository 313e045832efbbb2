"""The command `render`: a folder of rendered receipts with their ground truth."""

import shutil
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
)

from lab.run.photos.sets import TRUTH_FILE, receipt_set


def render_receipts(
    folder: Annotated[Path, typer.Argument(help="A new folder for the images and truth.jsonl.")],
    count: Annotated[int, typer.Option(min=1, help="How many receipts.")] = 300,
    seed: Annotated[int, typer.Option(min=0, help="Which set; a seed always gives the same.")] = 0,
) -> None:
    """Render receipts into FOLDER, as bad photos, with what is printed on them in truth.jsonl."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise typer.BadParameter(
            f"{folder} is not an empty folder; name a new one, nothing is overwritten",
            param_hint="FOLDER",
        )
    console = Console(stderr=True)
    columns = (
        TextColumn("rendering"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("receipts, left"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        line = bar.add_task("rendering", total=count)
        receipts = receipt_set(
            count, seed, progress=lambda done, _count: bar.update(line, completed=done)
        )
    folder.mkdir(parents=True, exist_ok=True)
    for path in (*receipts.images, receipts.folder / TRUTH_FILE):
        shutil.copyfile(path, folder / path.name)
    megabytes = sum(example.size for example in receipts.examples) / 1e6
    layouts = Counter(example.layout for example in receipts.examples)
    mix = ", ".join(f"{number} {layout}" for layout, number in layouts.most_common())
    console.print(f"{count} receipts ({megabytes:.1f} MB) in {folder}: {mix}")
    console.print(f"ground truth: {folder / TRUTH_FILE}")
