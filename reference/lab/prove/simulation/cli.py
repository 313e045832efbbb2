"""The commands behind `make soak`: as many seeds as asked, and one seed's story."""

import time
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import track

from lab.prove.simulation.bugs import BUGS
from lab.prove.simulation.run import Run, simulate
from lab.support.provenance import DataFile, provenance, save


class Soak(DataFile, frozen=True, kw_only=True):
    """What a soak saw; `faults` by kind, `violations` by seed."""

    first_seed: int
    seeds: int
    receipts: int
    steps: int
    virtual_days: float
    seconds: float
    faults: dict[str, int]
    violations: dict[int, str]


def soak(
    seeds: Annotated[int, typer.Option(min=1, help="How many seeds to run.")] = 2_000,
    first: Annotated[int, typer.Option(min=0, help="The first seed.")] = 0,
    out: Annotated[Path | None, typer.Option(help="Write what was seen here, as JSON.")] = None,
) -> None:
    """Run many seeds; exit code 1 where a promise was broken, with the seeds that show it."""
    console = Console()
    started = time.monotonic()
    runs: list[Run] = []
    for seed in track(range(first, first + seeds), "seeds", console=console):
        run = simulate(seed)
        runs.append(run)
        if run.violated:
            console.print(f"[red]seed {seed}[/]: {run.violated}", highlight=False)
    seen = _summed(runs, time.monotonic() - started)
    if out:
        save("soak", seen, out)
    console.print(
        f"{seen.seeds:,} seeds, {seen.receipts:,} receipts, {sum(seen.faults.values()):,} faults, "
        f"{seen.virtual_days:,.0f} virtual days in {seen.seconds:,.0f} s: "
        f"{len(seen.violations)} broken promises",
        highlight=False,
    )
    raise typer.Exit(1 if seen.violations else 0)


def replay(
    seed: int,
    bug: Annotated[str, typer.Option(help="Plant the deliberate bug of this name.")] = "",
) -> None:
    """Run one seed again and tell its story: each fault, and the promise that was broken."""
    console = Console()
    planted = {one.name: one for one in BUGS}
    if bug and bug not in planted:
        raise typer.BadParameter(f"no bug is called {bug!r}; there are: {', '.join(planted)}")
    run = simulate(seed, planted[bug]) if bug else simulate(seed)
    for happened in run.story:
        console.print(f"{happened.at:9.3f} s  {happened.call}: {happened.fault}", highlight=False)
    console.print(
        f"{run.receipts} receipts, {run.steps:,} steps, {run.virtual_s:,.0f} virtual seconds: "
        f"{run.violated or 'every promise was kept'}",
        highlight=False,
    )
    raise typer.Exit(1 if run.violated else 0)


def _summed(runs: list[Run], seconds: float) -> Soak:
    return Soak(
        provenance=provenance("receipts", "lab.prove.simulation"),
        first_seed=runs[0].seed,
        seeds=len(runs),
        receipts=sum(run.receipts for run in runs),
        steps=sum(run.steps for run in runs),
        virtual_days=round(sum(run.virtual_s for run in runs) / 86_400, 1),
        seconds=round(seconds, 1),
        faults=dict(sorted(Counter(h.fault.value for run in runs for h in run.story).items())),
        violations={run.seed: run.violated for run in runs if run.violated},
    )
