"""What the command prints and records of a round in which something was found."""

import contextlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner

from lab import cli
from lab.prove.campaign.cli import Report
from lab.prove.campaign.judge import Check, Finding
from lab.prove.campaign.run import Campaign, Outcome
from lab.prove.campaign.schedule import Schedule, schedule
from lab.prove.campaign.windows import Ceiling, Rows

LOST = Finding(check=Check.LOST, cases=17, evidence=["b-00001", "b-00002"])

pytestmark = pytest.mark.slow  # the provenance asks git


class FakeCampaign(Campaign):
    """Finds a lost row in its second round."""

    def __init__(self, log: Path) -> None:
        self.commits = [Rows(1.0, 10), Rows(1.1, 10)]
        self.arrivals = [Rows(1.0, 10)]
        self.ceilings = {Ceiling(0.0, "first agent", 50.0)}
        self._log = log

    @property
    def logs(self) -> list[Path]:
        return [self._log]

    def run(self, schedule: Schedule) -> Outcome:
        return Outcome(
            schedule=schedule,
            findings=[LOST] if schedule.round == 2 else [],
            messages=20,
            rows=18,
            set_aside=1,
            noticed=Counter({"started": 2}),
            seconds=9.5,
        )


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the logs of a round with a finding go."""
    log = tmp_path / "agent-7" / "agent.log"
    log.parent.mkdir()
    log.write_text("the agent's log")

    @contextlib.contextmanager
    def fake() -> Iterator[FakeCampaign]:
        yield FakeCampaign(log)

    monkeypatch.setattr("lab.prove.campaign.cli.running_campaign", fake)
    monkeypatch.setattr("lab.prove.campaign.cli.KEPT", tmp_path / "kept")
    return tmp_path / "kept"


def run(*arguments: str):
    return CliRunner().invoke(cli.app, ["campaign", "--seed", "5", *arguments])


def test_a_finding_names_round_seed_schedule_and_evidence_and_fails(kept: Path) -> None:
    ended = run("--rounds", "3")
    assert ended.exit_code == 1
    assert "not kept, in 17 cases: each good receipt has a row" in ended.output
    assert "b-00002" in ended.output
    assert all(str(fault) in ended.output for fault in schedule(5, 2).faults)
    assert "make campaign SEED=5 ONLY=2" in ended.output
    assert "3 rounds, 60 messages" in ended.output
    log = kept / "seed-5-round-2" / "agent-7.log"
    assert log.read_text() == "the agent's log"


@pytest.mark.usefixtures("kept")
def test_a_round_alone_is_run_by_its_number_and_held_is_success() -> None:
    ended = run("--only", "3")
    assert ended.exit_code == 0
    assert "round 3: held" in ended.output
    assert "findings in 0" in ended.output


@pytest.mark.usefixtures("kept")
def test_the_outcome_is_recorded_with_seed_faults_and_worst_excess(tmp_path: Path) -> None:
    run("--rounds", "2", "--out", str(tmp_path / "campaign.json"))
    report = msgspec.json.decode((tmp_path / "campaign.json").read_bytes(), type=Report)
    assert (report.seed, report.rounds, report.messages, report.rows) == (5, 2, 40, 36)
    assert sum(report.faults.values()) == sum(len(schedule(5, n).faults) for n in (1, 2))
    assert report.noticed == {"started": 4}
    assert report.worst_excess_by_commit_rows == pytest.approx(15.0)
    assert report.worst_excess_by_arrival_rows == pytest.approx(10.0)
    [found] = report.findings
    assert (found.schedule, found.findings) == (schedule(5, 2), [LOST])
