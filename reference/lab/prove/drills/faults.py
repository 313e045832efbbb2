"""Faults of PostgreSQL and of the queues, and how to observe their effect on the agent."""

import contextlib
import re
import signal
from collections.abc import Iterator

from lab.prove.drills.environment import Agent, DrillEnvironment, DrillError
from receipts.agent.postgres import inbox_sql

TABLE = "receipts_inbox.receipt"


def reports_outage(agent: Agent) -> bool:
    """Whether the agent reports that the database is away."""
    return agent.metric('state{receipts_agent_state="the database was away"}') == 1


def restart_postgres(env: DrillEnvironment, how: signal.Signals) -> None:
    """Stop PostgreSQL with this signal, and start it again."""
    env.system.database.stop(how)
    env.system.database.start()


def end_agent_sessions(env: DrillEnvironment) -> None:
    """End the agents' sessions."""
    with env.admin() as admin:
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE usename = 'receipts_agent'"
        )


def count_agent_sessions(env: DrillEnvironment) -> int:
    """How many sessions of agents the server has."""
    with env.admin() as admin:
        found = admin.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE usename = 'receipts_agent'"
        ).fetchone()
    return int(found[0]) if found else 0


def is_waiting(env: DrillEnvironment, event: str) -> bool:
    """Whether an agent's session waits for `event`: "Lock", or "PgSleep"."""
    with env.admin() as admin:
        found = admin.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE usename = 'receipts_agent' AND %s IN (wait_event_type, wait_event)",
            [event],
        ).fetchone()
    return bool(found and found[0])


def is_waiting_for_lock(env: DrillEnvironment) -> bool:
    """Whether an agent's session waits for a lock."""
    return is_waiting(env, "Lock")


@contextlib.contextmanager
def visibility_timeout(
    env: DrillEnvironment, seconds: int, output: str = "WriteQueueUrl"
) -> Iterator[None]:
    """Within this context a queue has this visibility timeout."""
    url = env.outputs[output]
    before = env.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout"])
    env.sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": str(seconds)})
    try:
        yield
    finally:
        env.sqs.set_queue_attributes(QueueUrl=url, Attributes=before["Attributes"])


@contextlib.contextmanager
def mapping_off(env: DrillEnvironment, mapping: str) -> Iterator[None]:
    """Within this context an event source mapping of the template hands nothing over."""
    functions = env.system.deployment.emulator.client("lambda")
    its_id = env.system.deployment.resources[mapping]
    functions.update_event_source_mapping(UUID=its_id, Enabled=False)
    try:
        yield
    finally:
        functions.update_event_source_mapping(UUID=its_id, Enabled=True)


@contextlib.contextmanager
def short_deadlock_timeout(env: DrillEnvironment) -> Iterator[None]:
    """Within this context the server finds a deadlock before the agent's lock timeout ends."""
    with env.admin() as admin:
        admin.execute("ALTER ROLE receipts_agent SET deadlock_timeout = '200ms'")
        try:
            yield
        finally:
            admin.execute("ALTER ROLE receipts_agent RESET deadlock_timeout")


@contextlib.contextmanager
def role_setting(env: DrillEnvironment, name: str, value: str) -> Iterator[None]:
    """Within this context new sessions of agents have this setting; then what `inbox.sql` says."""
    found = re.search(rf"SET {name} = '(.*?)'", inbox_sql())
    if found is None:
        raise DrillError(f"inbox.sql doesn't set {name}")
    with env.admin() as admin:
        admin.execute(f"ALTER ROLE receipts_agent SET {name} = '{value}'".encode())
        try:
            yield
        finally:
            admin.execute(f"ALTER ROLE receipts_agent SET {name} = '{found[1]}'".encode())


@contextlib.contextmanager
def constraint(env: DrillEnvironment, condition: str) -> Iterator[None]:
    """Within this context the client's table has one constraint more, for new rows."""
    with env.admin() as admin:
        admin.execute(
            f"ALTER TABLE {TABLE} ADD CONSTRAINT drill CHECK ({condition}) NOT VALID".encode()
        )
        try:
            yield
        finally:
            admin.execute(f"ALTER TABLE {TABLE} DROP CONSTRAINT drill")


@contextlib.contextmanager
def locked_inbox(env: DrillEnvironment) -> Iterator[None]:
    """Within this context the inbox is locked against writing, as by a migration."""
    with env.admin() as admin, admin.transaction():
        admin.execute(f"LOCK TABLE {TABLE} IN SHARE MODE")
        yield


@contextlib.contextmanager
def insert_trigger(env: DrillEnvironment, body: str, *, each: str = "STATEMENT") -> Iterator[None]:
    """Within this context a trigger of the client does `body` before each INSERT, or each "ROW"."""
    with env.admin() as admin:
        admin.execute(
            "CREATE FUNCTION public.drill() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$ BEGIN {body}; RETURN NEW; END $$".encode()
        )
        admin.execute(
            f"CREATE TRIGGER drill BEFORE INSERT ON {TABLE} FOR EACH {each}"
            " EXECUTE FUNCTION public.drill()".encode()
        )
        try:
            yield
        finally:
            admin.execute("DROP FUNCTION public.drill CASCADE")
