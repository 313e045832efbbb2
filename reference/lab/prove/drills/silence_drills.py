"""An agent that is alive and can't go on: suspended, told to stop, outdated, its ledger away.

As in `agent_drills`, each drill returns what was observed, and all results must settle in the end.
"""

import contextlib
import signal
import socket
import time
from collections.abc import Iterator

import httpx

from lab.prove.drills.environment import (
    RECEIPTS,
    ROWS_PER_TRANSACTION,
    Agent,
    DrillEnvironment,
    DrillError,
)
from lab.prove.drills.faults import role_setting
from receipts.agent.writer import MAX_AHEAD, MAX_UNMARKED
from receipts.messages import VERSION, encode

IDLE_S = 5
"""When the server ends a silent session here; as deployed, after 45 s."""

STOP_S = 20.0
"""The longest that a stop may take here, on a busy machine; systemd waits for 60 s."""

STOPS = 4
"""How often an agent is stopped at most, until one had something in hand."""

_STANDING_BY = 'state{receipts_agent_state="another agent writes"}'
_OUTDATED = 'state{receipts_agent_state="this agent is older than a message"}'


def a_suspended_writer(env: DrillEnvironment) -> str:
    """Two agents; the one that writes is suspended (SIGSTOP), and woken when it was replaced."""
    slow_rows_per_s = 10.0  # so that results are left for the stand-by
    with (
        role_setting(env, "idle_session_timeout", f"{IDLE_S}s"),
        env.agent(rows_per_second=slow_rows_per_s) as first,
        env.agent() as second,
    ):
        env.wait_until(lambda: second.metric(_STANDING_BY) == 1, "the second stands by")
        results = env.add_results(RECEIPTS)
        env.wait_until(lambda: first.metric("rows_stored_total") > 0, "the first writes")
        with _suspended(first):
            since = time.monotonic()
            env.wait_until(lambda: second.metric("rows_stored_total") > 0, "the second writes")
            silent_s = time.monotonic() - since
            env.assert_settled(results)
        env.wait_until(lambda: first.metric(_STANDING_BY) == 1, "the woken one stands by")
        later = env.add_results(RECEIPTS)
        env.assert_settled(later)
        well = _health(first).status_code
    return (
        f"replaced after {silent_s:.0f} s with a session timeout of {IDLE_S} s; the woken one "
        f"stands by, health {well}; no row lost or doubled"
    )


def a_silent_connection_to_the_metrics_port(env: DrillEnvironment) -> str:
    """Somebody connects to the metrics port and says nothing; then the agent is told to stop."""
    with env.agent() as agent, socket.create_connection(("127.0.0.1", agent.metrics_port)):
        health = _health(agent).status_code
        seconds = _stop(env, agent)
    with env.agent():
        env.assert_settled(env.add_results(RECEIPTS))
    return f"health {health} meanwhile; stopped with exit code 0, {seconds:.1f} s after SIGTERM"


def a_stop_while_aws_is_away(env: DrillEnvironment) -> str:
    """The agent has messages in hand, AWS answers 503, and the agent is told to stop."""
    slow_rows_per_s = 10.0  # a transaction a second: the next one is in hand before it goes out

    def is_in_hand() -> bool:
        return agent.metric("received_total") > agent.metric("rows_stored_total") > 0

    for attempt in range(1, STOPS + 1):  # it may have gone out between the look and the signal
        results = env.add_results(RECEIPTS)
        with env.agent(rows_per_second=slow_rows_per_s) as agent:
            env.wait_until(is_in_hand, "messages are in hand")
            env.aws.busy = True
            _stop(env, agent)
        env.aws.restore()
        if agent.logged("Traceback"):
            raise DrillError(agent.log.read_text()[-1000:])
        with env.agent():
            env.assert_settled(results)
        if agent.logged("comes again by itself"):
            return f"stop {attempt}: exit code 0, not given back; all came again and were stored"
    raise DrillError(f"in none of {STOPS} stops anything was in hand")


