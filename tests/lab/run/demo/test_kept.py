"""What `KEEP=1` prints can be pasted into a shell, whatever the terminal's width."""

import io
import shlex
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console

from lab.run.demo.run import _keep_running
from lab.run.live.frame import Frame

TOKEN = "eyJ" + "x" * 400
URL = "http://127.0.0.1:1/_aws/execute-api/a/$default"
CONNINFO = "host=127.0.0.1 port=1 user=postgres password='it is'"


def interrupted() -> Frame:
    raise KeyboardInterrupt


def test_each_line_to_paste_is_one_line_and_means_what_it_says():
    emulator = SimpleNamespace(url="http://127.0.0.1:1", log=Path("emulator.log"))
    issuer = SimpleNamespace(token=lambda: TOKEN)
    deployment = SimpleNamespace(api_url=URL, issuer=issuer, emulator=emulator)
    database = SimpleNamespace(conninfo=lambda: CONNINFO)
    system: Any = SimpleNamespace(deployment=deployment, database=database)
    agent = SimpleNamespace(log=Path("agent.log"))
    session: Any = SimpleNamespace(agent=agent, address="http://127.0.0.1:1/x/", look=interrupted)
    printed = io.StringIO()

    with pytest.raises(KeyboardInterrupt):
        _keep_running(system, session, Console(file=printed, width=60))

    exports = [line for line in printed.getvalue().splitlines() if line.startswith("export ")]
    assert [shlex.split(line)[1] for line in exports] == [
        f"RECEIPTS_API_URL={URL}",
        f"RECEIPTS_TOKEN={TOKEN}",
        f"CONNINFO={CONNINFO}",
    ]
    assert exports[0] == f"export RECEIPTS_API_URL='{URL}'"  # a shell would take $default away
