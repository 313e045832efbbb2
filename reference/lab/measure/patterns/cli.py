"""The command `receipts-lab patterns`."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from lab.measure.patterns.antipatterns import Antipatterns, measure_antipatterns
from lab.measure.patterns.catalogue import PATTERNS, Pattern
from lab.measure.patterns.deployment import upload
from lab.measure.patterns.figure import draw
from lab.measure.patterns.results import PatternFigures, PatternRow, pattern_row
from lab.measure.patterns.run import run_pattern
from lab.measure.patterns.workload import SEED, make_workload
from lab.run.local.deployment import Choices
from lab.run.local.system import LocalSystem, local_system
from lab.run.photos import receipt_set
from lab.support.paths import DATA
from lab.support.provenance import provenance, save
from receipts.messages import Source

CONCURRENCY = 3
"""Readers at once: one more than a laptop's two cores, so that no core waits."""
ROWS_PER_SECOND = 1_000.0
"""High enough that the agent's ceiling limits nothing."""


def patterns(
    only: Annotated[
        str, typer.Option(metavar="NAME", help=f"One of {', '.join(PATTERNS)}; writes nothing.")
    ] = "",
    receipts: Annotated[
        int, typer.Option(min=4, max=1_000, help="Receipts for each pattern.")
    ] = 40,
    out: Annotated[Path | None, typer.Option(help="Where to write the figures instead.")] = None,
) -> None:
    """Send the same receipts through SQS, SNS, EventBridge, Kinesis and SNS with SQS.

    They arrive out of order, some twice; some are slow. Behind a queue some fail once and one can
    never be read; the other services get no failing receipts, because the emulator retries nothing
    for them. Every other receipt must be stored exactly once. Takes about five minutes on two cores
    with 40 receipts. Writes docs/data/patterns.json and its figure.
    """
    if only and only not in PATTERNS:
        raise typer.BadParameter(f"no pattern is called {only!r}; there are {', '.join(PATTERNS)}")
    chosen = [PATTERNS[only]] if only else list(PATTERNS.values())
    console, workload = Console(), make_workload(receipts, has_queue=True)
    with console.status("rendering receipts, once"):
        images = receipt_set(receipts, SEED).images
    started = time.monotonic()
    with local_system(Choices(concurrency=CONCURRENCY, ocr_engine="tesseract")) as system:
        sources = upload(system, images)
        rows = _run(system, chosen, sources, console)
        antipatterns = None if only else _measure_antipatterns(system, console)
    figures = PatternFigures(
        provenance=provenance("receipts", "reading", "lab.alternatives", "lab.measure.patterns"),
        seconds=round(time.monotonic() - started, 1),
        receipts=workload.receipts,
        duplicates=workload.duplicates,
        slow=len(workload.faults.slow),
        slow_s=workload.faults.slow_s,
        failing=len(workload.faults.failing),
        poison=len(workload.faults.poison),
        concurrency=CONCURRENCY,
        rows=tuple(rows),
        wrong=antipatterns,
    )
    if out or not only:
        console.print(f"wrote {save('patterns', figures, out)}")
    if not out and not only:
        for path in draw(figures, DATA):
            console.print(f"wrote {path}")


def _run(
    system: LocalSystem,
    chosen: Sequence[Pattern],
    sources: Sequence[Source],
    console: Console,
) -> list[PatternRow]:
    rows = []
    with system.agent(ROWS_PER_SECOND) as agent:
        for number, pattern in enumerate(chosen, 1):
            what = f"{number} of {len(chosen)}: {pattern.title}"
            workload = make_workload(len(sources), has_queue=pattern.has_queue)
            with console.status(what) as line:
                measurement = run_pattern(
                    system,
                    pattern,
                    workload,
                    sources,
                    concurrency=CONCURRENCY,
                    progress=_show_progress(what, line.update),
                    agent=agent,
                )
            rows.append(pattern_row(pattern, measurement))
            console.print(
                f"[green]{pattern.title}[/]: {measurement.stored} of {len(workload.good)} good "
                f"receipts stored once, {measurement.delivered} deliveries, "
                f"{measurement.dead_letters} dead letters, {measurement.seconds:.0f} s",
                highlight=False,
            )
    return rows


def _show_progress(what: str, update: Callable[[str], None]) -> Callable[[int, int], None]:
    return lambda stored, good: update(f"{what}: {stored} of {good} stored")


def _measure_antipatterns(system: LocalSystem, console: Console) -> Antipatterns:
    with console.status("a FIFO queue with one group and a poison message"):
        found = measure_antipatterns(system)
    fifo, standard = found.fifo, found.standard
    console.print(
        f"good messages read while the poison message was retried: FIFO, one group, "
        f"{fifo.good_meanwhile} of {fifo.good}; standard, "
        f"{standard.good_meanwhile} of {standard.good}",
        highlight=False,
    )
    return found
