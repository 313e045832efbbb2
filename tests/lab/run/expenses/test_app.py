"""The client's app: its calls work, and a slow database can't hide the calls that it delays."""

import asyncio
import random
from collections import Counter

import psycopg
import pytest

from lab.run.expenses import calls
from lab.run.expenses.app import App, Block
from lab.run.postgres import Postgres, running_postgres

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def server():
    with running_postgres(settings={"fsync": "off"}) as server:
        with psycopg.connect(server.conninfo()) as connection:
            calls.fill_tables(connection, expenses=2_000)
        yield server


def test_every_kind_of_call_works_as_the_app_s_role(server: Postgres) -> None:
    chance = random.Random(1)  # noqa: S311
    with psycopg.connect(server.conninfo("expenses_app"), autocommit=True) as connection:
        rows = Counter[str]()
        for call in (calls.draw_call(chance) for _ in range(100)):
            rows[call.kind] += connection.execute(call.statement, call.parameters).rowcount
    assert set(rows) == set(calls.CALL_MIX_PERCENT)
    assert all(rows.values()), rows


def test_the_same_seed_is_the_same_calls() -> None:
    first, again = (random.Random(5) for _ in range(2))  # noqa: S311
    assert [calls.draw_call(first) for _ in range(50)] == [
        calls.draw_call(again) for _ in range(50)
    ]


def test_latency_counts_from_when_the_call_was_due(server: Postgres) -> None:
    late = 0.5
    app = App(server.conninfo("expenses_app"), pool=None, now=lambda: late)
    timings = asyncio.run(app.run(Block(seed=1, start=0.0, rate=200, seconds=0.1)))
    assert timings
    assert all(one.latency_s == one.lag_s == late - one.due_s for one in timings)


def test_a_database_that_refuses_is_a_failed_call() -> None:
    app = App("host=127.0.0.1 port=1 dbname=none", pool=None, now=lambda: 1.0)
    timings = asyncio.run(app.run(Block(seed=1, start=0.0, rate=200, seconds=0.05)))
    assert timings
    assert all("OperationalError" in (one.failed or "") for one in timings)
