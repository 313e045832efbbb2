"""The command behind `make package`."""

from typing import Annotated, Literal

import typer

from lab.ship.lambda_package import (
    LIMIT_BYTES,
    build,
    build_alternatives,
    measure,
)
from lab.ship.pythons import LAMBDA_PYTHON
from lab.ship.wheelhouse import MACHINE, PYTHON, build_wheelhouse
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
    architecture: Annotated[
        Literal["x86_64", "arm64"],
        typer.Option(help="The processor, as the template's parameter Architecture."),
    ] = "x86_64",
) -> None:
    """Build the functions' package in build/functions, and the agent's wheels in build/agent.

    The package has the pinned versions, for Lambda's Python; building it needs the package index.
    Use --measure on an otherwise idle machine only.
    """
    built = build(architecture=architecture)
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
    wheelhouse(PYTHON, MACHINE)
    if alternatives:
        where = build_alternatives().relative_to(ROOT)
        typer.echo(f"{where}: the same, with the alternative designs' functions")


def wheelhouse(
    python: Annotated[str, typer.Option(help="The client's Python.")] = PYTHON,
    machine: Annotated[str, typer.Option(help="As `uname -m` says there.")] = MACHINE,
) -> None:
    """Build in build/agent what installs the agent without a network.

    Wheels in the pinned versions, and their digests; building it needs the package index.
    """
    listed = build_wheelhouse(python=python, machine=machine)
    wheels = list(listed.parent.glob("*.whl"))
    size = sum(wheel.stat().st_size for wheel in wheels)
    typer.echo(
        f"build/agent: the agent for Python {python} on {machine}, {len(wheels)} wheels, "
        f"{size / 1e6:.0f} MB"
    )
