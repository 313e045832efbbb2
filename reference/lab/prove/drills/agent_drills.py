"""Faults around the agent: killed, served bad, foreign or duplicate messages, cut off from AWS.

Each drill injects its fault until its effect is observed, and returns what was observed. Then it
removes the fault, and all results must settle without help.
"""

import random
from decimal import Decimal

from lab.prove.drills.environment import (
    RECEIPTS,
    ROWS_PER_TRANSACTION,
    DrillEnvironment,
    DrillError,
)
from lab.prove.drills.faults import (
    count_agent_sessions,
    insert_trigger,
    is_waiting,
    is_waiting_for_lock,
    locked_inbox,
    visibility_timeout,
)
from reading.receipt import Receipt
from receipts.messages import encode


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


def every_message_twice_and_out_of_order(env: DrillEnvironment) -> str:
    """Each result is sent twice, shuffled."""
    results = env.add_results(RECEIPTS, send=False)
    twice = [*results.messages, *results.messages]
    random.Random(7).shuffle(twice)  # noqa: S311  reproducible, not secret
    for message in twice:
        env.send(encode(message).decode())
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
            # The first transaction takes all of them.
            results = env.add_results(ROWS_PER_TRANSACTION)
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
    bad = (
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
    """A foreign message, and one that names no receipt."""
    foreign = ["not ours", '{"version": 2, "batch_id": "?"}']
    results = env.add_results(RECEIPTS)
    for body in foreign:
        env.send(body)
    with env.agent():
        env.assert_settled(results)
        found: dict[str, str] = {}

        def all_found() -> bool:
            found.update(env.dead_letters())
            return set(found) == set(foreign)

        env.wait_until(all_found, "both on the DLQ")
    return "; ".join(found[body] for body in foreign)
