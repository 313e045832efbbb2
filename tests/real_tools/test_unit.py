"""The agent's unit, as Debian's systemd judges it, and the agent under two of its restrictions.

No systemd starts it here: one that boots on somebody's machine cleans that machine's /tmp.
"""

import ctypes
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab.run.postgres import Postgres
from lab.support.paths import DOCS, REFERENCE
from real_tools.conftest import Tool

UNIT = DOCS / "how-to" / "receipts-agent.service"
LIMIT = 1.5
"""Of 10; the test's own bare unit has more than 5."""

pytestmark = pytest.mark.slow


def exposure(tool: Tool, unit: Path) -> float:
    said = tool("systemd-analyze", "security", "--offline=true", "--no-pager", str(unit)).decode()
    found = re.search(r"Overall exposure level for \S+: ([\d.]+)", said)
    assert found, said
    return float(found[1])


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[Path]:
    """The same program, with nothing taken away."""
    path = tmp_path / "bare.service"
    path.write_text("[Service]\nUser=receipts\nExecStart=/bin/true\n")
    yield path
    path.unlink()


def test_the_unit_takes_away_what_the_agent_does_not_need(tool: Tool, bare: Path) -> None:
    assert exposure(tool, UNIT) <= LIMIT
    assert exposure(tool, bare) > 5  # else nothing is measured


def test_every_line_of_the_unit_is_one_that_systemd_knows(tool: Tool, tmp_path: Path) -> None:
    unit = tmp_path / UNIT.name
    program = "ExecStart=/bin/true "
    unit.write_text(re.sub(r"ExecStart=\S+ ", program, UNIT.read_text()))
    said = tool("sh", "-c", f"systemd-analyze verify --man=no {unit} 2>&1").decode()
    assert "Unknown" not in said
    unit.write_text(unit.read_text().replace("UMask", "Umask"))  # it would say so
    said = tool("sh", "-c", f"systemd-analyze verify --man=no {unit} 2>&1").decode()
    assert "Unknown key 'Umask'" in said


CONFIG = """
queue_url = "http://127.0.0.1:9/q"
dead_letter_url = "http://127.0.0.1:9/d"
ledger_table = "l"
region = "eu-central-1"
endpoint_url = "http://127.0.0.1:9"
rows_per_second = 10
metrics_port = 0
poll_seconds = 0
database = "{database}"
"""
PR_SET_NO_NEW_PRIVS, PR_SET_MDWE = 38, 65


def confined() -> None:
    """What NoNewPrivileges and MemoryDenyWriteExecute are, for this process and what it becomes."""
    libc = ctypes.CDLL(None)
    assert libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
    libc.prctl(PR_SET_MDWE, 1, 0, 0, 0)  # Linux 6.3; an older one lacks it


def syscalls(tool: Tool, group: str) -> set[str]:
    """What is in a group of systemd's, with the groups in it."""
    lines = tool("systemd-analyze", "syscall-filter", "--no-pager", group).decode().split("\n")[1:]
    words = [line.strip() for line in lines if line.strip() and "#" not in line]
    groups = [syscalls(tool, word) for word in words if word.startswith("@")]
    return {word for word in words if not word.startswith("@")}.union(*groups)


def test_the_agent_starts_writes_to_its_log_and_stops_within_the_unit_s_system_calls(
    tool: Tool, postgres: Postgres, tmp_path: Path
) -> None:
    path, trace = tmp_path / "agent.toml", tmp_path / "trace"
    path.write_text(CONFIG.format(database=postgres.conninfo("receipts_agent")))
    start = "from receipts.agent.cli import main; main()"
    aws = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
    traced = ["strace", "-f", "-qq", "-o", str(trace)]
    with subprocess.Popen(  # noqa: S603  ourselves
        [*traced, sys.executable, "-c", start, "--config", str(path)],
        env={**os.environ, **aws, "PYTHONPATH": str(REFERENCE)},
        preexec_fn=confined,  # noqa: PLW1509  no thread of ours runs here
        stdout=subprocess.PIPE,
        text=True,
    ) as agent:
        assert agent.stdout is not None
        said = [agent.stdout.readline(), agent.stdout.readline()]
        pid = int(trace.read_text().split(maxsplit=1)[0])
        os.kill(pid, signal.SIGTERM)
        said += agent.stdout.readlines()
    messages = [re.findall('"message":"(.*?)"', line) for line in said]
    assert messages == [["started"], ["AWS is out of reach"], ["stopped"]]
    assert agent.returncode == 0

    used = set(re.findall(r"^\d+ +(\w+)\(", trace.read_text(), re.MULTILINE))
    assert {"openat", "connect", "futex"} <= used
    taken = syscalls(tool, "@privileged") | syscalls(tool, "@resources")
    assert "SystemCallFilter=~@privileged @resources" in UNIT.read_text()
    assert used - (syscalls(tool, "@system-service") - taken) == set()
