"""The figures of a run: its outcome, and the machine parameters that follow from it."""

import os
import statistics
from collections import Counter
from itertools import pairwise

from msgspec import Struct

from lab.measure.planner_check.runs import PlannerValidationError, ValidationRun
from lab.plan.emulator import Machine, Outcome, calibrate
from lab.plan.parameters import ParameterError


class Samples(Struct, frozen=True, kw_only=True):
    """The raw measurements of a run, as docs/data/planner.json has them."""

    receipts: tuple[str, ...]
    """Seconds from the first message: sent, reading began, reading ended, transaction began."""
    depths: str
    """The write queue's depth, as seconds:messages."""
    cycles: str
    """Seconds of each transaction, until its receipts were marked and deleted."""
    cpu_seconds: float


def outcome(run: ValidationRun) -> Outcome:
    """The four figures that the model predicts."""
    stored = max(receipt.stored for receipt in run.receipts)
    return Outcome(
        completion=stored,
        drain=stored - read_done(run),
        peak_depth=max(depth for _, depth in run.depths),
        mean_age=statistics.fmean(receipt.stored - receipt.ended for receipt in run.receipts),
    )


def read_done(run: ValidationRun) -> float:
    """When the last receipt came to the write queue."""
    return max(receipt.ended for receipt in run.receipts)


def machine(run: ValidationRun, read_seconds: float) -> Machine:
    """The machine that explains this run. Raises `PlannerValidationError` where none does."""
    cpu_seconds = run.cpu_seconds / len(run.receipts)
    guess = Machine(
        read_seconds=read_seconds,
        cores=os.cpu_count() or 1,
        overhead_seconds=cpu_seconds,
        cpu_seconds=cpu_seconds,
        transaction_seconds=statistics.median(run.cycles),
        receive_seconds=_receive_seconds(run),
    )
    try:
        return calibrate(run.setting, read_done(run), guess)
    except ParameterError as error:
        raise PlannerValidationError(f"the machine can't be calibrated: {error}") from error


def samples(run: ValidationRun) -> Samples:
    """The run's raw measurements."""
    return Samples(
        receipts=tuple(
            f"{one.sent:.3f} {one.began:.3f} {one.ended:.3f} {one.stored:.3f}"
            for one in run.receipts
        ),
        depths=" ".join(f"{seconds:g}:{depth}" for seconds, depth in run.depths),
        cycles=" ".join(f"{seconds:g}" for seconds in run.cycles),
        cpu_seconds=run.cpu_seconds,
    )


def _receive_seconds(run: ValidationRun) -> float:
    """Seconds between the pace's end and the next transaction, where the pace was the limit."""
    rows = Counter(receipt.stored for receipt in run.receipts)
    begun = sorted(rows)
    late = [
        after - before - rows[before] / run.setting.rate
        for before, after in pairwise(begun)
        if rows[before] == run.setting.rows
    ]
    if not late:
        raise PlannerValidationError(
            f"no transaction of {run.setting.name} was full: nothing to calibrate on"
        )
    return max(0.0, statistics.median(late))
