"""Faults of the client's database and of the link to it: stopped, slow, locked, cut, restored.

As in `agent_drills`, each drill returns what was observed, and all results must settle in the end.
"""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psycopg

from commands.operations.options import NOT_ALL
from commands.operations.settling import GRACE
from lab.prove.drills.environment import (
    CEILING_ROWS_PER_S,
    MAX_WAIT_S,
    RECEIPTS,
    DrillEnvironment,
    DrillError,
)
from lab.prove.drills.faults import (
    end_agent_sessions,
    insert_trigger,
    is_waiting_for_lock,
    locked_inbox,
    reports_outage,
    restart_postgres,
    short_deadlock_timeout,
)
from lab.support.paths import REFERENCE
from receipts.aws.s3 import S3Objects

_DATABASE_FAILED = '"the database took nothing"'


def postgres_restarted(env: DrillEnvironment) -> str:
    """PostgreSQL restarts while the agent writes."""
    return _inject_while_writing(env, lambda: restart_postgres(env, signal.SIGINT), lambda: None)


def postgres_crashed(env: DrillEnvironment) -> str:
    """PostgreSQL is killed as by a power cut, and recovers."""
    return _inject_while_writing(env, lambda: restart_postgres(env, signal.SIGQUIT), lambda: None)


def postgres_stopped(env: DrillEnvironment) -> str:
    """PostgreSQL is stopped until the breaker is open and a probe fails; nothing is received."""
    with env.agent() as agent:
        env.wait_until(lambda: agent.logged('"started"'), "start")
        env.system.database.stop()
        env.wait_until(lambda: reports_outage(agent), "the breaker is open")
        results = env.add_results(RECEIPTS)
        received = agent.metric("received_total")
        failures = agent.metric("failures_total")
        env.wait_until(lambda: agent.metric("failures_total") > failures, "a probe fails")
        if agent.metric("received_total") != received:
            raise DrillError("the agent received while the database was away")
        env.system.database.start()
        env.assert_settled(results)
        return "the breaker opened, a probe failed, nothing was received meanwhile"


def postgres_read_only(env: DrillEnvironment) -> str:
    """PostgreSQL turns read-only, as after a failover to a replica."""
    on = "ALTER SYSTEM SET default_transaction_read_only = on"
    off = "ALTER SYSTEM RESET default_transaction_read_only"

    def switch(statement: str) -> None:
        with env.admin() as admin:
            admin.execute("SET default_transaction_read_only = off")
            admin.execute(statement.encode())
            admin.execute("SELECT pg_reload_conf()")

    return _inject_while_writing(env, lambda: switch(on), lambda: switch(off), "read-only")


def postgres_out_of_connections(env: DrillEnvironment) -> str:
    """Other clients take every connection; the agent's own is ended."""
    taken: list[psycopg.Connection] = []

    def take_all() -> None:
        end_agent_sessions(env)
        with contextlib.suppress(psycopg.OperationalError):
            while True:
                taken.append(psycopg.connect(env.system.database.conninfo("expenses_app")))

    def give_back() -> None:
        for connection in taken:
            connection.close()

    return _inject_while_writing(env, take_all, give_back, "remaining connection slots")


def postgres_slow(env: DrillEnvironment) -> str:
    """Each INSERT takes a quarter of a second: the agent's rate falls."""
    with env.agent() as agent, insert_trigger(env, "PERFORM pg_sleep(0.25)"):
        results = env.add_results(RECEIPTS)
        slow_rows_per_s = CEILING_ROWS_PER_S / 10
        env.wait_until(
            lambda: 0 < agent.metric("rate_rows_per_second") < slow_rows_per_s,
            "the agent slows down",
        )
        rate = agent.metric("rate_rows_per_second")
        env.assert_settled(results)
    return f"the rate fell from {CEILING_ROWS_PER_S:.0f} to {rate:.0f} rows/s"


def a_deadlock(env: DrillEnvironment) -> str:
    """The agent's transaction and another wait for each other; the agent's is the victim."""
    body = "PERFORM pg_advisory_xact_lock(41); PERFORM pg_advisory_xact_lock(42)"
    with (
        short_deadlock_timeout(env),
        env.agent() as agent,
        insert_trigger(env, body),
        env.admin() as other,
        other.transaction(),
    ):
        other.execute("SELECT pg_advisory_xact_lock(42)")
        results = env.add_results(RECEIPTS)
        env.wait_until(lambda: is_waiting_for_lock(env), "the agent waits")
        other.execute("SELECT pg_advisory_xact_lock(41)")
        env.wait_until(lambda: agent.logged("40P01"), "the agent is the victim")
    with env.agent():
        env.assert_settled(results)
    return "deadlock detected [40P01]; the rows were written later"


def a_lock_timeout(env: DrillEnvironment) -> str:
    """A migration of the client locks the table: the agent's statement gives up."""
    with env.agent() as agent:
        with locked_inbox(env):
            results = env.add_results(RECEIPTS)
            env.wait_until(lambda: agent.logged("55P03"), "the lock timeout")
        env.assert_settled(results)
    return "canceling statement due to lock timeout [55P03]"


