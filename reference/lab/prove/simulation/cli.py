"""The commands `soak` (many seeds of the simulation) and `replay` (one seed, fault by fault).

The soak has a second part: damaged files, one a seed, at the border where files are opened.
"""

import time
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer
from msgspec import field
from rich.console import Console
from rich.progress import track

from lab.prove.files.border import Outcome, count_results, judge_seeds
from lab.prove.simulation.bugs import ASSUMPTIONS, BUGS
from lab.prove.simulation.run import Run, simulate
from lab.support.provenance import DataFile, provenance, save


class Soak(DataFile, frozen=True, kw_only=True):
    """The outcome of a soak; `faults` by kind, `violations` by seed.

    `files` counts the damaged files by what came of them.
    """

    first_seed: int
    seeds: int
    receipts: int
    steps: int
    virtual_days: float
    seconds: float
    faults: dict[str, int]
    violations: dict[int, str]
    files: dict[str, int] = field(default_factory=dict)


def soak(
    seeds: Annotated[int, typer.Option(min=1, help="How many seeds to run.")] = 2_000,
    first: Annotated[int, typer.Option(min=0, help="The first seed.")] = 0,
    files: Annotated[int, typer.Option(min=0, help="How many damaged files to open.")] = 50_000,
    out: Annotated[Path | None, typer.Option(help="Write the outcome to this JSON file.")] = None,
) -> None:
    """Simulate the whole path under faults, a run a seed; exit code 1 if a promise broke.

    Prints the seeds that break a promise: `replay` shows each fault of one. Then damaged images and
    PDFs are opened: each must give pages, or an error with words for its sender.
    """
    console = Console()
    started = time.monotonic()
    runs: list[Run] = []
    for seed in track(range(first, first + seeds), "seeds", console=console):
        run = simulate(seed)
        runs.append(run)
        if run.violated:
            console.print(f"[red]seed {seed}[/]: {run.violated}", highlight=False)
    seconds = time.monotonic() - started
    opened: list[Outcome] = []
    for one in track(judge_seeds(first, files), "damaged files", files, console=console):
        opened.append(one)
        if one.fault:
            console.print(f"[red]{one.name}[/]: {one.fault}", highlight=False)
    summary = _summarize(runs, opened, seconds)
    if out:
        save("soak", summary, out)
    console.print(
        f"{summary.seeds:,} seeds, {summary.receipts:,} receipts, "
        f"{sum(summary.faults.values()):,} faults, "
        f"{summary.virtual_days:,.0f} virtual days in {summary.seconds:,.0f} s: "
        f"{len(summary.violations)} broken promises",
        highlight=False,
    )
    results = ", ".join(f"{count:,} {result}" for result, count in summary.files.items())
    console.print(f"{files:,} damaged files: {results or 'none'}", highlight=False)
    raise typer.Exit(1 if summary.violations or "fault" in summary.files else 0)


def replay(
    seed: Annotated[int, typer.Argument(min=0)] = 0,
    bug: Annotated[str, typer.Option(help="Plant the deliberate bug with this name.")] = "",
    bugs: Annotated[bool, typer.Option("--bugs", help="Only list the bugs.")] = False,  # noqa: FBT002
) -> None:
    """Run one seed again: prints each fault, and the promise that was broken."""
    console = Console()
    by_name = {one.name: one for one in BUGS + ASSUMPTIONS}
    if bugs:
        for one in by_name.values():
            line = f"{one.name}  [dim]breaks: {one.breaks}[/]"
            console.print(line, highlight=False, soft_wrap=True)
        return
    if bug and bug not in by_name:
        raise typer.BadParameter(f"no bug is called {bug!r}; --bugs lists them")
    run = simulate(seed, by_name[bug]) if bug else simulate(seed)
    for fault in run.faults:
        console.print(f"{fault.at_s:9.3f} s  {fault.call}: {fault.fault}", highlight=False)
    console.print(
        f"{run.receipts} receipts, {run.steps:,} steps, {run.virtual_s:,.0f} virtual seconds: "
        f"{run.violated or 'every promise was kept'}",
        highlight=False,
    )
    raise typer.Exit(1 if run.violated else 0)


def _summarize(runs: list[Run], opened: list[Outcome], seconds: float) -> Soak:
    return Soak(
        provenance=provenance("receipts", "lab.prove.simulation"),
        first_seed=runs[0].seed,
        seeds=len(runs),
        receipts=sum(run.receipts for run in runs),
        steps=sum(run.steps for run in runs),
        virtual_days=round(sum(run.virtual_s for run in runs) / 86_400, 1),
        seconds=round(seconds, 1),
        faults=dict(sorted(Counter(one.fault.value for run in runs for one in run.faults).items())),
        violations={run.seed: run.violated for run in runs if run.violated},
        files=count_results(opened),
    )
