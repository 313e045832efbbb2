"""The breaker opens on failures in a row, and lets one probe through after each pause."""

from receipts.agent.pacing import Breaker


def opened() -> Breaker:
    breaker = Breaker(threshold=2, pause_s=1.0, longest_pause_s=4.0)
    breaker.failed(now=0)
    breaker.failed(now=0)
    return breaker


def test_one_failure_does_not_open_it() -> None:
    breaker = Breaker(threshold=2, pause_s=1.0, longest_pause_s=4.0)
    breaker.failed(now=0)
    assert not breaker.is_open
    breaker.succeeded()
    breaker.failed(now=0)
    assert not breaker.is_open


def test_each_failed_probe_doubles_the_pause_up_to_the_longest() -> None:
    breaker, now, pauses = opened(), 0.0, []
    for _ in range(4):
        pauses.append(breaker.delay(now))
        now += pauses[-1]
        assert breaker.delay(now) == 0
        breaker.failed(now)
    assert pauses == [1.0, 2.0, 4.0, 4.0]


def test_a_success_closes_it_and_forgets_the_pauses() -> None:
    breaker = opened()
    breaker.failed(now=1)
    breaker.succeeded()
    assert not breaker.is_open
    breaker.failed(now=2)
    breaker.failed(now=2)
    assert breaker.delay(now=2) == 1.0
