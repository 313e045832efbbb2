"""Predictions for the local system: what the model is held to.

The emulator honours MaximumConcurrency at once, without AWS's ramp, and the readers share the
laptop's cores. One setting calibrates the machine; `write_predictions` puts the others on disk
before they run; `compare` says how far off they were. Labelled as the local emulator: no AWS here.
"""

import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import msgspec
from msgspec.structs import replace

from lab.planning.parameters import ParameterError
from lab.planning.plan import plan
from lab.planning.settings import ReadShape, Settings

GAP: Final = 0.047
"""Seconds between two invocations of a slot [M 2026-11-23, local emulator]."""

SENDS: Final = 155.0
"""Messages a second through the emulator's queues [M 2026-11-23, local emulator]."""

FLOORS: Final = {"completion": 1.0, "drain": 1.0, "peak_depth": 5.0, "mean_age": 1.0}
"""An error is relative to what was measured, but to no less than this (s, receipts): half a second
is a good answer to a third of one."""


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """What a run of the local system is asked."""

    receipts: int
    concurrency: int
    """Readers at once (MaximumConcurrency)."""
    rate: float
    """Rows/s that the agent may write."""
    write_batch: int
    """Rows a transaction."""

    @property
    def name(self) -> str:
        """A key for tables: "300x3 at 20/s by 10"."""
        return f"{self.receipts}x{self.concurrency} at {self.rate:g}/s by {self.write_batch}"


class Machine(msgspec.Struct, frozen=True, kw_only=True):
    """What is true of this machine, whatever it is asked."""

    read_seconds: float
    """Of one receipt with a core to itself."""
    cores: int
    transaction_seconds: float
    """A transaction of the agent from receive to delete, besides its pace."""
    read_shape: ReadShape = "typical"
    gap_seconds: float = GAP
    sends_per_second: float = SENDS


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """A run's four figures, predicted or measured. Seconds from the first message sent."""

    completion: float
    """Until the last row is stored."""
    drain: float
    """From the last receipt read to the last row stored."""
    peak_depth: float
    """The write queue's greatest depth."""
    mean_age: float
    """Mean seconds that a result lay on the write queue before it was taken."""


class Predictions(msgspec.Struct, frozen=True, kw_only=True):
    """What `write_predictions` puts on disk."""

    label: str
    machine: Machine
    calibrated_on: Setting
    predictions: tuple[tuple[Setting, Outcome], ...]


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """How far off the predictions were; errors are shares of what was measured."""

    label: str
    median_error: float
    """Of the settings' errors."""
    worst_error: float
    settings: dict[str, dict[str, float]]
    """By setting's name: its error, and predicted and measured figures."""


LABEL: Final = "local emulator; nothing here has run on AWS"


def as_settings(setting: Setting, machine: Machine) -> Settings:
    """The model's settings for a run on this machine."""
    # Readers beyond the cores share them: each takes the longer.
    crowd = max(1.0, setting.concurrency / machine.cores)
    return Settings(
        receipts=setting.receipts,
        batch_receipts=min(10, setting.receipts),
        arrival="even",
        arrival_hours=max(0.0001, setting.receipts / machine.sends_per_second / 3600),
        read_seconds=machine.read_seconds * crowd + machine.gap_seconds,
        read_shape=machine.read_shape,
        # Direct invocation has no ramp; the "account" is then all the concurrency there is.
        poller_mode="asynchronous",
        account_concurrency=setting.concurrency,
        init_seconds=0.0,
        rate=setting.rate,
        write_batch=setting.write_batch,
        round_trip_ms=machine.transaction_seconds * 1000,
        row_ms=0.001,
    )


def predict(setting: Setting, machine: Machine) -> Outcome:
    """What the model says of a run, before it runs. Raises ParameterError for a bad setting."""
    answer = plan(as_settings(setting, machine))
    return Outcome(
        completion=answer.completion,
        drain=answer.drain,
        peak_depth=answer.peak_write_depth,
        mean_age=answer.mean_write_wait,
    )


def calibrate(setting: Setting, read_done: float, machine: Machine) -> Machine:
    """The machine whose reading takes `read_done` seconds at `setting`; the rest as given.

    Raises ParameterError where no reading time explains it.
    """
    low, high = 0.0, 600.0
    if read_done <= plan(as_settings(setting, replace(machine, read_seconds=low))).read_done:
        raise ParameterError(
            f"read_done must be over what sending and gaps alone take; got {read_done:g} s"
        )
    for _ in range(60):
        middle = (low + high) / 2
        tried = replace(machine, read_seconds=middle)
        over = plan(as_settings(setting, tried)).read_done > read_done
        low, high = (low, middle) if over else (middle, high)
    return replace(machine, read_seconds=(low + high) / 2)


def write_predictions(
    path: Path, machine: Machine, calibrated_on: Setting, settings: Sequence[Setting]
) -> Predictions:
    """Predict and write to `path`, before anything runs. Raises FileExistsError: it stays."""
    made = Predictions(
        label=LABEL,
        machine=machine,
        calibrated_on=calibrated_on,
        predictions=tuple((one, predict(one, machine)) for one in settings),
    )
    with path.open("xb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(made), indent=1) + b"\n")
    return made


def compare(predictions: Predictions, measured: Mapping[str, Outcome]) -> Comparison:
    """Errors by setting: the mean of its four figures. Raises KeyError for one not measured."""
    rows = {}
    for setting, predicted in predictions.predictions:
        found = measured[setting.name]
        errors = [
            abs(getattr(predicted, figure) - getattr(found, figure))
            / max(getattr(found, figure), floor)
            for figure, floor in FLOORS.items()
        ]
        rows[setting.name] = {"error": statistics.fmean(errors), "worst": max(errors)}
        for figure in FLOORS:
            rows[setting.name][f"{figure}_predicted"] = getattr(predicted, figure)
            rows[setting.name][f"{figure}_measured"] = getattr(found, figure)
    return Comparison(
        label=LABEL,
        median_error=statistics.median(row["error"] for row in rows.values()),
        worst_error=max(row["worst"] for row in rows.values()),
        settings=rows,
    )
