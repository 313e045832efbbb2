"""The command `receipts-lab`: what proves and teaches; the make targets call it."""

import os
import signal
import sys
from typing import Annotated

import typer
from rich.console import Console

from lab.agent_wheel import build_agent
from lab.bench.batch import run_bench
from lab.chunking.cli import app as chunking
from lab.demo.choices import DemoChoiceError, from_environment
from lab.demo.run import run_demo
from lab.demo.watch import StalledError
from lab.drills.run import app as drills
from lab.handouts.command import handouts
from lab.held.command import app as held
from lab.held.runs import HeldError
from lab.local.deployment import DeploymentError
from lab.local.emulator import EmulatorError
from lab.package import PackageError, build, build_patterns
from lab.patterns.command import patterns as patterns_command
from lab.patterns.producers import NotTakenError
from lab.patterns.promised import PromiseError
from lab.patterns.run import PatternError
from lab.peak.cli import app as peak
from lab.peak.knee import UnresolvedError
from lab.planning import commands as planning
from lab.pooler.cli import app as pooler
from lab.postgres import PostgresError
from lab.provenance import save
from lab.reading.command import bench_reading, fit_reading
from lab.rendering import render_receipts
from lab.simulation.soak import app as simulation
from lab.support.paths import ROOT
from receipts.adapters.engines import ENGINES
from receipts.client.parcel import ParcelError
from receipts.client.service import ServiceError

EXPECTED = (
    DemoChoiceError,
    DeploymentError,
    EmulatorError,
    HeldError,
    NotTakenError,
    PackageError,
    ParcelError,
    PatternError,
    PostgresError,
    PromiseError,
    ServiceError,
    StalledError,
    UnresolvedError,
)

app = typer.Typer(no_args_is_help=True, add_completion=False, help=__doc__)
app.command(name="render")(render_receipts)
app.add_typer(planning.app, name="plan")
app.add_typer(held)
app.add_typer(peak)
app.add_typer(pooler)
app.add_typer(chunking)
app.add_typer(drills)
app.command()(bench_reading)
app.command()(fit_reading)
app.command(name="patterns")(patterns_command)
app.command()(handouts)
app.add_typer(simulation)  # soak, and one seed's story


@app.command()
def bench(
    receipts: Annotated[int, typer.Option(min=1, help="Receipts in the batch.")] = 300,
    warm: Annotated[int, typer.Option(min=1, help="Warm runs; their median counts.")] = 3,
    engine: Annotated[str, typer.Option(help="OCR engine.")] = ENGINES[0],
) -> None:
    """Measure a batch from POST to the last commit, the splitter, and the plain loop.

    Takes about twenty minutes on two cores and wants a machine that does nothing else.
    Writes docs/data/batch.json.
    """
    figures = run_bench(receipts, warm, engine, Console())
    typer.echo(f"wrote {save('batch', figures)}")
    typer.echo(
        f"wall over ideal: warm {figures.wall_over_ideal:.3f}, cold "
        f"{figures.cold_wall_over_ideal:.3f}; over all of reading: "
        f"{figures.wall_over_reading:.3f}; plain loop {figures.plain_loop_wall_s:.1f} s, "
        f"batch {figures.wall_s:.1f} s; the splitter read "
        f"{figures.splitter_share_of_archive:.2%} of the archive"
    )


@app.command()
def package(
    *,
    patterns: Annotated[
        bool, typer.Option("--patterns", help="Also what the pattern catalogue deploys.")
    ] = False,
) -> None:
    """Build what Lambda gets into build/functions, and the agent's wheel into build/agent.

    The functions' packages are those of Lambda's Python, in the pinned versions.

    Needs the package index. Writes its sizes and import times to docs/data/package.json.
    """
    figures = build()
    save("package", figures)
    reader_s, _ = figures.import_s["read"]
    typer.echo(
        f"build/functions: {figures.unzipped_bytes / 1e6:.0f} MB of {figures.limit_bytes / 1e6:.0f}"
        f" that Lambda takes, {figures.zipped_bytes / 1e6:.0f} MB zipped; the reader is imported in"
        f" {reader_s:.2f} s here"
    )
    wheel = build_agent()
    typer.echo(f"build/agent/{wheel.name}: the agent, {wheel.stat().st_size / 1e3:.0f} kB")
    if patterns:
        typer.echo(f"{build_patterns().relative_to(ROOT)}: the same, and the patterns' entrypoints")


@app.command()
def demo() -> None:
    """Send one request with 300 receipts through everything, and hold the ledger to the counts.

    Variables: RECEIPTS=folder or ZIP (else receipts are rendered), COUNT=how many,
    RATE=rows a second that the client allows, CONCURRENCY=readers at once, ENGINE=OCR engine,
    KEEP=1 to leave it running until Ctrl-C.
    """
    good = run_demo(from_environment(os.environ), Console())
    raise typer.Exit(0 if good else 1)


def main() -> None:
    """Run; an expected error is one line and exit code 1, Ctrl-C is 130, a wrong option is 2."""
    # Whoever ends us politely gets the same clean stop as Ctrl-C: no process, no folder left.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        app()  # ends with the exit code: a demo that doesn't balance is no success
    except EXPECTED as error:
        Console(stderr=True).print(f"[red]error:[/] {error}", highlight=False)
        sys.exit(1)
