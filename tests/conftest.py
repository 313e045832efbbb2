"""Fixtures that all tests share."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

from diagram_check.template import Template, read_template
from helpers.deployed import Stack, deployed
from helpers.fakes import FakeClock, FakeLedger, FakeObjects, FakeQueue
from helpers.on_mariadb import OnMariaDB, running_mariadb
from helpers.process_watch import STARTING_FIXTURES, ProcessWatch
from lab.run.postgres import Postgres, running_postgres
from lab.support.paths import TEMPLATE

# Slow neighbours are no failure: an example has no time limit, and none is drawn anew each run.
settings.register_profile(
    "repeatable", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("repeatable")


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def ledger() -> FakeLedger:
    return FakeLedger()


@pytest.fixture
def objects() -> FakeObjects:
    return FakeObjects()


@pytest.fixture
def queue() -> FakeQueue:
    return FakeQueue()


@pytest.fixture
def stack() -> Iterator[Stack]:
    with deployed() as stack:
        yield stack


@pytest.fixture(scope="session")
def _postgres() -> Iterator[Postgres]:
    """A real PostgreSQL for the whole session, emptied for each test."""
    with running_postgres() as server:
        yield server


@pytest.fixture
def postgres(_postgres: Postgres) -> Postgres:
    with psycopg.connect(_postgres.conninfo(), autocommit=True) as connection:
        # A session that a test closed may live on for some milliseconds, with its lock.
        connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE pid <> pg_backend_pid() AND (usename = 'receipts_agent'"
            " OR pid IN (SELECT pid FROM pg_locks WHERE locktype = 'advisory'))"
        )
        connection.execute("TRUNCATE receipts_inbox.receipt, receipts_inbox.correction")
    return _postgres


@pytest.fixture(scope="session")
def _mariadb() -> Iterator[OnMariaDB]:
    """A real MariaDB for the whole session, emptied for each test."""
    with running_mariadb() as server:
        yield server


@pytest.fixture
def on_mariadb(_mariadb: OnMariaDB) -> OnMariaDB:
    _mariadb.end_sessions()
    _mariadb.run("TRUNCATE receipts_inbox.receipt; TRUNCATE receipts_inbox.correction")
    return _mariadb


@pytest.fixture(scope="session")
def template() -> Template:
    return read_template(TEMPLATE, "reference/template.yaml")


watch = ProcessWatch()

WRITES = {"--write-bad-inputs": "bad_inputs", "--write-field-cases": "field_cases"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if STARTING_FIXTURES & set(getattr(item, "fixturenames", ())):
            item.add_marker("slow")
    # What is slow comes first: what is quick then fills up the worker that ends sooner.
    slow = {kept_together(item.path) for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: kept_together(item.path) not in slow)


def kept_together(file: Path) -> Path:
    """What stays on one worker, for it shares a fixture that is dear: a file, or its folder."""
    return file.parent if (file.parent / "conftest.py").exists() else file


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """What isn't marked `slow` may start no process, neither itself nor in a fixture."""
    writes = any(map(item.config.getoption, WRITES))  # what is written names git's commit
    watch.refusing = item.get_closest_marker("slow") is None and not writes
    try:
        return (yield)
    finally:
        watch.refusing = False


def pytest_addoption(parser: pytest.Parser) -> None:
    databases = ("postgres", "mariadb")
    told = "which database the inbox's contract is held against"
    parser.addoption("--database", choices=databases, default="postgres", help=told)
    for option, folder in WRITES.items():
        name = folder.replace("_", "-")
        told = f"write docs/data/{name}.json from what tests/{folder} finds"
        parser.addoption(option, action="store_true", help=told)


class ByFolderOrFile(LoadFileScheduling):  # type: ignore[misc]
    """Keeps on one worker a file, or a folder with a conftest.py.

    The bad inputs' table is held against all tests of its folder, so that one must see them all.
    """

    def _split_scope(self, nodeid: str) -> str:
        return str(kept_together(self.config.rootpath / nodeid.partition("::")[0]))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadFileScheduling | None:
    if config.option.dist != "loadfile":
        return None
    config.option.loadscopereorder = False  # it would begin with the files of many, quick tests
    return ByFolderOrFile(config, log)
