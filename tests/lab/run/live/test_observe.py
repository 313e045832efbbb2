"""The verdict comes once nothing is on its way, and it can be that something is wrong."""

import pytest
from msgspec.structs import replace

from lab.run.expenses.app import CallTiming
from lab.run.live.expenses import LOOKED_BACK_CALLS, CallLog
from lab.run.live.frame import Frame
from lab.run.live.observe import Rate, judged

DONE = Frame(at=9.0, expected=3, stored=2, rejected=1, rows=2, queues={"write-queue": 0})


def test_it_balances_where_ledger_and_database_say_the_same():
    verdict = judged(DONE).verdict
    assert verdict is not None
    assert verdict.right
    assert verdict.text == (
        "3 = 2 stored + 1 rejected + 0 dead-lettered, and PostgreSQL holds 2 rows"
    )


@pytest.mark.parametrize("other", [{"rows": 3}, {"rows": 1}, {"expected": 4}])
def test_it_does_not_where_they_differ(other):
    verdict = judged(replace(DONE, **other)).verdict
    assert verdict is not None
    assert not verdict.right


@pytest.mark.parametrize(
    "other",
    [
        {"waiting": 1},
        {"reading": 1},
        {"read": 1},
        {"unsplit": 1},
        {"expected": None},
        {"rows": None},
        {"queues": {"write-queue": 1}},
    ],
)
def test_there_is_none_while_something_is_on_its_way_or_nobody_can_count(other):
    assert judged(replace(DONE, **other)).verdict is None


def test_a_rate_is_of_the_last_seconds_and_keeps_no_more():
    rate = Rate()
    for at in range(3600):
        found = rate.add(float(at), 2 * at)
    assert found == 2.0
    assert len(rate._samples) <= 17  # noqa: SLF001  what must not grow


def call(seconds: float, failed: str | None = None) -> CallTiming:
    return CallTiming(kind="list", due_s=0.0, lag_s=0.0, latency_s=seconds, failed=failed)


def test_the_app_s_p95_is_of_the_last_calls_that_were_answered():
    log = CallLog()
    assert log.now().p95_ms is None
    log.add([call(9.0)] * LOOKED_BACK_CALLS)  # forgotten
    log.add([call(0.001 * n) for n in range(1, LOOKED_BACK_CALLS)] + [call(5.0, "timeout")])
    now = log.now()
    assert (now.calls, now.failed) == (LOOKED_BACK_CALLS, 1)
    assert now.p95_ms == pytest.approx(285.0)
