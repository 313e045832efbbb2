"""The command behind `make drills`: runs them, says what was seen, writes it down."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import typer
from msgspec import Struct
from rich.console import Console

from lab.prove.drills.agent_drills import AGENT_DRILLS
from lab.prove.drills.ground import DrillError, Ground, ground
from lab.prove.drills.path_drills import PATH_DRILLS
from lab.support.provenance import DataFile, provenance, save

DRILLS: Sequence[Callable[[Ground], str]] = (*AGENT_DRILLS, *PATH_DRILLS)


class Outcome(Struct, frozen=True, kw_only=True):
    """One drill: its fault, what was seen of it, and how long it took, recovery included."""

    name: str
    fault: str
    seen: str
    passed: bool
    seconds: float


class Report(DataFile, frozen=True, kw_only=True):
    """All drills of a run."""

    outcomes: Sequence[Outcome]


def drill(one: Callable[[Ground], str], where: Ground) -> Outcome:
    """Run one; whatever happens, everything is whole again for the next."""
    started = time.monotonic()
    try:
        seen, passed = one(where), True
    except Exception as error:  # noqa: BLE001  whatever ends it, it has failed, and others follow
        seen, passed = _told(error), False
    try:
        where.restore()
    except Exception as error:  # noqa: BLE001  the same
        seen, passed = f"{seen}; afterwards {_told(error)}", False
    return Outcome(
        name=one.__name__.replace("_", " "),
        fault=(one.__doc__ or "").strip(),
        seen=seen,
        passed=passed,
        seconds=round(time.monotonic() - started, 1),
    )


def _told(error: Exception) -> str:
    return str(error) if isinstance(error, DrillError) else f"{type(error).__name__}: {error}"


def drills(
    only: Annotated[str, typer.Option(help="Only those whose name has this text.")] = "",
    out: Annotated[Path | None, typer.Option(help="Where the outcomes go.")] = None,
) -> None:
    """Break one real part after another; nothing may be lost or doubled. About five minutes.

    Exit code 0 where every drill passed.
    """
    console = Console()
    chosen = [one for one in DRILLS if only.lower() in one.__name__.replace("_", " ")]
    if not chosen:
        names = ", ".join(one.__name__.replace("_", " ") for one in DRILLS)
        raise typer.BadParameter(f"no drill has {only!r} in its name; there are: {names}")
    outcomes = []
    with ground() as where:
        for one in chosen:
            outcome = drill(one, where)
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
        made = provenance("receipts", "lab.prove.drills")
        save("drills", Report(provenance=made, outcomes=outcomes), out)
    raise typer.Exit(1 if failed else 0)
