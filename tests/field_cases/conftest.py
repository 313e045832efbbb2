"""The inputs that people really send, and the answers to them, which the docs print.

`pytest tests/field_cases --write-field-cases` writes `docs/data/field-cases.json` anew; without it
each answer is held against the file, so that the page can't tell of another one.
"""

import json
import platform
import shutil
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from helpers.deployed import Stack
from helpers.event_loop import EventLoop
from helpers.fakes import FakeEngine
from helpers.field_cases import INPUTS, KINDS, Note
from lab.support.paths import DATA
from lab.support.provenance import provenance, save

FILE = DATA / "field-cases.json"
STALE = f"{FILE.name} is stale: run pytest tests/field_cases --write-field-cases"

Answers = dict[tuple[str, str], str]


@pytest.fixture(scope="session")
def answers(request: pytest.FixtureRequest) -> Iterator[Answers]:
    """The answers of this run, by the kind's folder and the input."""
    answers: Answers = {}
    yield answers
    if request.config.getoption("--write-field-cases"):
        kinds = [
            {
                "folder": kind.folder,
                "title": kind.title,
                "source": kind.source,
                "answers": {name: answers[kind.folder, name] for name in kind.names},
            }
            for kind in KINDS
        ]
        save("field-cases", {"provenance": provenance("receipts", "reading"), "kinds": kinds})


@pytest.fixture
def note(request: pytest.FixtureRequest, answers: Answers) -> Note:
    writes = request.config.getoption("--write-field-cases")

    def note(folder: str, name: str, answer: str) -> None:
        answers[folder, name] = answer
        if writes:
            return
        told = json.loads(FILE.read_text(encoding="utf-8"))
        # The engine is built anew for each system: there a doubt may fall on the other side.
        if told["provenance"]["machine"].startswith(platform.system()):
            [kind] = [one for one in told["kinds"] if one["folder"] == folder]
            assert kind["answers"][name] == answer, STALE

    return note


@pytest.fixture(scope="session")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The inputs, and those with names that not every file system under a checkout likes."""
    folder = tmp_path_factory.mktemp("field-cases")
    shutil.copytree(INPUTS, folder, dirs_exist_ok=True)
    with tarfile.open(INPUTS / "names-of-a-manifest.tar") as packed:
        packed.extractall(folder, filter="data")
    return folder


@pytest.fixture
def event_loop(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> EventLoop:
    monkeypatch.setattr("reading.engines.make_engine", lambda *_: FakeEngine())
    return EventLoop(stack)
