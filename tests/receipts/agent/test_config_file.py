"""The agent obeys its file while it runs."""

import logging
import os
from pathlib import Path
from typing import Any

import pytest

from receipts.agent.config import AgentConfig, ConfigFile, load
from receipts.agent.gate import Gate
from receipts.agent.pacing import Breaker

LINES = {
    "queue_url": '"https://sqs/write"',
    "dead_letter_url": '"https://sqs/dead"',
    "ledger_table": '"ledger"',
    "database": '"host=db"',
    "rows_per_second": "300",
}


class Premises:
    """The client's machine: a file, and what was loaded from it."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "agent.toml"
        self._written = 0
        self.write()
        self.config: AgentConfig = load(self.path)
        self.gate = Gate(self.config.operator_settings(), 50, Breaker(3, 1, 60), now=0)
        self.file = ConfigFile(self.path, self.config, self.gate)

    def write(self, **changes: str) -> None:
        lines = {**LINES, **changes}
        self.path.write_text("".join(f"{key} = {value}\n" for key, value in lines.items()))
        self._written += 1
        os.utime(self.path, ns=(self._written, self._written))


def said(caplog: pytest.LogCaptureFixture) -> dict[str, dict[str, Any]]:
    """The messages, and what was said with each."""
    usual = set(vars(logging.makeLogRecord({}))) | {"message", "asctime"}
    return {
        record.message: {key: value for key, value in vars(record).items() if key not in usual}
        for record in caplog.records
    }


@pytest.fixture
def premises(tmp_path: Path) -> Premises:
    return Premises(tmp_path)


def test_a_new_ceiling_is_obeyed_without_a_restart(
    premises: Premises, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    premises.write(rows_per_second="20")
    premises.file.reload_if_changed()
    assert premises.gate.rate == 20
    assert said(caplog) == {"new settings": {"rows_per_second": 20}}


def test_a_mistake_in_the_file_leaves_the_old_orders_standing(
    premises: Premises, caplog: pytest.LogCaptureFixture
) -> None:
    premises.write(rows_per_second="-1")
    premises.file.reload_if_changed()
    assert premises.gate.rate == 300
    assert "rows_per_second" in said(caplog)["the old settings stay"]["reason"]


def test_what_needs_a_restart_is_said(premises: Premises, caplog: pytest.LogCaptureFixture) -> None:
    premises.write(ledger_table='"another"')
    premises.file.reload_if_changed()
    assert said(caplog)["needs a restart"] == {"keys": ["ledger_table"]}


def test_a_file_that_can_t_be_seen_changes_nothing(premises: Premises) -> None:
    premises.path.unlink()
    premises.path.symlink_to(premises.path)  # a loop: an OSError that isn't FileNotFoundError
    premises.file.reload_if_changed()
    assert premises.gate.rate == premises.config.rows_per_second


def test_a_file_that_is_being_replaced_changes_nothing(premises: Premises) -> None:
    premises.path.unlink()
    premises.file.reload_if_changed()
    premises.write(rows_per_second="40")
    premises.file.reload_if_changed()
    assert premises.gate.rate == 40
