"""Faults around the agent: killed, cut off, refused, given bad rows or the same message twice.

Each drill injects its fault until its effect is observed, and returns what was observed. Then it
removes the fault, and all results must settle without help.
"""

import contextlib
import random
import signal
from collections.abc import Callable, Sequence
from decimal import Decimal

import psycopg

from lab.prove.drills.environment import (
    CEILING_ROWS_PER_S,
    ROWS_PER_TRANSACTION,
    DrillEnvironment,
    DrillError,
)
from lab.prove.drills.faults import (
    count_agent_sessions,
    end_agent_sessions,
    insert_trigger,
    is_waiting,
    is_waiting_for_lock,
    locked_inbox,
    reports_outage,
    restart_postgres,
    short_deadlock_timeout,
    visibility_timeout,
)
from reading.receipt import Receipt
from receipts.messages import encode

RECEIPTS = 40
"""In a drill's batch: several transactions."""

_DATABASE_FAILED = '"the database took nothing"'


def killed_between_commit_and_delete(env: DrillEnvironment) -> str:
    """SIGKILL when rows are committed, and neither ledger nor queue is updated."""
    env.aws.hold(b"DynamoDB")
    results = env.add_results(RECEIPTS)
    with env.agent() as agent:
        env.wait_until(lambda: env.aws.wait_until_held(0), "the agent tells the ledger")
        committed = sum(env.rows(results.batch_id).values())
        agent.kill()
        env.aws.drop_held()
    if not committed:
        raise DrillError("the agent was killed before it had committed anything")
    with env.agent():
        env.assert_settled(results)
    return f"{committed} rows were committed and on the queue still; written again, no row doubled"


def killed_in_mid_transaction(env: DrillEnvironment) -> str:
    """SIGKILL while the INSERT waits for a lock."""
    with locked_inbox(env), env.agent() as agent:
        results = env.add_results(RECEIPTS)
        env.wait_until(lambda: is_waiting_for_lock(env), "the agent waits for the lock")
        agent.kill()
    env.wait_until(lambda: not count_agent_sessions(env), "its session ends")
    committed = sum(env.rows(results.batch_id).values())
    with env.agent():
        env.assert_settled(results)
    if committed:  # a transaction is one statement: the server finishes it
        return f"without its client the server committed {committed} rows; no row doubled"
    return "nothing of the transaction was committed; its messages came again"


def a_stand_by_takes_over(env: DrillEnvironment) -> str:
    """Two agents; the one that writes is killed."""
    slow_rows_per_s = 20.0  # so that results are left for the stand-by
    with env.agent(rows_per_second=slow_rows_per_s) as first, env.agent() as second:
        standing = 'state{receipts_agent_state="another agent writes"}'
        env.wait_until(lambda: second.metric(standing) == 1, "the second stands by")
        results = env.add_results(RECEIPTS)
        env.wait_until(lambda: first.metric("rows_stored_total") > 0, "the first writes")
        first.kill()
        env.assert_settled(results)
        env.wait_until(lambda: second.metric("rows_stored_total") > 0, "the stand-by writes")
        return f"the stand-by wrote {second.metric('rows_stored_total'):.0f} of {RECEIPTS}"


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


def every_message_twice_and_out_of_order(env: DrillEnvironment) -> str:
    """Each result is sent twice, shuffled."""
    results = env.add_results(RECEIPTS, send=False)
    twice = [*results.messages, *results.messages]
    random.Random(7).shuffle(twice)  # noqa: S311  reproducible, not secret
    for message in twice:
        env.sqs.send_message(
            QueueUrl=env.outputs["WriteQueueUrl"], MessageBody=encode(message).decode()
        )
    with env.agent() as agent:
        env.assert_settled(results)
        env.wait_until(lambda: agent.metric("received_total") >= len(twice), "all are received")
        received, new = agent.metric("received_total"), agent.metric("rows_new_total")
    if new != RECEIPTS:
        raise DrillError(f"{new:.0f} rows were new to the agent, of {RECEIPTS}")
    return f"{received:.0f} messages received, {new:.0f} rows"


def the_visibility_ends_during_a_write(env: DrillEnvironment) -> str:
    """Messages are delivered to another consumer while their rows are written."""
    taken: set[str] = set()

    def another_consumer_receives() -> bool:
        found = env.sqs.receive_message(
            QueueUrl=env.outputs["WriteQueueUrl"], MaxNumberOfMessages=ROWS_PER_TRANSACTION
        )
        taken.update(message["MessageId"] for message in found.get("Messages", []))
        return bool(taken)

    with visibility_timeout(env, 1), env.agent() as agent:
        with insert_trigger(env, "PERFORM pg_sleep(3)"):
            results = env.add_results(
                ROWS_PER_TRANSACTION
            )  # the first transaction takes all of them
            env.wait_until(lambda: is_waiting(env, "PgSleep"), "a write")
            env.wait_until(another_consumer_receives, "the visibility ends")
            stored = agent.metric("rows_stored_total")
        env.assert_settled(results)
        received = agent.metric("received_total")
    if stored:
        raise DrillError("the write was over before the visibility ended")
    return f"{len(taken)} were delivered to another meanwhile, {received:.0f} to the agent in all"


def sqs_answers_503(env: DrillEnvironment) -> str:
    """SQS and DynamoDB answer 503 for a while."""
    with env.agent() as agent:
        env.aws.busy = True
        results = env.add_results(RECEIPTS)
        env.wait_until(lambda: agent.metric("aws_failures_total") > 0, "AWS is out of reach")
        env.aws.restore()
        env.assert_settled(results)
    return "AWS is out of reach: 503; the agent went on by itself"


def poison_rows_among_good_ones(env: DrillEnvironment) -> str:
    """Rows that the database refuses, in the middle of good ones."""
    bad: Sequence[Receipt] = (
        Receipt(merchant="NUL \x00"),
        Receipt(currency="euro"),
        Receipt(total=Decimal("1e15")),
    )
    with env.agent():
        results = env.add_results(RECEIPTS, bad)
        env.assert_settled(results)
    reasons = sorted(env.dead_letters().values())
    if len(reasons) != len(bad):
        raise DrillError(f"on the DLQ: {reasons}")
    return f"{len(bad)} set aside with their reasons, {RECEIPTS} stored: {'; '.join(reasons)}"


def poison_messages_among_good_ones(env: DrillEnvironment) -> str:
    """A foreign message, and one of a later version."""
    foreign = ["not ours", '{"version": 2, "batch_id": "?"}']
    results = env.add_results(RECEIPTS)
    for body in foreign:
        env.sqs.send_message(QueueUrl=env.outputs["WriteQueueUrl"], MessageBody=body)
    with env.agent():
        env.assert_settled(results)
        found: dict[str, str] = {}

        def all_found() -> bool:
            found.update(env.dead_letters())
            return set(found) == set(foreign)

        env.wait_until(all_found, "both on the DLQ")
    return "; ".join(found[body] for body in foreign)


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
