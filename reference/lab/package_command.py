"""The command behind `make package`."""

from typing import Annotated

import typer

from lab.agent_wheel import build_agent
from lab.package import build, build_patterns
from lab.support.paths import ROOT
from lab.support.provenance import save


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
