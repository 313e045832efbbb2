"""Faults of the client's PostgreSQL: the server, the agents' sessions and role."""

import contextlib
import os
import signal

import psycopg

from lab.prove.campaign.injection import Injection
from lab.prove.drills.faults import end_agent_sessions

_SESSIONS = "FROM pg_stat_activity WHERE usename = 'receipts_agent'"
_END_SESSIONS = f"SELECT pg_terminate_backend(pid) {_SESSIONS}"


def postgres_crashes(fault: Injection) -> None:
    """SIGQUIT: it ends at once, and recovers from its log at the start."""
    _down(fault, signal.SIGQUIT)


def postgres_crashes_with_asynchronous_commits(fault: Injection) -> None:
    """The server's default is `synchronous_commit = off`; the agents' role has its own."""
    with fault.server_setting("synchronous_commit", "off"):
        fault.wait(fault.lasts_s / 2)
        _down(fault, signal.SIGQUIT)


def postgres_is_stopped(fault: Injection) -> None:
    """SIGINT, and nobody starts it for a while."""
    _down(fault, signal.SIGINT)


def postgres_restarts(fault: Injection) -> None:
    """SIGINT, and it is started at once."""
    fault.env.system.database.stop()
    fault.env.system.database.start()


def postgres_is_read_only(fault: Injection) -> None:
    """As after a failover to a replica."""
    with fault.server_setting("default_transaction_read_only", "on"):
        fault.last()


def postgres_refuses_the_role(fault: Injection) -> None:
    """pg_hba.conf rejects new sessions, and the old ones are ended."""
    hba = fault.env.system.database.hba
    before = hba.read_text()
    try:
        hba.write_text(f"host all receipts_agent all reject\n{before}")
        fault.execute("SELECT pg_reload_conf()", _END_SESSIONS)
        fault.last()
    finally:
        hba.write_text(before)
        fault.execute("SELECT pg_reload_conf()")


def a_server_process_hangs(fault: Injection) -> None:
    """The server's processes of the agents' sessions are suspended, in the middle of whatever."""
    with fault.env.admin() as admin:
        pids = [pid for (pid,) in admin.execute(f"SELECT pid {_SESSIONS}")]
    _signal(pids, signal.SIGSTOP)
    try:
        fault.last()
    finally:
        _signal(pids, signal.SIGCONT)


def sessions_are_ended(fault: Injection) -> None:
    """pg_terminate_backend, again and again."""
    fault.repeat(lambda: _unless_away(fault, _END_SESSIONS), every_s=0.5)


def statements_are_cancelled(fault: Injection) -> None:
    """pg_cancel_backend, many times a second."""
    cancel = f"SELECT pg_cancel_backend(pid) {_SESSIONS}"
    fault.repeat(lambda: _unless_away(fault, cancel), every_s=0.08)


def no_connection_is_left(fault: Injection) -> None:
    """Other clients take every connection; the agents' own are ended."""
    with contextlib.ExitStack() as stack:
        with contextlib.suppress(psycopg.Error):
            end_agent_sessions(fault.env)
            while fault.is_on:
                taken = psycopg.connect(fault.env.system.database.conninfo("expenses_app"))
                stack.callback(taken.close)
        fault.last()


def the_connection_limit_is_lowered(fault: Injection) -> None:
    """A DBA gives the role one connection, where two agents are configured."""
    with fault.altered(
        by=("ALTER ROLE receipts_agent CONNECTION LIMIT 1", _END_SESSIONS),
        until=("ALTER ROLE receipts_agent CONNECTION LIMIT 2",),
    ):
        fault.last()


def a_tiny_statement_timeout(fault: Injection) -> None:
    """A DBA gives the role's statements 2 ms: some are in time."""
    with fault.altered(
        by=("ALTER ROLE receipts_agent SET statement_timeout = '2ms'", _END_SESSIONS),
        until=("ALTER ROLE receipts_agent SET statement_timeout = '5s'", _END_SESSIONS),
    ):
        fault.last()


def the_roles_commits_are_not_durable(fault: Injection) -> None:
    """A DBA switches `synchronous_commit` off for the role: the agent refuses such a session."""
    with fault.altered(
        by=("ALTER ROLE receipts_agent SET synchronous_commit = off", _END_SESSIONS),
        until=("ALTER ROLE receipts_agent SET synchronous_commit = on", _END_SESSIONS),
    ):
        fault.last()


def another_login_holds_the_lock(fault: Injection) -> None:
    """The client's app takes the agents' lock, by accident."""
    with contextlib.suppress(psycopg.Error):
        end_agent_sessions(fault.env)
        app = psycopg.connect(fault.env.system.database.conninfo("expenses_app"), autocommit=True)
        with contextlib.closing(app):
            app.execute("SELECT pg_advisory_lock(hashtext('receipts_inbox'), 1)")
            fault.last()


def _down(fault: Injection, how: signal.Signals) -> None:
    fault.env.system.database.stop(how)
    try:
        fault.last()
    finally:
        fault.env.system.database.start()


def _unless_away(fault: Injection, statement: str) -> None:
    with contextlib.suppress(psycopg.Error), fault.env.admin() as admin:
        admin.execute(statement.encode())


def _signal(pids: list[int], number: signal.Signals) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)


SERVER_FAULTS = (
    postgres_crashes,
    postgres_crashes_with_asynchronous_commits,
    postgres_is_stopped,
    postgres_restarts,
    postgres_is_read_only,
    postgres_refuses_the_role,
    a_server_process_hangs,
)

SESSION_FAULTS = (
    sessions_are_ended,
    statements_are_cancelled,
    no_connection_is_left,
    the_connection_limit_is_lowered,
    a_tiny_statement_timeout,
    the_roles_commits_are_not_durable,
    another_login_holds_the_lock,
)
