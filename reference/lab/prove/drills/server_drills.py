"""A database that is up and answers, but differently: not durable, changed, full, behind a pooler.

As in `agent_drills`, each drill returns what was observed, and all results must settle in the end.
"""

import contextlib
import re
import signal
from collections.abc import Iterator

import psycopg
from psycopg.conninfo import make_conninfo

from lab.prove.drills.environment import RECEIPTS, DrillEnvironment, DrillError
from lab.prove.drills.faults import (
    constraint,
    insert_trigger,
    reports_outage,
    restart_postgres,
)
from reading.receipt import Receipt

MANY = 200
"""Receipts of a drill that tells the guilty from the innocent, or the durable from the lost."""

FAST_ROWS_PER_S = 1000.0

RECEIVES = 4
"""What an outage may cost a message, of the 1,000 receives that the write queue allows: one each
time until the breaker opens, and the one that stores it. Probes cost none."""

_BACKEND_KEY = re.compile(rb"K\x00\x00\x00\x0c.{4}", re.DOTALL)


def a_crash_after_the_answer(env: DrillEnvironment) -> str:
    """PostgreSQL, with synchronous_commit off, is killed right after it took the last row."""
    with _commits_that_need_not_last(env), env.agent(rows_per_second=FAST_ROWS_PER_S):
        results = env.add_results(MANY)
        env.assert_settled(results)
        with env.admin() as other:
            other.execute("CREATE TABLE public.placebo AS SELECT WHERE false")
            for _ in range(MANY):
                other.execute("INSERT INTO public.placebo DEFAULT VALUES")
        restart_postgres(env, signal.SIGQUIT)
    with env.admin() as admin:
        placebo = _count(admin, "SELECT count(*) FROM public.placebo")
        admin.execute("DROP TABLE IF EXISTS public.placebo")
    if placebo == MANY:
        raise DrillError("the crash lost nothing of another login's rows: it proves nothing")
    env.assert_settled(results)
    return (
        f"{sum(env.rows(results.batch_id).values())} of {MANY} rows after the crash; of {MANY} that"
        f" another login committed after them, {placebo}"
    )


def a_constraint_that_every_row_breaks(env: DrillEnvironment) -> str:
    """The client adds a constraint that no receipt fulfils, and mends it later."""
    with env.agent(rows_per_second=FAST_ROWS_PER_S) as agent:
        env.assert_settled(env.add_results(1))
        with constraint(env, "false"):
            results = env.add_results(MANY)
            env.wait_until(lambda: reports_outage(agent), "the gate is closed")
            reason = agent.logged_reason('"the database took nothing"')
        env.assert_settled(results)
        dead = agent.metric("set_aside_total")
    _expect_dead_letters(env, 0)
    return f"{dead:.0f} set aside, {MANY} of {MANY} stored once it was mended; meanwhile: {reason}"


def a_trigger_that_refuses_one_of_many(env: DrillEnvironment) -> str:
    """A trigger of the client raises an error of its own at 1 of 200 receipts."""
    body = "IF NEW.merchant = 'Refused' THEN RAISE 'no budget for %', NEW.merchant; END IF"
    with insert_trigger(env, body, each="ROW"):
        return _one_of_many_is_set_aside(env, Receipt(merchant="Refused"))


def one_poison_of_many(env: DrillEnvironment) -> str:
    """1 of 200 receipts has a currency that the table refuses."""
    return _one_of_many_is_set_aside(env, Receipt(currency="euro"))


def a_full_disk(env: DrillEnvironment) -> str:
    """Each INSERT says that the disk is full (53100), before this agent ever wrote a row."""
    waiting = 5
    with env.agent() as agent:
        with insert_trigger(env, "RAISE 'disk full' USING ERRCODE = '53100'"):
            results = env.add_results(waiting)
            env.wait_until(lambda: reports_outage(agent), "the breaker is open")
            before = agent.metric("failures_total")
            env.wait_until(lambda: agent.metric("failures_total") > before + 2, "probes fail")
            failures = agent.metric("failures_total")
        env.assert_settled(results)
        received = agent.metric("received_total")
    if received > waiting * RECEIVES:
        raise DrillError(f"{received:.0f} receives of {waiting} messages in {failures:.0f} tries")
    return (
        f"{failures:.0f} transactions and probes failed; {waiting} stored, {received:.0f} receives"
    )


def a_pooler_in_between(env: DrillEnvironment) -> str:
    """Sessions get a process id from what stands between, as behind PgBouncer."""
    env.database.rewrite = lambda data: _BACKEND_KEY.sub(b"K\x00\x00\x00\x0cPOOL", data, count=1)
    results = env.add_results(RECEIPTS)
    conninfo = env.system.database.conninfo(user="receipts_agent")
    folder = env.system.folder / "agent-behind-a-pooler"
    folder.mkdir()
    with env.system.agent(
        FAST_ROWS_PER_S, folder=folder, database=make_conninfo(conninfo, port=env.database.port)
    ) as process:
        env.wait_until(lambda: process.poll() is not None, "the agent refuses to start")
    log = (folder / "agent.log").read_text()
    if process.returncode != 2 or "a pooler stands between" not in log:  # noqa: PLR2004
        raise DrillError(f"exit code {process.returncode}: {log}")
    if env.rows(results.batch_id):
        raise DrillError("it wrote rows all the same")
    env.database.restore()
    with env.agent(rows_per_second=FAST_ROWS_PER_S):
        env.assert_settled(results)
    return "exit code 2, nothing written: a pooler stands between; without it all were stored"


def another_login_holds_the_lock(env: DrillEnvironment) -> str:
    """A session of the client's app takes the agents' lock, by accident."""
    app = psycopg.connect(env.system.database.conninfo("expenses_app"), autocommit=True)
    with contextlib.closing(app):
        app.execute("SELECT pg_advisory_lock(hashtext('receipts_inbox'), 1)")
        with env.agent() as agent:
            results = env.add_results(RECEIPTS)
            env.wait_until(lambda: agent.logged("'expenses_app' holds"), "it says who")
            app.close()
            env.assert_settled(results)
    return "the login 'expenses_app' holds the agents' lock, it said; then the agent wrote"


def _one_of_many_is_set_aside(env: DrillEnvironment, bad: Receipt) -> str:
    with env.agent(rows_per_second=FAST_ROWS_PER_S) as agent:
        results = env.add_results(MANY - 1, [bad])
        env.assert_settled(results)
        received = agent.metric("received_total")
    reason = _expect_dead_letters(env, 1)
    return f"{MANY - 1} stored, 1 set aside: {reason}; {received:.0f} receives"


def _expect_dead_letters(env: DrillEnvironment, count: int) -> str:
    """The reasons on the write DLQ. Raises `DrillError` where it has not so many messages."""
    reasons = list(env.dead_letters().values())
    if len(reasons) != count:
        raise DrillError(f"on the DLQ: {reasons}")
    return "; ".join(reasons)


@contextlib.contextmanager
def _commits_that_need_not_last(env: DrillEnvironment) -> Iterator[None]:
    """Within this context the server flushes other logins' commits every ten seconds."""
    with env.admin() as admin:
        admin.execute("ALTER SYSTEM SET synchronous_commit = off")
        admin.execute("ALTER SYSTEM SET wal_writer_delay = '10s'")
        admin.execute("SELECT pg_reload_conf()")
    yield


def _count(admin: psycopg.Connection, query: str) -> int:
    try:
        found = admin.execute(query.encode()).fetchone()
    except psycopg.errors.UndefinedTable:  # lost with its rows
        return 0
    return int(found[0]) if found else 0
