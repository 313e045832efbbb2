"""Faults around the agent: killed, cut off, refused, poisoned, served twice.

Each answers what was seen of the fault, and lasts until that is seen; then it is taken away, and
everything must settle without a hand.
"""

import contextlib
import random
import signal
from collections.abc import Callable, Sequence
from decimal import Decimal

import psycopg

from lab.prove.drills.faults import (
    end_sessions,
    is_away,
    locked,
    quick_deadlocks,
    restart,
    sessions,
    trigger,
    visibility,
    waits,
    waits_for_lock,
)
from lab.prove.drills.ground import CEILING, ROWS, DrillError, Ground
from reading.receipt import Receipt
from receipts.messages import encode

SOME = 40
"""Receipts a drill: several transactions."""

_FAILED = '"the database took nothing"'


def killed_between_commit_and_delete(ground: Ground) -> str:
    """SIGKILL when rows are committed, before the ledger or the queue hears of it."""
    ground.aws.hold(b"DynamoDB")
    results = ground.results(SOME)
    with ground.agent() as agent:
        ground.until(lambda: ground.aws.wait_until_held(0), "the agent tells the ledger")
        committed = sum(ground.rows(results.batch_id).values())
        agent.kill()
        ground.aws.drop_held()
    if not committed:
        raise DrillError("the agent was killed before it had committed anything")
    with ground.agent():
        ground.settled(results)
    return f"{committed} rows were committed and on the queue still; written again, no row doubled"


def killed_in_mid_transaction(ground: Ground) -> str:
    """SIGKILL while the INSERT waits for a lock."""
    with locked(ground), ground.agent() as agent:
        results = ground.results(SOME)
        ground.until(lambda: waits_for_lock(ground), "the agent waits for the lock")
        agent.kill()
    ground.until(lambda: not sessions(ground), "its session ends")
    committed = sum(ground.rows(results.batch_id).values())
    with ground.agent():
        ground.settled(results)
    if committed:  # one statement is the transaction: the server ends what it was sent
        return f"without its client the server committed {committed} rows; no row doubled"
    return "nothing of the transaction was committed; its messages came again"


def a_stand_by_takes_over(ground: Ground) -> str:
    """Two agents; the one that writes is killed."""
    slow = 20.0  # rows a second: there is something left to take over
    with ground.agent(rows_per_second=slow) as first, ground.agent() as second:
        standing = 'state{receipts_agent_state="another agent writes"}'
        ground.until(lambda: second.metric(standing) == 1, "the second stands by")
        results = ground.results(SOME)
        ground.until(lambda: first.metric("rows_stored_total") > 0, "the first writes")
        first.kill()
        ground.settled(results)
        ground.until(lambda: second.metric("rows_stored_total") > 0, "the stand-by writes")
        return f"the stand-by wrote {second.metric('rows_stored_total'):.0f} of {SOME}"


def postgres_restarted(ground: Ground) -> str:
    """PostgreSQL restarts while the agent writes."""
    return _until_it_fails(ground, lambda: restart(ground, signal.SIGINT), lambda: None)


def postgres_crashed(ground: Ground) -> str:
    """PostgreSQL is killed as by a power cut, and recovers."""
    return _until_it_fails(ground, lambda: restart(ground, signal.SIGQUIT), lambda: None)


def postgres_stopped(ground: Ground) -> str:
    """PostgreSQL is away until the breaker is open and probes have failed; no receive is burnt."""
    with ground.agent() as agent:
        ground.until(lambda: agent.said('"started"'), "start")
        ground.system.database.stop()
        ground.until(lambda: is_away(agent), "the breaker is open")
        results = ground.results(SOME)
        received = agent.metric("received_total")
        failures = agent.metric("failures_total")
        ground.until(lambda: agent.metric("failures_total") > failures, "a probe fails")
        if agent.metric("received_total") != received:
            raise DrillError("the agent received while the database was away")
        ground.system.database.start()
        ground.settled(results)
        return "the breaker opened, a probe failed, nothing was received meanwhile"


