"""What a round sends: the same for the same seed, no two results alike, each with its fate."""

import random
from collections import Counter

import pytest

from lab.prove.campaign.table_faults import MARKED
from lab.prove.campaign.workload import GOOD, Fate, make_workload, portions

from .recorded import OnlyLedger


def receipts(seed: int, *, trigger: bool = False):
    chance = random.Random(seed)  # noqa: S311  reproducible, not secret
    work = make_workload(OnlyLedger(), chance, trigger=trigger)
    return work, [message.receipt for message in work.results.messages]


def test_the_same_seed_sends_the_same_receipts_and_no_two_are_alike() -> None:
    _, first = receipts(7)
    assert first == receipts(7)[1] != receipts(8)[1]
    assert len({repr(one) for one in first}) == len(first)


@pytest.mark.parametrize("seed", range(10))
def test_a_receipt_may_be_refused_only_where_a_trigger_refuses_it(seed: int) -> None:
    work, found = receipts(seed, trigger=True)
    for message, receipt in zip(work.results.messages, found, strict=True):
        assert (receipt.merchant == MARKED) == (work.fates[message.index] is Fate.EITHER)
    without, _ = receipts(seed)
    assert Counter(without.fates.values())[Fate.STORED] == GOOD
    assert Fate.EITHER not in without.fates.values()


def test_some_rounds_have_poisons_and_foreign_messages_and_some_have_none() -> None:
    works = [receipts(seed)[0] for seed in range(20)]
    assert {len(work.results.messages) - GOOD for work in works} == {0, 1, 2}
    assert {len(work.foreign) for work in works} == {0, 1, 2}


def test_portions_hold_every_message_once_in_the_order_of_their_moments() -> None:
    work, _ = receipts(7)
    chance = random.Random(1)  # noqa: S311  reproducible, not secret
    found = portions(work.results.messages, chance, count=6, within_s=4.0)
    sent = [message.index for _, some in found for message in some]
    assert sorted(sent) == sorted(work.fates) != sent
    moments = [at_s for at_s, _ in found]
    assert moments == sorted(moments)
    assert len(found) == 6
    assert 0 <= moments[0] <= moments[-1] <= 4.0
