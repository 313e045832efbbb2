"""`receipts-lab plan` as one types it."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from lab.plan.cli import app
from lab.plan.parameters import PARAMETERS
from lab.plan.settings import Settings
from lab.support.paths import TEMPLATE


def typed(*words: str) -> Result:
    return CliRunner().invoke(app, list(words), env={"COLUMNS": "140", "NO_COLOR": "1"})


def test_without_options_it_answers_the_exercises_three_hundred() -> None:
    answer = typed()
    assert answer.exit_code == 0
    assert "300 receipts, all at once" in answer.stdout
    assert "poller ramp" in answer.stdout
    assert "USD a thousand receipts" in answer.stdout
    assert "unverified" in answer.stdout


def test_json_has_the_verdict_and_the_plan_with_numbers_for_money() -> None:
    answer = json.loads(typed("--json", "--receipts", "500").stdout)
    assert answer["plan"]["stored"] == 500
    assert answer["verdict"][0]["limit"] == "poller ramp"
    assert isinstance(answer["plan"]["cost"]["lines"][0]["usd_per_thousand"], float)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--receipts", "0"], "receipts must be 1 to 10,000,000 receipts; got 0"),
        (["--receipts", "99999999999"], "receipts must be 1 to 10,000,000 receipts"),
        (["--read-seconds", "nan"], "read_seconds must be 0.01 to 900 s; got nan"),
        (["--rate", "-3"], "rate must be 0.1 to 10,000 rows/s; got -3"),
        (["--rate", "inf"], "rate must be 0.1 to 10,000 rows/s; got inf"),
        (["--window", "late"], "window must look like 19:00-06:00"),
        (["--window", "30:00-06:00"], "windows must begin at"),
        (["--outage", "3"], "outage must look like 2+24"),
        (["--outage", "3+nan"], "outages must last"),
        (["--read-within", "-1"], "read_within must be over 0"),
        (["--connections", "90"], "connections must be 1 to 80"),
        (["--from-template", "--template", "nowhere.yaml"], "nowhere.yaml"),
    ],
)
def test_a_bad_option_is_named_with_its_valid_range(words: list[str], says: str) -> None:
    answer = typed(*words)
    assert answer.exit_code == 2
    assert says in " ".join(answer.stderr.split())
    assert not answer.stdout


def test_help_tells_every_number_its_range_and_default() -> None:
    told = " ".join(typed("--help").stdout.replace("│", " ").split())
    for name, parameter in PARAMETERS.items():
        assert f"--{name.replace('_', '-')}" in told
        assert parameter.allowed in told
        assert f"Default: {getattr(Settings(), name):g}." in told


def test_from_template_begins_with_the_deployed_numbers() -> None:
    deployed = json.loads(typed("--from-template", "--json").stdout)["plan"]["settings"]
    assert deployed["maximum_concurrency"] == 200
    assert deployed["retention_days"] == 10
    assert deployed["visibility_seconds"] == 120
    assert deployed["memory_mb"] == 1769


def test_what_is_typed_wins_over_the_template() -> None:
    words = ("--from-template", "--json", "--maximum-concurrency", "20")
    deployed = json.loads(typed(*words).stdout)["plan"]["settings"]
    assert deployed["maximum_concurrency"] == 20


def test_it_warns_where_the_templates_numbers_can_not_meet_what_is_asked() -> None:
    answer = typed("--from-template", "--receipts", "5000", "--read-within", "30", "--strict")
    assert answer.exit_code == 1
    assert "within 30 s was asked" in answer.stdout


def test_strict_is_silent_where_all_that_is_asked_is_met() -> None:
    assert typed("--read-within", "60", "--store-within", "1", "--strict").exit_code == 0


def test_a_template_without_what_a_plan_needs_is_named(tmp_path: Path) -> None:
    changed = TEMPLATE.read_text(encoding="utf-8").replace("MessageRetentionPeriod: 864000", "X: 1")
    path = tmp_path / "template.yaml"
    path.write_text(changed, encoding="utf-8")
    answer = typed("--from-template", "--template", str(path))
    assert answer.exit_code == 2
    assert "WriteQueue has no MessageRetentionPeriod" in " ".join(answer.stderr.split())


def test_a_template_with_provisioned_pollers_is_planned_with_them(tmp_path: Path) -> None:
    changed = TEMPLATE.read_text(encoding="utf-8").replace(
        "ScalingConfig: {MaximumConcurrency: !Ref ReadersAtOnce}",
        "ProvisionedPollerConfig: {MinimumPollers: 40, MaximumPollers: 100}",
    )
    path = tmp_path / "template.yaml"
    path.write_text(changed, encoding="utf-8")
    words = ("--from-template", "--template", str(path), "--json")
    deployed = json.loads(typed(*words).stdout)["plan"]["settings"]
    assert (deployed["poller_mode"], deployed["pollers"]) == ("provisioned", 40)


def test_windows_and_outages_are_read_as_they_are_written() -> None:
    words = ("--window", "19:30-06:00", "--window", "12:00-00:00", "--outage", "2+24", "--json")
    settings = json.loads(typed(*words).stdout)["plan"]["settings"]
    assert settings["windows"] == [
        {"start_hour": 19.5, "end_hour": 6.0},
        {"start_hour": 12.0, "end_hour": 24.0},
    ]
    assert settings["outages"] == [{"after_hours": 2.0, "hours": 24.0}]
