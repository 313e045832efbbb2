"""The command `drills`: runs the drills, prints and records what each observed."""

import time
from collections.abc import Callable, Sequence
from inspect import isfunction
from pathlib import Path
from typing import Annotated

import typer
from msgspec import Struct
from rich.console import Console

from lab.prove.drills import (
    agent_drills,
    database_drills,
    ingest_drills,
    key_drills,
    server_drills,
    silence_drills,
)
from lab.prove.drills.environment import DrillEnvironment, DrillError, drill_environment
from lab.support.provenance import DataFile, provenance, save

Drill = Callable[[DrillEnvironment], str]
"""Injects the fault in its docstring; answers what was observed. Raises `DrillError`."""

MODULES = (
    agent_drills,
    database_drills,
    server_drills,
    silence_drills,
    ingest_drills,
    key_drills,
)
DRILLS: Sequence[Drill] = tuple(
    it
    for module in MODULES
    for name, it in vars(module).items()
    if isfunction(it) and it.__module__ == module.__name__ and not name.startswith("_")
)
"""Every public function of these modules, in the order in which they are written."""


class Outcome(Struct, frozen=True, kw_only=True):
    """One drill: its fault, what was observed, and how long it took, recovery included."""

    name: str
    fault: str
    seen: str
    passed: bool
    seconds: float


class Report(DataFile, frozen=True, kw_only=True):
    """All drills of a run."""

    outcomes: Sequence[Outcome]


def run_drill(drill: Drill, env: DrillEnvironment) -> Outcome:
    """Run a drill; whatever happens, restore the environment for the next one."""
    started = time.monotonic()
    try:
        seen, passed = drill(env), True
    except Exception as error:  # noqa: BLE001  any error is a failed drill, and others follow
        seen, passed = _describe(error), False
    try:
        env.restore()
    except Exception as error:  # noqa: BLE001  the same
        seen, passed = f"{seen}; afterwards {_describe(error)}", False
    return Outcome(
        name=drill.__name__.replace("_", " "),
        fault=(drill.__doc__ or "").strip(),
        seen=seen,
        passed=passed,
        seconds=round(time.monotonic() - started, 1),
    )


def _describe(error: Exception) -> str:
    return str(error) if isinstance(error, DrillError) else f"{type(error).__name__}: {error}"


def drills(
    only: Annotated[
        str, typer.Option(help="Run only the drills whose name contains this text.")
    ] = "",
    out: Annotated[
        Path | None,
        typer.Option(help="Write the outcomes to this file instead of the site's data."),
    ] = None,
) -> None:
    """Inject fault after fault into the real parts; no row may be lost or doubled.

    Exit code 0 where every drill passed.
    """
    console = Console()
    chosen = [one for one in DRILLS if only.lower() in one.__name__.replace("_", " ")]
    if not chosen:
        names = ", ".join(one.__name__.replace("_", " ") for one in DRILLS)
        raise typer.BadParameter(f"no drill has {only!r} in its name; there are: {names}")
    outcomes = []
    with drill_environment() as env:
        for one in chosen:
            outcome = run_drill(one, env)
            outcomes.append(outcome)
            console.print(
                f"{'[green]passed[/]' if outcome.passed else '[red]FAILED[/]'} {outcome.name}"
                f" ({outcome.seconds:.0f} s)\n       {outcome.fault}",
                highlight=False,
            )
            console.print(f"       seen: {outcome.seen}", highlight=False, markup=False)
    failed = [outcome for outcome in outcomes if not outcome.passed]
    console.print(f"{len(outcomes) - len(failed)} of {len(outcomes)} drills passed")
    if out or not only:
        made = provenance("receipts", "reading", "lab.prove.drills")
        save("drills", Report(provenance=made, outcomes=outcomes), out)
    raise typer.Exit(1 if failed else 0)
