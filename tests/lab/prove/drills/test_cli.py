"""A run of drills: one that fails, however it fails, is written down and ruins no other."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner

from lab import cli
from lab.prove.drills.cli import Report, drill
from lab.prove.drills.ground import DrillError


class Fake:
    """A ground that counts how often it was made whole again."""

    restored = 0

    def restore(self) -> None:
        self.restored += 1


def holds(_: Fake) -> str:
    """Nothing."""
    return "all is well"


def loses(_: Fake) -> str:
    """A row is lost."""
    raise DrillError("lost ['1']")


def breaks(_: Fake) -> str:
    """The drill itself can't go on."""
    raise ConnectionRefusedError("port 5432")


@pytest.mark.parametrize(
    ("one", "passed", "seen"),
    [
        (holds, True, "all is well"),
        (loses, False, "lost ['1']"),
        (breaks, False, "ConnectionRefusedError: port 5432"),
    ],
)
def test_everything_is_whole_again_after_a_drill_however_it_ends(one, passed, seen) -> None:
    where = Fake()
    outcome = drill(one, where)
    assert (outcome.passed, outcome.seen, where.restored) == (passed, seen, 1)


def test_what_can_not_be_made_whole_again_is_a_failed_drill() -> None:
    class Broken:
        def restore(self) -> None:
            raise OSError("PostgreSQL did not start")

    outcome = drill(holds, Broken())
    assert (outcome.passed, outcome.seen) == (
        False,
        "all is well; afterwards OSError: PostgreSQL did not start",
    )


def test_a_drill_that_breaks_leaves_a_report_of_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextlib.contextmanager
    def fake_ground() -> Iterator[Fake]:
        yield Fake()

    monkeypatch.setattr("lab.prove.drills.cli.DRILLS", (breaks, loses, holds))
    monkeypatch.setattr("lab.prove.drills.cli.ground", fake_ground)
    ended = CliRunner().invoke(cli.app, ["drills", "--out", str(tmp_path / "drills.json")])
    assert ended.exit_code == 1
    assert "1 of 3 drills passed" in ended.output
    report = msgspec.json.decode((tmp_path / "drills.json").read_bytes(), type=Report)
    assert [(one.name, one.passed) for one in report.outcomes] == [
        ("breaks", False),
        ("loses", False),
        ("holds", True),
    ]