def the_link_is_cut(env: DrillEnvironment) -> str:
    """The link to the database is cut while the agent writes."""
    return _inject_while_writing(env, env.database.cut, env.database.restore)


def the_link_is_slow(env: DrillEnvironment) -> str:
    """A tenth of a second each way: the agent is slower and loses nothing."""
    with env.agent() as agent:
        env.database.delay_s = 0.1
        results = env.add_results(RECEIPTS)
        env.wait_until(
            lambda: 0 < agent.metric("rate_rows_per_second") < CEILING_ROWS_PER_S / 2, "slower"
        )
        rate = agent.metric("rate_rows_per_second")
        env.database.restore()
        env.assert_settled(results)
    return f"the rate fell from {CEILING_ROWS_PER_S:.0f} to {rate:.0f} rows/s"


def the_link_is_reset_in_mid_batch(env: DrillEnvironment) -> str:
    """The connection is reset when half of a transaction's bytes are sent."""
    return _inject_while_writing(env, lambda: env.database.reset_after(2_000), lambda: None)


def the_database_is_restored(env: DrillEnvironment) -> str:
    """Half of the rows are gone, and a correction; `receipts audit` and `replay`, by hand."""
    results = env.add_results(RECEIPTS)
    objects = S3Objects(
        env.outputs["ReceiptsBucketName"], env.system.deployment.emulator.client("s3")
    )
    for message in results.messages:
        objects.put_result(message)
    with env.agent():
        env.assert_settled(results)
        first = results.messages[0].receipt_id
        _receipts(env, "correct", first, "total=12.50", "--by", "Ada")
        env.wait_until(lambda: _has_correction(env, first), "the correction is stored")
        with env.admin() as admin:
            lost = admin.execute(
                "DELETE FROM receipts_inbox.receipt WHERE batch_id = %s AND position %% 2 = 0",
                [results.batch_id],
            ).rowcount
            admin.execute("DELETE FROM receipts_inbox.correction WHERE receipt_id = %s", [first])
        audited = _receipts(env, "audit", "--ids", str(_keys(env)))
        missing = [line for line in audited.stdout.splitlines() if results.batch_id in line]
        if audited.returncode != NOT_ALL or len(missing) != lost + 1:
            raise DrillError(f"the audit found {missing}, of {lost} + 1: {audited.stderr}")
        for _ in range(2):  # to type it again does no harm
            _receipts(env, "replay", "--batch", results.batch_id)
        env.wait_until(lambda: len(env.rows(results.batch_id)) == RECEIPTS, "all rows are back")
        env.wait_until(lambda: _has_correction(env, first), "the correction is back")
        env.assert_settled(results)
    again = _receipts(env, "audit", "--ids", str(_keys(env)))
    if results.batch_id in again.stdout:
        raise DrillError(f"still missing: {again.stdout}")
    return (
        f"the audit found all {lost} rows that were gone, and the correction; "
        "replayed twice, no row doubled"
    )


def _has_correction(env: DrillEnvironment, receipt_id: str) -> bool:
    query = "SELECT FROM receipts_inbox.correction WHERE receipt_id = %s"
    with env.admin() as admin:
        return admin.execute(query, [receipt_id]).fetchone() is not None


def _keys(env: DrillEnvironment) -> Path:
    """What the DBA hands over: a file with each row's key, as if written when clocks agree."""
    file = env.system.folder / "ids"
    with env.admin() as admin:
        rows = admin.execute(
            "SELECT receipt_id FROM receipts_inbox.receipt "
            "UNION ALL SELECT correction_id FROM receipts_inbox.correction"
        ).fetchall()
    file.write_text("".join(f"{key}\n" for (key,) in rows))
    os.utime(file, times=(0, time.time() + GRACE.total_seconds()))
    return file


def _receipts(env: DrillEnvironment, *command: str) -> subprocess.CompletedProcess[str]:
    """Type a command of the client's operators."""
    emulator = env.system.deployment.emulator
    return subprocess.run(  # noqa: S603  our own program
        [sys.executable, "-m", "commands", *command, "--stack", "receipts"],
        env={**emulator.environment, "PYTHONPATH": str(REFERENCE)},
        capture_output=True,
        text=True,
        check=False,
        timeout=MAX_WAIT_S,
    )


def _inject_while_writing(
    env: DrillEnvironment,
    fault: Callable[[], None],
    repair: Callable[[], None],
    log_text: str = _DATABASE_FAILED,
) -> str:
    """Inject a fault while the agent writes, until its log has `log_text`; then all must settle."""
    results = env.add_results(RECEIPTS)
    with env.agent(rows_per_second=20.0) as agent:
        env.wait_until(lambda: bool(env.rows(results.batch_id)), "the first rows")
        fault()
        try:
            env.wait_until(lambda: agent.logged(log_text), log_text)
        finally:
            repair()
        env.assert_settled(results)
        return agent.logged_reason(log_text)
