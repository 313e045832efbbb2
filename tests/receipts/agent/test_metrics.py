"""What the agent shows on 127.0.0.1."""

import socket

import httpx
import pytest

from receipts.agent.gate import Closed, ClosedReason
from receipts.agent.metrics import MAX_SILENCE_S, Metrics, serving
from receipts.agent.writer import Cycle, SetAside


class Now:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def now() -> Now:
    return Now()


@pytest.fixture
def metrics(now: Now) -> Metrics:
    return Metrics(now)


def shown(metrics: Metrics) -> tuple[dict[str, float], int]:
    with serving(metrics, port=0) as port, httpx.Client(base_url=f"http://127.0.0.1:{port}") as web:
        lines = web.get("/metrics").text.splitlines()
        health = web.get("/health").status_code
    values = (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
    return {name.removeprefix("receipts_agent_"): float(value) for name, value in values}, health


def test_it_counts_rows_and_what_was_set_aside_and_never_contents(metrics: Metrics) -> None:
    given_up = SetAside(receipt_id="b-00001", reason="bad")
    cycle = Cycle(received=51, offered=50, stored=50, new=49, write_s=0.01, set_aside=(given_up,))
    metrics.cycled(cycle, rate=300)
    values, health = shown(metrics)
    assert values["received_total"] == 51
    assert values["rows_stored_total"] == 50
    assert values["rows_new_total"] == 49
    assert values["set_aside_total"] == 1
    assert values["rate_rows_per_second"] == 300
    assert values["write_seconds_count"] == 1
    assert values['state{receipts_agent_state="writing"}'] == 1
    assert health == 200
    assert not any("b-00001" in name for name in values)


def test_a_connection_that_says_nothing_delays_no_answer(metrics: Metrics) -> None:
    with serving(metrics, port=0) as port, socket.create_connection(("127.0.0.1", port)):
        answer = httpx.get(f"http://127.0.0.1:{port}/health", timeout=120)
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("cycle", "state", "health"),
    [
        (Cycle(), "writing", 200),
        (Cycle(closed=Closed(ClosedReason.PACE, 0.1)), "writing", 200),
        (Cycle(closed=Closed(ClosedReason.PAUSED, 5)), "paused", 200),
        (Cycle(closed=Closed(ClosedReason.STANDING_BY, 5)), "another agent writes", 200),
        (Cycle(closed=Closed(ClosedReason.AWAY, 5)), "the database was away", 503),
        (Cycle(failure="no disk"), "writing", 503),
    ],
)
def test_it_is_well_unless_the_database_is_away(
    metrics: Metrics, cycle: Cycle, state: str, health: int
) -> None:
    metrics.cycled(Cycle(stored=1), rate=1)
    metrics.cycled(cycle, rate=1)
    values, answered = shown(metrics)
    assert values[f'state{{receipts_agent_state="{state}"}}'] == 1
    assert answered == health


def test_it_is_not_well_while_aws_is_out_of_reach(metrics: Metrics) -> None:
    metrics.out_of_reach()
    values, health = shown(metrics)
    assert values["aws_failures_total"] == 1
    assert health == 503


def test_an_agent_that_hangs_is_not_well(metrics: Metrics, now: Now) -> None:
    metrics.cycled(Cycle(), rate=1)
    now.seconds = MAX_SILENCE_S
    assert shown(metrics)[1] == 503


def test_what_the_agent_was_not_made_for_is_counted_and_named_and_it_is_well(
    metrics: Metrics,
) -> None:
    metrics.cycled(Cycle(), rate=1)
    metrics.audited(["trigger stamp is not of inbox.sql"])
    assert shown(metrics)[0]["server_warnings"] == 1
    with serving(metrics, port=0) as port:
        answer = httpx.get(f"http://127.0.0.1:{port}/health", timeout=120)
    assert (answer.status_code, answer.text) == (200, "ok\ntrigger stamp is not of inbox.sql\n")
