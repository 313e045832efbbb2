"""What the drills do to PostgreSQL and to the write queue, and how they see that it was felt."""

import contextlib
import signal
from collections.abc import Iterator

from lab.prove.drills.ground import Agent, Ground

TABLE = "receipts_inbox.receipt"


def is_away(agent: Agent) -> bool:
    """Whether the agent says that the database is away."""
    return agent.metric('state{receipts_agent_state="the database was away"}') == 1


def restart(ground: Ground, how: signal.Signals) -> None:
    """Stop PostgreSQL this way, and start it again."""
    ground.system.database.stop(how)
    ground.system.database.start()


def end_sessions(ground: Ground) -> None:
    """End the agents' sessions."""
    with ground.admin() as admin:
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE usename = 'receipts_agent'"
        )


def sessions(ground: Ground) -> int:
    """How many of the agents' sessions the server has."""
    with ground.admin() as admin:
        found = admin.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE usename = 'receipts_agent'"
        ).fetchone()
    return int(found[0]) if found else 0


def waits(ground: Ground, what: str) -> bool:
    """Whether an agent's session waits for a "Lock", or in "PgSleep"."""
    with ground.admin() as admin:
        found = admin.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE usename = 'receipts_agent' AND %s IN (wait_event_type, wait_event)",
            [what],
        ).fetchone()
    return bool(found and found[0])


def waits_for_lock(ground: Ground) -> bool:
    """Whether an agent's session waits for a lock."""
    return waits(ground, "Lock")


@contextlib.contextmanager
def visibility(ground: Ground, seconds: int, output: str = "WriteQueueUrl") -> Iterator[None]:
    """A queue's visibility timeout in seconds, for as long as this holds."""
    url = ground.outputs[output]
    before = ground.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout"])
    ground.sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": str(seconds)})
    try:
        yield
    finally:
        ground.sqs.set_queue_attributes(QueueUrl=url, Attributes=before["Attributes"])


@contextlib.contextmanager
def quick_deadlocks(ground: Ground) -> Iterator[None]:
    """The server looks for deadlocks of the agent before the agent's lock timeout is over."""
    with ground.admin() as admin:
        admin.execute("ALTER ROLE receipts_agent SET deadlock_timeout = '200ms'")
        try:
            yield
        finally:
            admin.execute("ALTER ROLE receipts_agent RESET deadlock_timeout")


@contextlib.contextmanager
def locked(ground: Ground) -> Iterator[None]:
    """The inbox, locked against writing as by a migration."""
    with ground.admin() as admin, admin.transaction():
        admin.execute(f"LOCK TABLE {TABLE} IN SHARE MODE")
        yield


@contextlib.contextmanager
def trigger(ground: Ground, body: str) -> Iterator[None]:
    """A trigger of the client's that does `body` before each INSERT statement."""
    with ground.admin() as admin:
        admin.execute(
            "CREATE FUNCTION public.drill() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$ BEGIN {body}; RETURN NULL; END $$"
        )
        admin.execute(
            f"CREATE TRIGGER drill BEFORE INSERT ON {TABLE} EXECUTE FUNCTION public.drill()"
        )
        try:
            yield
        finally:
            admin.execute("DROP FUNCTION public.drill CASCADE")
