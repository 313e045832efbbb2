"""A run of drills: one that fails, however it fails, is recorded, and the others still run."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner

from lab import cli
from lab.prove.drills.cli import Report, run_drill
from lab.prove.drills.environment import DrillEnvironment, DrillError


class Fake(DrillEnvironment):
    """An environment that counts how often it was restored."""

    def __init__(self) -> None:
        self.restored = 0

    def restore(self) -> None:
        self.restored += 1


def holds(_: DrillEnvironment) -> str:
    """Nothing."""
    return "all is well"


def loses(_: DrillEnvironment) -> str:
    """A row is lost."""
    raise DrillError("lost ['1']")


def breaks(_: DrillEnvironment) -> str:
    """The drill itself fails."""
    raise ConnectionRefusedError("port 5432")


@pytest.mark.parametrize(
    ("one", "passed", "observed"),
    [
        (holds, True, "all is well"),
        (loses, False, "lost ['1']"),
        (breaks, False, "ConnectionRefusedError: port 5432"),
    ],
)
def test_the_environment_is_restored_after_a_drill_however_it_ends(one, passed, observed) -> None:
    env = Fake()
    outcome = run_drill(one, env)
    assert (outcome.passed, outcome.seen, env.restored) == (passed, observed, 1)


def test_an_environment_that_can_not_be_restored_is_a_failed_drill() -> None:
    class Broken(Fake):
        def restore(self) -> None:
            raise OSError("PostgreSQL did not start")

    outcome = run_drill(holds, Broken())
    assert (outcome.passed, outcome.seen) == (
        False,
        "all is well; afterwards OSError: PostgreSQL did not start",
    )


@pytest.mark.slow
def test_a_drill_that_breaks_leaves_a_report_of_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextlib.contextmanager
    def fake_environment() -> Iterator[Fake]:
        yield Fake()

    monkeypatch.setattr("lab.prove.drills.cli.DRILLS", (breaks, loses, holds))
    monkeypatch.setattr("lab.prove.drills.cli.drill_environment", fake_environment)
    ended = CliRunner().invoke(cli.app, ["drills", "--out", str(tmp_path / "drills.json")])
    assert ended.exit_code == 1
    assert "1 of 3 drills passed" in ended.output
    report = msgspec.json.decode((tmp_path / "drills.json").read_bytes(), type=Report)
    assert [(one.name, one.passed) for one in report.outcomes] == [
        ("breaks", False),
        ("loses", False),
        ("holds", True),
    ]
