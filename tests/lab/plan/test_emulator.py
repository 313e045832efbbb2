"""The model can be held to the local system: calibrated once, and on disk before the runs."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from lab.plan.emulator import (
    Machine,
    Outcome,
    Predictions,
    Setting,
    as_settings,
    calibrate,
    compare,
    overhead_under_load,
    predict,
    write_predictions,
)
from lab.plan.parameters import ParameterError
from lab.plan.plan import plan

MACHINE = Machine(
    read_seconds=0.9,
    cores=2,
    overhead_seconds=0.13,
    cpu_seconds=0.06,
    transaction_seconds=0.05,
    receive_seconds=0.01,
)
SETTING = Setting(receipts=120, concurrency=3, rate=20, write_batch=10)
OTHERS = [replace(SETTING, rate=rate, concurrency=c) for rate in (0.5, 1, 5) for c in (2, 4)]


def test_one_reader_waits_for_nobody() -> None:
    assert overhead_under_load(replace(SETTING, concurrency=1), MACHINE) == pytest.approx(0.13)


def test_readers_that_only_compute_share_the_cores() -> None:
    busy = replace(MACHINE, read_seconds=0.001, overhead_seconds=0.5, cpu_seconds=0.5)
    took = overhead_under_load(replace(SETTING, concurrency=40), busy)
    assert took == pytest.approx(40 * 0.5 / 2, rel=0.02)  # two cores, forty who want one


def test_readers_that_only_wait_share_nothing() -> None:
    idle = replace(MACHINE, cpu_seconds=0.0)
    assert overhead_under_load(replace(SETTING, concurrency=40), idle) == pytest.approx(0.13)


def test_a_slow_agent_takes_no_more_rows_than_its_gate_allows() -> None:
    assert replace(SETTING, rate=1.5, write_batch=20).rows == 7
    assert replace(SETTING, rate=0.1, write_batch=20).rows == 1
    assert replace(SETTING, rate=50, write_batch=20).rows == 20


def test_asking_the_queue_comes_on_top_of_the_pace() -> None:
    slow = replace(SETTING, receipts=100, rate=2, write_batch=1)
    write_s = MACHINE.transaction_seconds
    late = predict(slow, replace(MACHINE, receive_seconds=write_s + 0.05))
    soon = predict(slow, replace(MACHINE, receive_seconds=write_s))
    assert late.completion - soon.completion == pytest.approx(99 * 0.05, rel=0.2)


def test_the_emulators_readers_start_at_once_without_a_ramp() -> None:
    answer = plan(as_settings(replace(SETTING, concurrency=8), MACHINE))
    assert answer.settings.ramp.start == answer.settings.ramp.ceiling == 8


def test_a_slow_rate_is_predicted_to_drain_as_the_closed_form_says() -> None:
    slow = predict(replace(SETTING, rate=0.5), MACHINE)
    assert slow.completion == pytest.approx(120 / 0.5, rel=0.1)
    assert slow.peak_depth > 60


def test_calibrating_on_one_setting_finds_the_machine_again() -> None:
    read_done = plan(as_settings(SETTING, MACHINE)).read_done
    found = calibrate(SETTING, read_done, replace(MACHINE, overhead_seconds=1.0))
    assert found.overhead_seconds == pytest.approx(MACHINE.overhead_seconds, rel=1e-6)


def test_a_measurement_that_no_overhead_explains_is_an_error() -> None:
    with pytest.raises(ParameterError, match="read_done"):
        calibrate(SETTING, 0.1, MACHINE)


def test_predictions_are_on_disk_before_the_runs_and_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "predictions.json"
    made = write_predictions(path, MACHINE, SETTING, OTHERS)
    assert len(made.predictions) == len(OTHERS)
    written = path.read_bytes()
    with pytest.raises(FileExistsError):
        write_predictions(path, MACHINE, SETTING, OTHERS)
    assert path.read_bytes() == written


def predictions() -> Predictions:
    return Predictions(
        label="",
        machine=MACHINE,
        calibrated_on=SETTING,
        predictions=tuple((one, predict(one, MACHINE)) for one in OTHERS),
    )


def scaled(outcome: Outcome, by: float) -> Outcome:
    return Outcome(**{name: getattr(outcome, name) * by for name in outcome.__struct_fields__})


def test_a_run_four_percent_slower_than_predicted_is_four_percent_off() -> None:
    measured = {one.name: scaled(outcome, 1 / 1.04) for one, outcome in predictions().predictions}
    compared = compare(predictions(), measured)
    assert compared.median_error == pytest.approx(0.04, rel=0.01)
    assert set(compared.settings) == {one.name for one in OTHERS}


def test_one_bad_setting_shows_as_the_worst_and_leaves_the_median() -> None:
    measured = {one.name: outcome for one, outcome in predictions().predictions}
    bad = OTHERS[0].name
    measured[bad] = scaled(measured[bad], 0.5)
    compared = compare(predictions(), measured)
    assert compared.median_error == 0
    assert compared.worst_error == pytest.approx(1.0, rel=0.01)


def test_a_setting_that_never_ran_can_not_be_left_out_of_the_comparison() -> None:
    with pytest.raises(KeyError):
        compare(predictions(), {})