def postgres_read_only(ground: Ground) -> str:
    """PostgreSQL turns read-only, as after a failover to a replica."""
    on = "ALTER SYSTEM SET default_transaction_read_only = on"
    off = "ALTER SYSTEM RESET default_transaction_read_only"

    def switch(statement: str) -> None:
        with ground.admin() as admin:
            admin.execute("SET default_transaction_read_only = off")
            admin.execute(statement.encode())
            admin.execute("SELECT pg_reload_conf()")

    return _until_it_fails(ground, lambda: switch(on), lambda: switch(off), "read-only")


def postgres_out_of_connections(ground: Ground) -> str:
    """Others take every connection; the agent's own is cut."""
    taken: list[psycopg.Connection] = []

    def take_all() -> None:
        end_sessions(ground)
        with contextlib.suppress(psycopg.OperationalError):
            while True:
                taken.append(psycopg.connect(ground.system.database.conninfo("expenses_app")))

    def give_back() -> None:
        for connection in taken:
            connection.close()

    return _until_it_fails(ground, take_all, give_back, "remaining connection slots")


def postgres_slow(ground: Ground) -> str:
    """Each INSERT takes a quarter of a second: the rate follows."""
    with ground.agent() as agent, trigger(ground, "PERFORM pg_sleep(0.25)"):
        results = ground.results(SOME)
        slow = CEILING / 10
        ground.until(
            lambda: 0 < agent.metric("rate_rows_per_second") < slow, "the agent slows down"
        )
        rate = agent.metric("rate_rows_per_second")
        ground.settled(results)
    return f"the rate fell from {CEILING:.0f} to {rate:.0f} rows/s"


def a_deadlock(ground: Ground) -> str:
    """The agent's transaction and another wait for each other; the agent's is the victim."""
    body = "PERFORM pg_advisory_xact_lock(41); PERFORM pg_advisory_xact_lock(42)"
    with (
        quick_deadlocks(ground),
        ground.agent() as agent,
        trigger(ground, body),
        ground.admin() as other,
        other.transaction(),
    ):
        other.execute("SELECT pg_advisory_xact_lock(42)")
        results = ground.results(SOME)
        ground.until(lambda: waits_for_lock(ground), "the agent waits")
        other.execute("SELECT pg_advisory_xact_lock(41)")
        ground.until(lambda: agent.said("40P01"), "the agent is the victim")
    with ground.agent():
        ground.settled(results)
    return "deadlock detected [40P01]; the rows were written later"


def a_lock_timeout(ground: Ground) -> str:
    """A migration of the client's locks the table; the agent gives way."""
    with ground.agent() as agent:
        with locked(ground):
            results = ground.results(SOME)
            ground.until(lambda: agent.said("55P03"), "the lock timeout")
        ground.settled(results)
    return "canceling statement due to lock timeout [55P03]"


def the_link_is_cut(ground: Ground) -> str:
    """The link to the database is cut while the agent writes."""
    return _until_it_fails(ground, ground.database.cut, ground.database.restore)


def the_link_is_slow(ground: Ground) -> str:
    """A tenth of a second each way: the agent is slower, and loses nothing."""
    with ground.agent() as agent:
        ground.database.delay_s = 0.1
        results = ground.results(SOME)
        ground.until(lambda: 0 < agent.metric("rate_rows_per_second") < CEILING / 2, "slower")
        rate = agent.metric("rate_rows_per_second")
        ground.database.restore()
        ground.settled(results)
    return f"the rate fell from {CEILING:.0f} to {rate:.0f} rows/s"


def the_link_is_reset_in_mid_batch(ground: Ground) -> str:
    """The connection is reset when half of a transaction's bytes are sent."""
    return _until_it_fails(ground, lambda: ground.database.reset_after(2_000), lambda: None)


def every_message_twice_and_out_of_order(ground: Ground) -> str:
    """Each result is sent twice, shuffled."""
    results = ground.results(SOME, send=False)
    twice = [*results.messages, *results.messages]
    random.Random(7).shuffle(twice)  # noqa: S311  reproducible, not secret
    for message in twice:
        ground.sqs.send_message(
            QueueUrl=ground.outputs["WriteQueueUrl"], MessageBody=encode(message).decode()
        )
    with ground.agent() as agent:
        ground.settled(results)
        ground.until(lambda: agent.metric("received_total") >= len(twice), "all are received")
        received, new = agent.metric("received_total"), agent.metric("rows_new_total")
    if new != SOME:
        raise DrillError(f"{new:.0f} rows were new to the agent, of {SOME}")
    return f"{received:.0f} messages received, {new:.0f} rows"


