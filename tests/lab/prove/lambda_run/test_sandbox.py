"""The sandbox's command line, and its first process: it passes on, measures, and kills."""

import json
import queue
import subprocess
import sys
import time
from pathlib import Path

import pytest

from lab.prove.lambda_run import inside
from lab.prove.lambda_run.python import lambda_python
from lab.prove.lambda_run.runtime_api import Invocation, RuntimeApi, handler_of, serving
from lab.prove.lambda_run.sandbox import Limits, Sandbox
from lab.ship.pythons import Python
from lab.support.free_port import free_port

PYTHON = Python(executable=Path("/opt/py/bin/python3.13"), prefix=Path("/opt/py"), version="3.13")
ENVIRONMENT = {"LEDGER_TABLE": "t"}


def sandbox(bubblewrap: str | None) -> Sandbox:
    return Sandbox(
        bubblewrap=bubblewrap,
        python=PYTHON,
        client=Path("/c"),
        package=Path("/p"),
        folder=Path("/f"),
        limits=Limits(memory_mb=512, scratch_mb=1024),
    )


def task_of(command: list[str]) -> dict[str, object]:
    task: dict[str, object] = json.loads(command[-1])
    return task


def test_in_the_sandbox_code_is_read_only_and_nothing_is_shared_but_sockets():
    command = sandbox("/bin/bwrap").function("a.handler", {9001: "runtime.sock"}, ENVIRONMENT)
    text = " ".join(command)
    assert "--unshare-all" in command
    assert "--share-net" not in command
    assert "--ro-bind /p /var/task" in text
    assert "--size 1073741824 --tmpfs /tmp" in text
    assert "--clearenv --setenv LEDGER_TABLE t" in text
    assert text.count("--bind ") == 1
    assert "--bind /f /run/lambda" in text
    assert "/dev/shm" not in text  # noqa: S108  that it isn't there
    assert "/usr/bin" not in text
    task = task_of(command)
    assert task["forward"] == {"9001": "/run/lambda/runtime.sock"}
    assert task["command"] == ["/var/lang/bin/python3.13", "-m", "awslambdaric", "a.handler"]
    assert (task["memory_mb"], task["scratch"]) == (512, "/tmp")  # noqa: S108  Lambda's


def test_without_bubblewrap_it_runs_in_the_open_and_nothing_is_passed_on():
    command = sandbox(None).function("a.handler", {9001: "runtime.sock"}, ENVIRONMENT)
    assert command[:4] == ["/opt/py/bin/python3.13", "-I", "-S", inside.__file__]
    assert task_of(command)["forward"] == {}
    assert sandbox(None).breaches() == []


@pytest.mark.slow
def test_a_python_is_found_and_says_what_it_is():
    found = lambda_python()
    said = subprocess.run(  # noqa: S603  found by the program itself
        [found.executable, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout.strip() == found.version


def run_inside(folder: Path, program: str, **more: object) -> tuple[int, dict[str, object]]:
    task = {
        "forward": {},
        "memory_mb": 512,
        "report": str(folder / "report.json"),
        "scratch": str(folder),
        "command": [sys.executable, "-c", program],
        **more,
    }
    command = [sys.executable, "-I", inside.__file__, json.dumps(task)]
    done = subprocess.run(command, check=False)  # noqa: S603  our own program
    report = folder / "report.json"
    return done.returncode, json.loads(report.read_text()) if report.exists() else {}


@pytest.mark.slow
def test_it_ends_as_its_command_does_and_says_the_peak(tmp_path):
    waits = "import sys, time; x = b'x' * 50_000_000; time.sleep(0.5); sys.exit(3)"
    code, report = run_inside(tmp_path, waits)
    assert code == 3
    assert 50 < float(str(report["memory_mb"])) < 512
    assert report["killed"] is False
    assert float(str(report["started"])) < time.monotonic()


@pytest.mark.slow
def test_what_takes_more_memory_than_it_has_is_killed_with_its_children(tmp_path):
    program = (
        "import subprocess, sys; subprocess.run([sys.executable, '-c', "
        "'x = b\"x\" * 200_000_000; input()'], stdin=subprocess.PIPE)"
    )
    code, report = run_inside(tmp_path, program, memory_mb=100)
    assert code == inside.KILLED
    assert report["killed"] is True


@pytest.mark.slow
def test_what_is_asked_of_the_port_goes_through_the_socket(tmp_path):
    port = free_port()
    events: queue.Queue[Invocation] = queue.Queue()
    events.put(Invocation(event={"a": 1}))
    api = RuntimeApi(events, timeout_s=120, arn="arn")
    program = (
        "import urllib.request; print(urllib.request.urlopen("
        f"'http://127.0.0.1:{port}/2018-06-01/runtime/invocation/next').read())"
    )
    with serving(handler_of(api), tmp_path / "runtime.sock"):
        forward = {str(port): str(tmp_path / "runtime.sock")}
        code, _ = run_inside(tmp_path, program, forward=forward)
        api.close()
    assert code == 0
    assert api.ready.is_set()