def a_configuration_file_that_can_not_be_read(env: DrillEnvironment) -> str:
    """The agent's file is replaced by something that can't be read, and put back."""
    with env.agent() as agent:
        path = agent.log.parent / "agent.toml"
        before = path.read_text()
        path.unlink()
        path.mkdir()  # no right to it would do as well, but root has every right
        env.wait_until(lambda: agent.logged('"the old settings stay"'), "it says so")
        reason = agent.logged_reason('"the old settings stay"')
        env.assert_settled(env.add_results(RECEIPTS))
        path.rmdir()
        path.write_text(before.replace("rows_per_second = 100", "rows_per_second = 101"))
        env.wait_until(lambda: agent.logged('"new settings"'), "it is obeyed again")
    return f"the old settings stay ({reason.rpartition(': ')[2]}); obeyed again when it was back"


def a_message_of_a_version_to_come(env: DrillEnvironment) -> str:
    """The cloud is upgraded first: among the results is one that only a later agent can read."""
    results = env.add_results(RECEIPTS, send=False)
    newer = encode(env.add_results(1, send=False).messages[0]).decode()
    newer = newer.replace('"version":1', f'"version":{VERSION + 1}')
    env.send(newer)
    with env.agent() as agent:
        env.wait_until(lambda: agent.metric(_OUTDATED) == 1, "it stops receiving")
        reason = agent.logged_reason('"the database took nothing"')
        health = _health(agent).status_code
        for message in results.messages:
            env.send(encode(message).decode())
        received = agent.metric("received_total")
    if env.dead_letters() or env.rows(results.batch_id):
        raise DrillError("it went on, or set the message aside")
    _upgraded_agent_takes(env, newer)
    with env.agent():
        env.assert_settled(results)
    return (
        f"health {health}, {received:.0f} received, none set aside: {reason}; then all were stored"
    )


def the_ledger_refuses_after_commits(env: DrillEnvironment) -> str:
    """DynamoDB answers 503 for a while; SQS and the database work."""
    with env.agent() as agent:
        env.aws.busy = b"DynamoDB"
        results = env.add_results(2 * RECEIPTS)
        env.wait_until(lambda: agent.metric("aws_failures_total") > 1, "the ledger refuses")
        committed = sum(env.rows(results.batch_id).values())
        env.aws.restore()
        env.assert_settled(results)
        received = agent.metric("received_total")  # without those of cycles that failed
    if not 0 < committed <= MAX_UNMARKED * ROWS_PER_TRANSACTION:
        raise DrillError(f"{committed} rows were written that the ledger didn't hear of")
    # What was in hand when it began goes back once; what is committed is not received again.
    if received > 2 * RECEIPTS + MAX_AHEAD * ROWS_PER_TRANSACTION:
        raise DrillError(f"{received:.0f} receives of {2 * RECEIPTS} messages")
    return (
        f"{committed} committed, and nothing more until the ledger knew; {received:.0f} receives, "
        f"{2 * RECEIPTS} rows, none dead-lettered"
    )


@contextlib.contextmanager
def _suspended(agent: Agent) -> Iterator[None]:
    agent.process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        agent.process.send_signal(signal.SIGCONT)


def _stop(env: DrillEnvironment, agent: Agent) -> float:
    """Send SIGTERM; answers the seconds until it ended, cleanly. Raises `DrillError`."""
    since = time.monotonic()
    agent.process.send_signal(signal.SIGTERM)
    env.wait_until(lambda: agent.process.poll() is not None, "it stops")
    seconds = time.monotonic() - since
    if agent.process.returncode or seconds > STOP_S:
        raise DrillError(f"exit code {agent.process.returncode} after {seconds:.0f} s")
    return seconds


def _health(agent: Agent) -> httpx.Response:
    return httpx.get(f"http://127.0.0.1:{agent.metrics_port}/health", timeout=120)


def _upgraded_agent_takes(env: DrillEnvironment, body: str) -> None:
    """Receive until it is this message, and delete it; the others are given back."""
    url = env.outputs["WriteQueueUrl"]

    def taken() -> bool:
        for found in env.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get(
            "Messages", []
        ):
            if found["Body"] == body:
                env.sqs.delete_message(QueueUrl=url, ReceiptHandle=found["ReceiptHandle"])
                return True
        return False

    env.wait_until(taken, "an upgraded agent takes it")
