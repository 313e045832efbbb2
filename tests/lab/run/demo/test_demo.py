"""The README's first command, with four receipts: every real part, and nothing of it left."""

from pathlib import Path

import psutil
import pytest
from typer.testing import CliRunner

from lab.cli import app
from lab.run.demo import run
from lab.run.demo.balance import IndependentCounts, count_independently
from lab.run.demo.entries import EntryCounts
from lab.run.local.system import LocalSystem

pytestmark = pytest.mark.slow

VARIABLES = {
    "COUNT": "4",
    "CONCURRENCY": "2",
    "COLUMNS": "200",
    **dict.fromkeys(("RECEIPTS", "RATE", "ENGINE", "KEEP", "RECORD"), ""),
}
PARTS = ("postgres", "ministack", "_worker.py", "commands agent", "lab.run.expenses.app")
"""Database, emulator, a function, the agent and the app, as their command lines name them."""


def test_the_demo_balances_and_leaves_nothing_running(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    others = psutil.Process().children(recursive=True)  # of fixtures that live longer
    processes: list[psutil.Process] = []
    commands: list[str] = []

    def while_all_is_up(
        system: LocalSystem, batch_id: str, entries: EntryCounts | None
    ) -> IndependentCounts:
        running = psutil.Process().children(recursive=True)
        processes.extend(one for one in running if one not in others)
        commands.extend(" ".join(one.cmdline()) for one in processes)
        return count_independently(system, batch_id, entries)

    monkeypatch.setattr(run, "count_independently", while_all_is_up)
    ended = CliRunner().invoke(app, ["demo"], env={**VARIABLES, "XDG_CACHE_HOME": str(tmp_path)})

    assert ended.exit_code == 0, ended.output
    balance = "ledger balances: accepted 4 = stored 4 + rejected 0 + dead-lettered 0"
    assert ended.output.splitlines()[-2:] == [balance, "stopping"]
    assert [part for part in PARTS if not any(part in command for command in commands)] == []
    assert [one for one in processes if one.is_running()] == []
