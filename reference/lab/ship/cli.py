"""The command behind `make package`."""

from typing import Annotated

import typer

from lab.ship.agent_wheel import build_agent
from lab.ship.lambda_package import (
    LAMBDA_PYTHON,
    LIMIT_BYTES,
    build,
    build_alternatives,
    measure,
)
from lab.support.paths import ROOT
from lab.support.provenance import save


def package(
    *,
    alternatives: Annotated[
        bool, typer.Option("--alternatives", help="Also build the alternative designs' functions.")
    ] = False,
    measured: Annotated[
        bool,
        typer.Option(
            "--measure", help="Also measure sizes and import times, into docs/data/package.json."
        ),
    ] = False,
) -> None:
    """Build the functions' package in build/functions, and the agent's wheel in build/agent.

    The package has the pinned versions, for Lambda's Python; building it needs the package index.
    Use --measure on an otherwise idle machine only.
    """
    built = build()
    typer.echo(
        f"build/functions: {built.unzipped_bytes / 1e6:.0f} MB of {LIMIT_BYTES / 1e6:.0f} that "
        f"Lambda takes, {built.zipped_bytes / 1e6:.0f} MB zipped"
    )
    if not built.compiled:
        typer.echo(
            f"without compiled modules, for which this machine lacks Python {LAMBDA_PYTHON}: "
            "a new process imports three times as long"
        )
    if measured:
        figures = measure(built)
        reader_s, _ = figures.import_s["read"]
        typer.echo(f"wrote {save('package', figures)}: the reader is imported in {reader_s:.2f} s")
    wheel = build_agent()
    typer.echo(f"build/agent/{wheel.name}: the agent, {wheel.stat().st_size / 1e3:.0f} kB")
    if alternatives:
        where = build_alternatives().relative_to(ROOT)
        typer.echo(f"{where}: the same, with the alternative designs' functions")
