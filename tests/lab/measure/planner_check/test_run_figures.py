"""A run's figures are what happened in it, and the machine is the one that explains it."""

import pytest
from msgspec.structs import replace

from lab.measure.planner_check.run_figures import machine, outcome, samples
from lab.measure.planner_check.runs import PlannerValidationError, ReceiptTimes, ValidationRun
from lab.plan.emulator import Setting, as_settings
from lab.plan.plan import plan

from .fake_run import CYCLE, LATE, READING, fake_run

SETTING = Setting(receipts=60, concurrency=4, rate=4, write_batch=5)


def receipt(ended: float, stored: float) -> ReceiptTimes:
    return ReceiptTimes(sent=0.0, began=0.0, ended=ended, stored=stored)


def test_the_four_figures_of_a_run() -> None:
    run = ValidationRun(
        setting=SETTING,
        receipts=(receipt(1.0, 1.5), receipt(2.0, 5.5)),
        depths=((1.0, 1), (2.0, 7), (5.5, 0)),
        cycles=(0.02, 0.04),
        cpu_seconds=1.0,
    )
    seen = outcome(run)
    assert (seen.completion, seen.drain, seen.peak_depth) == (5.5, 3.5, 7)
    assert seen.mean_age == pytest.approx((0.5 + 3.5) / 2)


def test_the_machine_is_the_one_that_explains_the_run_that_it_is_calibrated_on() -> None:
    run = fake_run(SETTING)
    known = machine(run, read_seconds=0.6)
    explained = plan(as_settings(SETTING, known)).read_done
    assert explained == pytest.approx(max(one.ended for one in run.receipts), abs=1e-6)
    assert known.overhead_seconds < READING
    assert known.transaction_seconds == CYCLE
    assert known.receive_seconds == pytest.approx(LATE)


def test_a_run_faster_than_its_engine_calibrates_nothing() -> None:
    with pytest.raises(PlannerValidationError, match="calibrated"):
        machine(fake_run(SETTING), read_seconds=5.0)


def test_a_run_without_a_full_transaction_calibrates_nothing() -> None:
    with pytest.raises(PlannerValidationError, match="full"):
        machine(fake_run(replace(SETTING, rate=100.0, write_batch=50)), read_seconds=0.6)


def test_nothing_that_the_figures_are_made_of_is_left_out_of_the_samples() -> None:
    run = fake_run(SETTING)
    kept = samples(run)
    stored = [float(line.split()[3]) for line in kept.receipts]
    depths = [int(look.partition(":")[2]) for look in kept.depths.split()]
    assert max(stored) == pytest.approx(outcome(run).completion, abs=0.001)
    assert max(depths) == outcome(run).peak_depth
    assert len(kept.cycles.split()) == len(run.cycles)
