"""Predictions come first, runs after; what came out is kept with all that it is made of."""

import contextlib
import datetime as dt
import io
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
from rich.console import Console

from lab.measure.planner_check.grid import CALIBRATION, OTHERS, WARM_UP
from lab.measure.planner_check.runs import PlannerValidationError, ValidationRun
from lab.measure.planner_check.validation import _estimated_s, validate
from lab.plan.emulator import Predictions, Setting

from .fake_run import fake_run

QUIET = Console(file=io.StringIO())


class Fake:
    """A local system that answers at once; it notes what was predicted by then, and when."""

    def __init__(self, folder: Path, fails_on: str = "") -> None:
        self._predictions = folder / "predictions.json"
        self._fails_on = fails_on
        self.fake_run: list[tuple[str, bytes, dt.datetime]] = []
        self.stopped = False

    @contextlib.contextmanager
    def __call__(self, _read_seconds: float, _most: int) -> Iterator["Fake"]:
        try:
            yield self
        finally:
            self.stopped = True

    def run(self, setting: Setting, progress: Callable[[int], None]) -> ValidationRun:
        if setting.name == self._fails_on:
            raise PlannerValidationError("stuck")
        predicted = self._predictions.read_bytes() if self._predictions.exists() else b""
        self.fake_run.append((setting.name, predicted, dt.datetime.now(dt.UTC)))
        progress(setting.receipts)
        return fake_run(setting)


def test_a_dozen_settings_and_more_are_predicted_from_one_that_is_not_among_them() -> None:
    names = [one.name for one in OTHERS]
    assert len(names) == len(set(names)) >= 12
    assert CALIBRATION.name not in names


def test_no_setting_needs_a_worker_that_is_not_warm() -> None:
    readers = [WARM_UP.concurrency, *(one.concurrency for one in OTHERS)]
    assert readers == sorted(readers, reverse=True)
    assert CALIBRATION.concurrency <= WARM_UP.concurrency


def test_the_whole_run_is_planned_to_take_less_than_twelve_minutes() -> None:
    assert sum(map(_estimated_s, (WARM_UP, CALIBRATION, *OTHERS))) < 12 * 60


@pytest.mark.slow
def test_the_predictions_are_on_disk_before_anything_predicted_runs(tmp_path: Path) -> None:
    fake = Fake(tmp_path)
    figures = validate(OTHERS, tmp_path, QUIET, fake)
    in_the_end = (tmp_path / "predictions.json").read_bytes()
    names, predicted, at = zip(*fake.fake_run, strict=True)
    assert names == (WARM_UP.name, CALIBRATION.name, *(one.name for one in OTHERS))
    assert predicted == (b"", b"", *[in_the_end] * len(OTHERS))
    assert at[1] <= figures.predicted_at <= figures.first_run_at <= at[2]
    written = msgspec.json.decode(in_the_end, type=Predictions)
    for setting, outcome in written.predictions:
        assert figures.settings[setting.name]["completion_predicted"] == outcome.completion


@pytest.mark.slow
def test_every_run_is_kept_with_its_samples(tmp_path: Path) -> None:
    figures = validate(OTHERS, tmp_path, QUIET, Fake(tmp_path))
    assert set(figures.samples) == {CALIBRATION.name, *(one.name for one in OTHERS)}
    assert set(figures.settings) == {one.name for one in OTHERS}


@pytest.mark.slow
def test_the_model_is_close_to_a_system_that_is_the_model(tmp_path: Path) -> None:
    assert validate(OTHERS, tmp_path, QUIET, Fake(tmp_path)).median_error < 0.1


def test_a_run_that_fails_stops_the_system_and_leaves_what_was_seen_before(tmp_path: Path) -> None:
    fake = Fake(tmp_path, fails_on=OTHERS[2].name)
    with pytest.raises(PlannerValidationError, match="stuck"):
        validate(OTHERS, tmp_path, QUIET, fake)
    assert fake.stopped
    kept = {path.name for path in tmp_path.iterdir()}
    assert len(kept) == 1 + 2 + 2  # predictions, warm-up and calibration, two settings
