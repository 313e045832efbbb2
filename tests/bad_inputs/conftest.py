"""Bad input and what was answered: each test notes a row, and the docs print them all.

`pytest tests/bad_inputs --write-bad-inputs` writes `docs/data/bad-inputs.json` anew; without it
each row is held against the file, and the file against all rows where all tests here ran: the page
can't tell of another answer than the code gives, nor of one that no test asks for any more.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from helpers.bad_input_table import RecordAnswer
from helpers.deployed import Stack
from helpers.event_loop import EventLoop
from helpers.fakes import FakeEngine
from lab.support.paths import DATA
from lab.support.provenance import provenance, save

HERE = Path(__file__).parent
FILE = DATA / "bad-inputs.json"
PARTS = ("request", "upload", "archive", "image", "text")
STALE = f"{FILE.name} is stale: run pytest tests/bad_inputs --write-bad-inputs"

Row = dict[str, str]
deselected = pytest.StashKey[bool]()


class Noted:
    """What the tests here noted, and how many of them came to their end."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.ended = 0

    def is_all(self, session: pytest.Session) -> bool:
        """Whether every test of this folder ran, and none failed."""
        items = [item for item in session.items if item.path.parent == HERE]
        return (
            {item.path for item in items} == set(HERE.glob("test_*.py"))
            and not any("::" in argument for argument in session.config.args)
            and not session.config.stash.get(deselected, False)
            and self.ended == len(items)
            and not session.testsfailed
        )

    def in_order(self) -> list[Row]:
        """The rows as the file holds them: by part, and else as the tests stand."""
        return sorted(self.rows, key=lambda row: PARTS.index(row["part"]))


def pytest_deselected(items: list[pytest.Item]) -> None:
    for item in items:
        item.config.stash[deselected] = True


@pytest.fixture(scope="session")
def noted(request: pytest.FixtureRequest) -> Iterator[Noted]:
    noted = Noted()
    yield noted
    if request.config.getoption("--write-bad-inputs"):
        assert noted.is_all(request.session), f"{FILE.name} is written only when all tests passed"
        save(
            "bad-inputs",
            {"provenance": provenance("receipts", "reading"), "rows": noted.in_order()},
        )
    elif noted.is_all(request.session):
        assert noted.in_order() == written(), STALE


@pytest.fixture(autouse=True)
def _ended(noted: Noted) -> Iterator[None]:
    yield
    noted.ended += 1


@pytest.fixture
def record_answer(request: pytest.FixtureRequest, noted: Noted) -> Iterator[RecordAnswer]:
    """Takes part, input and answer."""
    rows: list[Row] = []

    def note(part: str, what: str, answer: str) -> None:
        assert part in PARTS
        rows.append({"part": part, "input": what, "answer": answer})

    yield note
    noted.rows += rows
    if not request.config.getoption("--write-bad-inputs"):
        told = written()
        assert all(row in told for row in rows), STALE


def written() -> list[Row]:
    """What the file holds."""
    rows: list[Row] = json.loads(FILE.read_text())["rows"]
    return rows


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> FakeEngine:
    engine = FakeEngine()
    monkeypatch.setattr("reading.engines.make_engine", lambda *_: engine)
    return engine


@pytest.fixture
def event_loop(stack: Stack, engine: FakeEngine) -> EventLoop:
    del engine  # it reads what the event loop sends
    return EventLoop(stack)
