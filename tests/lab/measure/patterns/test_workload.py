"""The same for every pattern: the receipts, their disorder, and who fails."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.measure.patterns.workload import make_workload, messages
from receipts.messages import Source


@given(st.integers(4, 200))
def test_every_receipt_is_sent_and_some_twice(receipts: int) -> None:
    made = make_workload(receipts, has_queue=True)
    assert set(made.order) == set(range(1, receipts + 1))
    assert made.duplicates == max(1, receipts // 10)
    assert list(made.order) != sorted(made.order)


@given(st.integers(4, 200))
def test_no_receipt_has_two_faults_and_one_is_poison(receipts: int) -> None:
    made = make_workload(receipts, has_queue=True)
    faults = made.faults
    several = [*faults.slow, *faults.failing, *faults.poison]
    assert len(several) == len(set(several)) >= 3
    assert made.good == set(range(1, receipts + 1)) - set(faults.poison)


def test_the_same_plan_is_made_each_time() -> None:
    assert make_workload(40, has_queue=True) == make_workload(40, has_queue=True)


def test_without_a_queue_nothing_fails_that_the_emulator_would_not_try_again() -> None:
    queued, pushed = make_workload(40, has_queue=True), make_workload(40, has_queue=False)
    assert (pushed.faults.failing, pushed.faults.poison) == ((), ())
    assert (pushed.order, pushed.faults.slow) == (queued.order, queued.faults.slow)
    assert pushed.good == set(range(1, 41))


def test_fewer_receipts_than_faults_are_refused() -> None:
    with pytest.raises(ValueError, match="four faults"):
        make_workload(3, has_queue=True)


def test_a_message_that_is_sent_twice_is_the_same_message() -> None:
    made = make_workload(10, has_queue=True)
    sources = [Source(bucket="b", key=f"uploads/{n}.jpg") for n in range(10)]
    sent = messages(made, sources, "batch", "customer")
    assert [it.index for it in sent] == list(made.order)
    assert len({it.receipt_id for it in sent}) == made.receipts
    assert all(it.source is sources[it.index - 1] for it in sent)
