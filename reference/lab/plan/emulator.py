"""Predictions for the local system, to check the model against measurements.

The model gets the local system's properties: MaximumConcurrency at once, without AWS's ramp;
readers that share the laptop's cores; a long poll that checks every tenth of a second; an agent
that begins a transaction some milliseconds after its pace allows it. One setting calibrates the
machine; `write_predictions` stores the others before they run; `compare` computes the errors.
"""

import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import msgspec
from msgspec.structs import replace

from lab.plan.parameters import ParameterError
from lab.plan.plan import Plan, plan
from lab.plan.settings import ReadShape, Settings
from receipts.agent.gate import MAX_GAP_S

SENDS: Final = 155.0
"""Messages a second through the emulator's queues [M 2026-11-23, local emulator]."""

POLL_INTERVAL_S: Final = 0.1
"""The interval of the emulator's long poll [ministack 1.5.33's source]; AWS has none."""

FLOORS: Final = {"completion": 1.0, "drain": 1.0, "peak_depth": 5.0, "mean_age": 1.0}
"""The least measured value (s, receipts) that an error is relative to: small values would make any
error look large."""


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """The settings of a run of the local system."""

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

    @property
    def rows(self) -> int:
        """Rows a transaction at most: the agent takes fewer at a slow rate, see its gate."""
        return max(1, min(self.write_batch, int(self.rate * MAX_GAP_S)))


class Machine(msgspec.Struct, frozen=True, kw_only=True):
    """The properties of this machine, in all runs."""

    read_seconds: float
    """Of the OCR engine, for one receipt."""
    cores: int
    overhead_seconds: float
    """An invocation besides its engine, with the machine to itself."""
    cpu_seconds: float
    """Of the overhead, processor time of all programs: others may have to wait for it."""
    transaction_seconds: float
    """Of the agent, from a transaction's beginning until its answer."""
    receive_seconds: float
    """Of the agent, from a transaction's beginning until the next one's, besides its rows' pay."""
    read_shape: ReadShape = "typical"
    sends_per_second: float = SENDS


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """A run's four figures, predicted or measured. Seconds from the first message sent."""

    completion: float
    """Until the last row's transaction begins."""
    drain: float
    """From the last receipt read to the last row's transaction."""
    peak_depth: float
    """The write queue's greatest depth."""
    mean_age: float
    """Mean seconds that a result lay on the write queue before it was taken."""


class Predictions(msgspec.Struct, frozen=True, kw_only=True):
    """What `write_predictions` writes."""

    label: str
    machine: Machine
    calibrated_on: Setting
    predictions: tuple[tuple[Setting, Outcome], ...]


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """The predictions' errors, as shares of what was measured."""

    label: str
    median_error: float
    """Of the settings' errors."""
    worst_error: float
    settings: dict[str, dict[str, float]]
    """By setting's name: its error, and predicted and measured figures."""


LABEL: Final = "local emulator; nothing here has run on AWS"


def overhead_under_load(setting: Setting, machine: Machine) -> float:
    """Seconds of an invocation besides its engine, while all readers run.

    Mean value analysis of a closed network (Reiser and Lavenberg, 1980): each reader waits for its
    engine, then asks for a core; several cores as one fast one and a delay (Seidmann, 1987).
    """
    share = machine.cpu_seconds / machine.cores
    alone = machine.read_seconds + machine.overhead_seconds - share
    waiting, took = 0.0, share
    for readers in range(1, setting.concurrency + 1):
        took = share * (1 + waiting)
        waiting = readers * took / (alone + took)
    return machine.overhead_seconds - share + took


def as_settings(setting: Setting, machine: Machine) -> Settings:
    """The model's settings for a run on this machine."""
    return Settings(
        receipts=setting.receipts,
        batch_receipts=min(10, setting.receipts),
        arrival="even",
        arrival_hours=max(0.0001, setting.receipts / machine.sends_per_second / 3600),
        read_seconds=machine.read_seconds + overhead_under_load(setting, machine),
        read_shape=machine.read_shape,
        # Direct invocation has no ramp; the "account" is then all the concurrency there is.
        poller_mode="asynchronous",
        account_concurrency=setting.concurrency,
        init_seconds=0.0,
        # From begin to begin it is rows/rate and `receive_seconds`, of which the transaction is one
        # part: the model's agent is charged at the answer, as the real one. AWS is near.
        rate=setting.rows
        / (
            setting.rows / setting.rate
            + max(0.0, machine.receive_seconds - machine.transaction_seconds)
        ),
        aws_round_trip_ms=0.0,
        yields=False,
        write_batch=setting.rows,
        round_trip_ms=machine.transaction_seconds * 1000,
        row_ms=0.001,
    )


def predict(setting: Setting, machine: Machine) -> Outcome:
    """The model's prediction of a run. Raises ParameterError for an invalid setting."""
    answer = _planned(setting, machine)
    # A result that comes while the agent polls waits until the next check.
    waited = max(answer.mean_write_wait, POLL_INTERVAL_S / 2)
    # A row counts as stored when its transaction begins: PostgreSQL's now() in it.
    stored = answer.completion - machine.transaction_seconds
    return Outcome(
        completion=stored,
        drain=max(POLL_INTERVAL_S / 2, stored - answer.read_done),
        peak_depth=answer.peak_write_depth,
        mean_age=waited,
    )


def calibrate(setting: Setting, read_done: float, machine: Machine) -> Machine:
    """The machine whose readers are done after `read_done` seconds at `setting`; the rest as given.

    Raises ParameterError where no overhead explains it.
    """

    def done(overhead: float) -> float:
        return _planned(setting, replace(machine, overhead_seconds=overhead)).read_done

    low, high = machine.cpu_seconds, 60.0
    if read_done <= done(low):
        raise ParameterError(
            f"read_done must be over what sending, engine and cores take; got {read_done:g} s"
        )
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (low, middle) if done(middle) > read_done else (middle, high)
    return replace(machine, overhead_seconds=(low + high) / 2)


def _planned(setting: Setting, machine: Machine) -> Plan:
    return plan(as_settings(setting, machine))


def write_predictions(
    path: Path, machine: Machine, calibrated_on: Setting, settings: Sequence[Setting]
) -> Predictions:
    """Predict, and write to `path` before anything runs. Raises FileExistsError."""
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