def the_visibility_ends_during_a_write(ground: Ground) -> str:
    """Messages are delivered to somebody else while their rows are being written."""
    taken: set[str] = set()

    def somebody_else_takes_some() -> bool:
        found = ground.sqs.receive_message(
            QueueUrl=ground.outputs["WriteQueueUrl"], MaxNumberOfMessages=ROWS
        )
        taken.update(message["MessageId"] for message in found.get("Messages", []))
        return bool(taken)

    with visibility(ground, 1), ground.agent() as agent:
        with trigger(ground, "PERFORM pg_sleep(3)"):
            results = ground.results(ROWS)  # the first transaction takes all of them
            ground.until(lambda: waits(ground, "PgSleep"), "a write")
            ground.until(somebody_else_takes_some, "the visibility ends")
            stored = agent.metric("rows_stored_total")
        ground.settled(results)
        received = agent.metric("received_total")
    if stored:
        raise DrillError("the write was over before the visibility ended")
    return f"{len(taken)} were delivered to another meanwhile, {received:.0f} to the agent in all"


def sqs_answers_503(ground: Ground) -> str:
    """SQS and DynamoDB answer 503 for a while."""
    with ground.agent() as agent:
        ground.aws.busy = True
        results = ground.results(SOME)
        ground.until(lambda: agent.metric("aws_failures_total") > 0, "AWS is out of reach")
        ground.aws.restore()
        ground.settled(results)
    return "AWS is out of reach: 503; the agent went on by itself"


def poison_rows_among_good_ones(ground: Ground) -> str:
    """Rows that the database refuses, in the middle of good ones."""
    bad: Sequence[Receipt] = (
        Receipt(merchant="NUL \x00"),
        Receipt(currency="euro"),
        Receipt(total=Decimal("1e15")),
    )
    with ground.agent():
        results = ground.results(SOME, bad)
        ground.settled(results)
    reasons = sorted(ground.dead_letters().values())
    if len(reasons) != len(bad):
        raise DrillError(f"on the DLQ: {reasons}")
    return f"{len(bad)} set aside with their reasons, {SOME} stored: {'; '.join(reasons)}"


def poison_messages_among_good_ones(ground: Ground) -> str:
    """Messages that aren't ours, and one of a version to come."""
    strange = ["not ours", '{"version": 2, "batch_id": "?"}']
    results = ground.results(SOME)
    for body in strange:
        ground.sqs.send_message(QueueUrl=ground.outputs["WriteQueueUrl"], MessageBody=body)
    with ground.agent():
        ground.settled(results)
        found: dict[str, str] = {}

        def all_found() -> bool:
            found.update(ground.dead_letters())
            return set(found) == set(strange)

        ground.until(all_found, "both on the DLQ")
    return "; ".join(found[body] for body in strange)


def _until_it_fails(
    ground: Ground, fault: Callable[[], None], repair: Callable[[], None], says: str = _FAILED
) -> str:
    """Inject it while the agent writes, until its log tells of it; then all must settle."""
    results = ground.results(SOME)
    with ground.agent(rows_per_second=20.0) as agent:
        ground.until(lambda: bool(ground.rows(results.batch_id)), "the first rows")
        fault()
        try:
            ground.until(lambda: agent.said(says), says)
        finally:
            repair()
        ground.settled(results)
        return agent.reason(says)


AGENT_DRILLS = (
    killed_between_commit_and_delete,
    killed_in_mid_transaction,
    a_stand_by_takes_over,
    postgres_restarted,
    postgres_crashed,
    postgres_stopped,
    postgres_read_only,
    postgres_out_of_connections,
    postgres_slow,
    a_deadlock,
    a_lock_timeout,
    the_link_is_cut,
    the_link_is_slow,
    the_link_is_reset_in_mid_batch,
    every_message_twice_and_out_of_order,
    the_visibility_ends_during_a_write,
    sqs_answers_503,
    poison_rows_among_good_ones,
    poison_messages_among_good_ones,
)
