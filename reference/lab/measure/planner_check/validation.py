"""The whole measurement: warm up, calibrate, predict, and only then run the predicted settings."""

import datetime as dt
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from msgspec import json
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from lab.measure.planner_check.grid import CALIBRATION, READ_SECONDS, WARM_UP
from lab.measure.planner_check.run_figures import Samples, machine, outcome, samples
from lab.measure.planner_check.runs import ValidationRun, local_runs
from lab.plan.emulator import (
    Comparison,
    Machine,
    Outcome,
    Predictions,
    Setting,
    compare,
    write_predictions,
)
from lab.support.provenance import DataFile, provenance

AIM = 0.05
"""The median error that the planner should not exceed."""

OVERHEAD_S = 4.0
"""Of each run, roughly: the agent starts and stops, the archive is sent."""


class PlannerFigures(DataFile, frozen=True, kw_only=True):
    """What `docs/data/planner.json` holds. Errors are shares, times seconds."""

    label: str
    median_error: float
    worst_error: float
    aim: float
    predicted_at: dt.datetime
    first_run_at: dt.datetime
    """Later than `predicted_at`: no setting had run when it was predicted."""
    seconds: float
    calibrated_on: str
    machine: Machine
    settings: dict[str, dict[str, float]]
    samples: dict[str, Samples]


class System(Protocol):
    """Runs a setting; see `runs.LocalRuns`."""

    def run(self, setting: Setting, progress: Callable[[int], None]) -> ValidationRun:
        """Run it; calls `progress` with the number of rows stored."""
        ...


Start = Callable[[float, int], AbstractContextManager[System]]
"""Starts the system; takes the mean reading time in seconds and the most readers at once."""


def validate(
    others: Sequence[Setting], folder: Path, console: Console, start: Start = local_runs
) -> PlannerFigures:
    """Run everything; writes the predictions into `folder` first, then each run as it ends.

    Raises `PlannerValidationError`, and FileExistsError where `folder` has predictions already.
    """
    folder.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    most = max(one.concurrency for one in (WARM_UP, CALIBRATION, *others))
    with _bar(console) as bar, start(READ_SECONDS, most) as system:
        tracked = _TrackedRuns(system, bar, [WARM_UP, CALIBRATION, *others], folder)
        tracked.run(WARM_UP)
        calibration = tracked.run(CALIBRATION)
        known = machine(calibration, READ_SECONDS)
        predictions = write_predictions(folder / "predictions.json", known, CALIBRATION, others)
        predicted_at = _now()
        console.print(f"{len(others)} predictions written to {folder / 'predictions.json'}")
        first_run_at = _now()
        measured = {}
        for one, predicted in predictions.predictions:
            measured[one.name] = tracked.run(one)
            console.print(_line(one, predicted, outcome(measured[one.name])), highlight=False)
    compared = compare(predictions, {name: outcome(run) for name, run in measured.items()})
    return _figures(
        compared,
        predictions,
        {CALIBRATION.name: calibration, **measured},
        (predicted_at, first_run_at),
        time.monotonic() - started,
    )


def _figures(
    compared: Comparison,
    predictions: Predictions,
    measured: Mapping[str, ValidationRun],
    at: tuple[dt.datetime, dt.datetime],
    seconds: float,
) -> PlannerFigures:
    return PlannerFigures(
        provenance=provenance("receipts", "reading", "lab.plan", "lab.measure.planner_check"),
        label=compared.label,
        median_error=compared.median_error,
        worst_error=compared.worst_error,
        aim=AIM,
        predicted_at=at[0],
        first_run_at=at[1],
        seconds=seconds,
        calibrated_on=predictions.calibrated_on.name,
        machine=predictions.machine,
        settings=compared.settings,
        samples={name: samples(run) for name, run in measured.items()},
    )


class _TrackedRuns:
    """Runs settings: moves a progress bar, and writes each run to disk as it ends."""

    def __init__(
        self, system: System, bar: Progress, settings: Sequence[Setting], folder: Path
    ) -> None:
        self._system = system
        self._bar = bar
        self._folder = folder
        self._line = bar.add_task("starting", total=sum(map(_estimated_s, settings)))
        self._done = 0.0

    def run(self, setting: Setting) -> ValidationRun:
        """Run it, and write its measurements."""

        def stored(receipts: int) -> None:
            share = receipts / setting.receipts
            self._bar.update(self._line, completed=self._done + share * _estimated_s(setting))

        self._bar.update(self._line, description=setting.name)
        run = self._system.run(setting, stored)
        self._done += _estimated_s(setting)
        path = self._folder / f"{setting.name.replace('/', ' a ')}.json"
        path.write_bytes(json.encode(run))
        return run


def _estimated_s(setting: Setting) -> float:
    """Roughly how long a run takes, for the progress bar."""
    reading = setting.receipts * READ_SECONDS / setting.concurrency
    pace = setting.receipts / setting.rate
    return max(reading, pace) + setting.write_batch / setting.rate + OVERHEAD_S


def _bar(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description:<24}"),
        BarColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
    )


def _line(setting: Setting, predicted: Outcome, measured: Outcome) -> str:
    """A run's figures, predicted and measured."""
    return (
        f"{setting.name:<22} predicted / measured: stored after {predicted.completion:.1f} / "
        f"{measured.completion:.1f} s, drain {predicted.drain:.1f} / {measured.drain:.1f} s, depth "
        f"{predicted.peak_depth:g} / {measured.peak_depth:g}, age {predicted.mean_age:.2f} / "
        f"{measured.mean_age:.2f} s"
    )


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
