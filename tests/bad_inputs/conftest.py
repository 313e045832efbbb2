"""Bad input and what it was answered: each test notes a row, and the docs print them all.

`pytest tests/bad_inputs --write-bad-inputs` writes `docs/data/bad-inputs.json` anew; without it
each row is held against the file: the page can't tell of another answer than the code gives.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from answers import Answered
from deployed import Stack
from fakes import FakeEngine
from pump import Pump
from receipts.entrypoints import read

FILE = Path(__file__).parents[2] / "docs" / "data" / "bad-inputs.json"
PARTS = ("request", "upload", "archive", "image", "text")

written = pytest.StashKey[list[dict[str, str]]]()


@pytest.fixture
def answered(request: pytest.FixtureRequest) -> Iterator[Answered]:
    """Takes part, input and answer."""
    rows: list[dict[str, str]] = []

    def note(part: str, what: str, answer: str) -> None:
        assert part in PARTS
        rows.append({"part": part, "input": what, "answer": answer})

    yield note
    if request.config.getoption("--write-bad-inputs"):
        request.session.stash.setdefault(written, []).extend(rows)
    else:
        told = json.loads(FILE.read_text())
        for row in rows:
            assert row in told, (
                f"{FILE.name} is stale: run pytest tests/bad_inputs --write-bad-inputs"
            )


def pytest_sessionfinish(session: pytest.Session) -> None:
    if rows := session.stash.get(written, []):
        rows.sort(key=lambda row: PARTS.index(row["part"]))  # else as the tests stand
        lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
        FILE.write_text(f"[\n{lines}\n]\n")


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> FakeEngine:
    engine = FakeEngine()
    monkeypatch.setattr(read, "make_engine", lambda *_: engine)
    return engine


@pytest.fixture
def pump(stack: Stack, engine: FakeEngine) -> Pump:
    del engine  # it reads what the pump sends
    return Pump(stack)
