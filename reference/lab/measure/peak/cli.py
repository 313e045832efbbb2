"""The command behind `make peak`."""

import contextlib
import os
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer
from rich.console import Console
from rich.progress import track

from lab.measure.peak.aims import aims, count_aims
from lab.measure.peak.analysis import Condition, analyse, recompute, stored
from lab.measure.peak.design import (
    CONNECTING_ROUTES,
    PEAK_ROUTES,
    POOLER,
    RATES,
    TOO_HIGH,
    Route,
    curve,
)
from lab.measure.peak.figure import draw
from lab.measure.peak.knee import Knee, find_knee
from lab.measure.peak.measure import Bench, BlockResult, Ceilings, Spectator, bench, positions
from lab.measure.peak.pgbouncer import installed, version
from lab.measure.peak.replay_corpus import CACHE, replay_results
from lab.measure.peak.report import aims_table, tables
from lab.measure.peak.watch import Watch, watched
from lab.support.paths import BUILD, DATA
from lab.support.provenance import provenance, save
from receipts.agent.config import SHARE

KNEE_ROUNDS = 36
"""With twelve rounds the noise made the interval span everything; `--long` doubles this."""
SEED = 2027


def peak(
    rounds: Annotated[
        int | None, typer.Option(min=2, help="Rounds; by default as many as play the curve once.")
    ] = None,
    long: Annotated[  # noqa: FBT002  typer's way to say a flag
        bool, typer.Option("--long", help="Twice the curve, about 70 minutes: for the p99.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option(help="Where the numbers go, if not to docs/data/peak.json.")
    ] = None,
    figures: Annotated[
        Path | None, typer.Option(help="The folder for the figure, if not docs/data.")
    ] = None,
    recompute_only: Annotated[  # noqa: FBT002
        bool,
        typer.Option(
            "--recompute", help="Run nothing: compute the figures again from the stored samples."
        ),
    ] = False,
    ceiling: Annotated[
        float | None,
        typer.Option(
            min=1, help="Rows a second, in place of the knee's; then only counts are judged."
        ),
    ] = None,
    watch: Annotated[  # noqa: FBT002
        bool,
        typer.Option("--watch", help="Print a page's address; the figures then go to build/."),
    ] = False,
) -> None:
    """See the client's database break without the buffer, and hold with it. About 30 minutes.

    Needs a machine that does nothing else. Exit code 0: every aim was reached.
    """
    console = _console()
    folder = BUILD / "watched-peak" if watch else DATA
    out, figures = out or folder / "peak.json", figures or folder
    if recompute_only:
        raise typer.Exit(0 if _recompute_stored(out, figures, console) else 1)
    arrivals = curve()
    often = 2 if long else 1
    count = rounds or arrivals.rounds * often
    replay_results(console)
    started, load_before = time.monotonic(), os.getloadavg()[0]
    with _watch(watch, console) as (spectator, part):
        with bench("pool", CACHE, spectator=spectator) as measured:
            if ceiling is None:
                part("Finding the rate that the app begins to feel", 0)
                knee = find_knee(measured, min(count, KNEE_ROUNDS * often), SEED, console)
                console.print(_knee_line(knee), highlight=False)
                ceilings = knee.ceilings()
            else:
                knee, ceilings = None, Ceilings(well_set=ceiling, too_high=TOO_HIGH * ceiling)
            part("The app has a pool", count)
            found = _run(measured, PEAK_ROUTES, positions(arrivals, count), ceilings, console)
        console.print(*tables("the app has a pool", found))
        with bench("connect", CACHE, spectator=spectator) as measured:
            few = max(2, count // 3)
            where = positions(arrivals, few)
            part("The app connects for each call", few)
            connecting = _run(measured, CONNECTING_ROUTES, where, ceilings, console)
        console.print(*tables("the app connects for each call", connecting))
    facts = _facts(knee, time.monotonic() - started, load_before)
    good = _conclude(facts, found, connecting, out, figures, console)
    raise typer.Exit(0 if good else 1)


@contextlib.contextmanager
def _watch(
    asked: bool,  # noqa: FBT001
    console: Console,
) -> Iterator[tuple[Spectator | None, Callable[[str, int], None]]]:
    """Where it is asked for: who is told of blocks, and of the run's parts with their rounds."""
    if not asked:
        yield None, lambda _part, _rounds: None
        return
    watch = Watch()
    with watched(watch) as address:
        console.print(f"watch it: {address}", highlight=False, soft_wrap=True)
        yield watch, watch.begin


def _console() -> Console:
    console = Console()
    if not console.is_terminal:
        console.width = 120  # a log has no edge
    return console


def _run(
    measured: Bench,
    routes: Sequence[Route],
    where: Sequence[float],
    ceilings: Ceilings,
    console: Console,
) -> dict[Route, Condition]:
    blocks: list[BlockResult] = []
    steps = measured.rounds(routes, where, ceilings, SEED)
    total = len(routes) * len(where)
    blocks += track(steps, f"{total} blocks", total=total, console=console)
    found = analyse(blocks, ceilings, measured.rows())
    return {route: found[route] for route in routes}


def _recompute_stored(out: Path, figures: Path, console: Console) -> bool:
    facts = msgspec.json.decode(out.read_bytes())
    connecting = recompute(stored(facts.pop("connecting_app")))
    found = recompute(stored(facts))
    for route in found:
        del facts[route.value]
    console.print(*tables("the app has a pool", found))
    console.print(*tables("the app connects for each call", connecting))
    return _conclude(facts, found, connecting, out, figures, console)


def _conclude(
    facts: dict[str, Any],
    found: dict[Route, Condition],
    connecting: dict[Route, Condition],
    out: Path,
    figures: Path,
    console: Console,
) -> bool:
    """Print and save the figures and aims, and draw; returns whether every aim was reached."""
    reached = aims(found) if facts["knee"] else count_aims(found)
    console.print(aims_table(reached))
    _write(out, {**facts, "aims": reached}, found, connecting)
    for path in draw(found, connecting, figures):
        console.print(f"drawn: {path}", highlight=False)
    return all(aim.reached for aim in reached.values())


def _knee_line(knee: Knee) -> str:
    ceilings = knee.ceilings()
    return (
        f"the knee, the app at work: {knee.rows_per_s:,.0f} rows/s "
        f"({knee.low:,.0f} to {knee.high:,.0f}), {knee.in_flight:.2f} in flight; set well: "
        f"{ceilings.well_set:,.0f} rows/s, share {ceilings.share:.2f}; too high: "
        f"{ceilings.too_high:,.0f} rows/s, share {SHARE}"
    )


def _facts(knee: Knee | None, seconds: float, load_before: float) -> dict[str, Any]:
    return {
        "provenance": provenance("receipts", "reading", "lab.measure.peak", "lab.run.expenses"),
        "load_before": load_before,
        "seconds": round(seconds),
        "shown": "the app has a pool; `connecting_app` is the same with a connection for each call",
        "pooler": _pooler(),
        "app_calls_per_s": RATES,
        "knee": knee,
    }


def _pooler() -> str:
    if program := installed():
        return f"{version(program)}, transaction mode, {POOLER} connections"
    return f"psycopg_pool of {POOLER} connections, in the readers' own process"


def _write(
    out: Path,
    facts: dict[str, Any],
    found: dict[Route, Condition],
    connecting: dict[Route, Condition],
) -> None:
    whole = {
        **facts,
        **{route.value: one for route, one in found.items()},
        "connecting_app": {route.value: one for route, one in connecting.items()},
    }
    save("peak", whole, out, indent=-1)
