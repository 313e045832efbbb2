"""The command behind `make package`."""

from typing import Annotated

import typer

from lab.ship.agent_wheel import build_agent
from lab.ship.lambda_package import LIMIT_BYTES, build, build_alternatives, measure
from lab.support.paths import ROOT
from lab.support.provenance import save


def package(
    *,
    alternatives: Annotated[
        bool, typer.Option("--alternatives", help="Also what the other designs deploy.")
    ] = False,
    measured: Annotated[
        bool, typer.Option("--measure", help="Measure it too, into docs/data/package.json.")
    ] = False,
) -> None:
    """Build what Lambda gets into build/functions, and the agent's wheel into build/agent.

    The functions' packages are those of Lambda's Python, in the pinned versions.

    Needs the package index. Sizes and import times are measured with --measure only: they want a
    machine that does nothing else.
    """
    built = build()
    typer.echo(
        f"build/functions: {built.unzipped_bytes / 1e6:.0f} MB of {LIMIT_BYTES / 1e6:.0f} that "
        f"Lambda takes, {built.zipped_bytes / 1e6:.0f} MB zipped"
    )
    if measured:
        figures = measure(built)
        reader_s, _ = figures.import_s["read"]
        typer.echo(f"wrote {save('package', figures)}: the reader is imported in {reader_s:.2f} s")
    wheel = build_agent()
    typer.echo(f"build/agent/{wheel.name}: the agent, {wheel.stat().st_size / 1e3:.0f} kB")
    if alternatives:
        where = build_alternatives().relative_to(ROOT)
        typer.echo(f"{where}: the same, and the other designs' functions")
