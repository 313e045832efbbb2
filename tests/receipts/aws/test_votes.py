"""Votes in DynamoDB are counted as those in memory are: once an image, and none is lost."""

import datetime as dt
import itertools
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from helpers.deployed import Stack
from helpers.fakes import START, FakeVotes
from reading.agreement import LAST, Vote, majority
from receipts.aws.votes import MOST, DynamoVotes
from receipts.ports import Votes

fresh = map("client-{}".format, itertools.count())
BAKERY = "0205550101"


@pytest.fixture(params=["in memory", "in DynamoDB"])
def votes(request: pytest.FixtureRequest) -> Votes:
    if request.param == "in memory":
        return FakeVotes()
    return in_dynamodb(request.getfixturevalue("stack"))


def in_dynamodb(stack: Stack) -> DynamoVotes:
    return DynamoVotes("Ledger", stack.client("dynamodb"), dt.timedelta(days=90))


def cast(
    votes: Votes, owner: str, name: str, image: int, number: str = BAKERY, second: int | None = None
) -> Sequence[str]:
    at = START + dt.timedelta(seconds=image if second is None else second)
    return votes.cast(owner, Vote(number=number, name=name), f"{image:064d}"[::-1], at)


def test_a_vote_is_answered_with_those_before_it(votes: Votes) -> None:
    owner = next(fresh)
    assert cast(votes, owner, "A", 1) == ["A"]
    assert cast(votes, owner, "B", 2) == ["A", "B"]


def test_an_image_votes_once_however_often_it_is_read(votes: Votes) -> None:
    owner = next(fresh)
    cast(votes, owner, "A", 1)
    cast(votes, owner, "B", 2)
    assert cast(votes, owner, "C", 1, second=3) == ["A", "B"]


def test_another_owner_s_receipts_and_other_numbers_have_no_vote(votes: Votes) -> None:
    one, other = next(fresh), next(fresh)
    cast(votes, one, "A", 1)
    assert cast(votes, other, "B", 2) == ["B"]
    assert cast(votes, one, "C", 3, number="0205550102") == ["C"]


def test_they_come_in_the_order_of_reading(votes: Votes) -> None:
    owner = next(fresh)
    cast(votes, owner, "later", 1, second=9)
    assert cast(votes, owner, "earlier", 2, second=3) == ["earlier", "later"]


@pytest.mark.slow
def test_of_many_who_vote_at_once_none_is_lost(votes: Votes) -> None:
    owner = next(fresh)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda image: cast(votes, owner, str(image), image), range(LAST)))
    assert sorted(cast(votes, owner, "x", 99)) == [*map(str, range(LAST)), "x"]


@pytest.mark.slow
@settings(
    max_examples=20,
    phases=[Phase.generate],  # shrinking under moto takes minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.lists(st.tuples(st.integers(0, 40), st.sampled_from("AB")), min_size=1, max_size=3 * MOST)
)
def test_both_agree_on_the_last_names_whatever_was_voted(
    stack: Stack, history: list[tuple[int, str]]
) -> None:
    fake, dynamo, owner = FakeVotes(), in_dynamodb(stack), next(fresh)
    voted: set[int] = set()
    for image, name in history:
        if image in voted:
            continue  # one whose vote is gone by now may vote anew
        voted.add(image)
        second = len(voted)
        in_memory, stored = (cast(it, owner, name, image, second=second) for it in (fake, dynamo))
        assert stored[-LAST:] == in_memory[-LAST:]
        assert majority(name, stored) == majority(name, in_memory)


def test_a_number_s_item_stays_small_and_holds_the_latest(stack: Stack) -> None:
    dynamo, owner = in_dynamodb(stack), next(fresh)
    for image in range(2 * MOST):
        names = cast(dynamo, owner, str(image), image)
        assert len(names) <= MOST + 1
        assert names[-1] == str(image)
    assert names[-LAST:] == [str(2 * MOST - LAST + at) for at in range(LAST)]


def test_votes_expire_with_the_first_of_them(stack: Stack) -> None:
    dynamo, owner = in_dynamodb(stack), next(fresh)
    [item] = new_items(stack, lambda: cast(dynamo, owner, "A", 1))
    cast(dynamo, owner, "B", 2, second=9999)
    expected = int((START + dt.timedelta(days=90, seconds=1)).timestamp())
    assert int(item["expires_at"]["N"]) == expected
    again = stack.client("dynamodb").get_item(
        TableName="Ledger", Key={name: item[name] for name in ("batch_id", "entry")}
    )["Item"]
    assert again["expires_at"] == item["expires_at"]


def test_the_item_s_key_says_neither_owner_nor_number(stack: Stack) -> None:
    dynamo, owner = in_dynamodb(stack), "client-of-this-test"
    [item] = new_items(stack, lambda: cast(dynamo, owner, "A", 1))
    assert owner not in str(item)
    assert BAKERY not in str(item)


def new_items(stack: Stack, act: Callable[[], object]) -> list[dict[str, dict[str, str]]]:
    """What is in the table after `act` and wasn't before, as attributes."""

    def scan() -> list[dict[str, dict[str, str]]]:
        return list(stack.client("dynamodb").scan(TableName="Ledger")["Items"])

    before = scan()
    act()
    return [item for item in scan() if item not in before]
