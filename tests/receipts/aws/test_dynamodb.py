"""The ledger in DynamoDB answers as the one in memory does, whatever it is asked."""

import contextlib
import datetime as dt
import itertools
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from helpers.deployed import Stack, deployed
from helpers.fakes import START, CutOffError, FakeLedger, a_batch
from reading.context import Home
from reading.files.archive import LINKS
from reading.files.left_out import (
    DATA,
    DELETED,
    FILMS,
    SOUND,
    SYSTEM,
    THUMBNAILS,
    LeftOut,
    sum_up,
)
from reading.files.limits import MAX_ENTRIES, MAX_NAME
from receipts.aws.dynamodb import DynamoLedger
from receipts.batch import Batch, Claim
from receipts.ledger import Entry, State, as_reason

fresh = itertools.count()

indices = st.integers(1, 3)
names = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)
entries = st.builds(
    Entry,
    index=indices,
    name=names,
    state=st.sampled_from(State),
    since=st.datetimes(dt.datetime(2026, 1, 1), timezones=st.just(dt.UTC)),  # noqa: DTZ001
    reason=st.none() | names,
    needs_review=st.booleans(),
)
left_out = st.lists(st.tuples(names, st.sampled_from(["films", "links"])), max_size=3).map(sum_up)
batches = st.builds(
    Batch,
    batch_id=st.just(""),
    owner=names,
    customer_reference=names,
    archive=st.booleans(),
    home=st.sampled_from([Home(), Home(currency="EUR", date_order="dmy", language="de")]),
    accepted_at=st.just(START),
    expected=st.none() | indices,
    left_out=st.just(LeftOut()),
    sent=st.just(0),
    rejected=st.none(),
)
moves = st.tuples(st.just("move"), entries)
operations = st.one_of(
    moves,
    moves,  # the most frequent by far, as in life
    moves,
    st.tuples(st.just("open_batch"), batches, st.lists(names, max_size=2)),
    st.tuples(st.just("batch")),
    st.tuples(st.just("expect"), indices, left_out),
    st.tuples(st.just("mark_sent"), indices),
    st.tuples(st.just("rewind")),
    st.tuples(st.just("mark_sent_again"), st.just(START)),
    st.tuples(st.just("reject_batch"), names, left_out),
    st.tuples(st.just("state"), indices),
    st.tuples(st.just("snapshot")),
    st.tuples(st.just("snapshot"), st.integers(0, 6), st.integers(1, 3)),
)


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with deployed() as stack:
        yield stack


@pytest.fixture
def dynamo(stack: Stack) -> DynamoLedger:
    return DynamoLedger("Ledger", stack.client("dynamodb"), dt.timedelta(days=90))


def play(ledger: Any, batch_id: str, operation: tuple[Any, ...]) -> Any:
    """Do one operation; answer what it answers, as plain values."""
    name, *arguments = operation
    if name == "open_batch":
        arguments[0] = msgspec.structs.replace(arguments[0], batch_id=batch_id)
        return msgspec.to_builtins(ledger.open_batch(*arguments))
    return msgspec.to_builtins(getattr(ledger, name)(batch_id, *arguments))


@pytest.mark.slow
@settings(max_examples=60, phases=[Phase.generate])  # shrinking under moto takes minutes
@given(first=batches, history=st.lists(operations, max_size=15))
def test_both_ledgers_agree_on_every_history(
    stack: Stack, first: Batch, history: list[tuple[Any, ...]]
) -> None:
    fake, batch_id = FakeLedger(), f"{next(fresh):032x}"
    dynamo = DynamoLedger("Ledger", stack.client("dynamodb"))
    for operation in [("open_batch", first, []), *history, ("snapshot",)]:
        assert play(dynamo, batch_id, operation) == play(fake, batch_id, operation)


def test_what_nobody_asked_for_is_none(dynamo: DynamoLedger) -> None:
    nobody = f"{next(fresh):032x}"
    assert dynamo.batch(nobody) is None
    assert dynamo.state(nobody, 1) is None
    assert dynamo.snapshot(nobody) is None
    assert dynamo.snapshot(nobody, 0, 10) is None


def opened(dynamo: DynamoLedger, names: Sequence[str] = ("a.jpg",)) -> str:
    batch = a_batch(f"{next(fresh):032x}")
    dynamo.open_batch(batch, names)
    return batch.batch_id


@contextlib.contextmanager
def noted(stack: Stack) -> Iterator[list[tuple[str, dict[str, Any]]]]:
    """The operations that are asked of DynamoDB within, with their parameters."""
    asked: list[tuple[str, dict[str, Any]]] = []

    def note(params: dict[str, Any], model: Any, **_: object) -> None:
        asked.append((model.name, params))

    events = stack.client("dynamodb").meta.events
    events.register("provide-client-params.dynamodb", note)
    try:
        yield asked
    finally:
        events.unregister("provide-client-params.dynamodb", note)


def test_every_decision_is_made_on_what_was_written_before_it(
    stack: Stack, dynamo: DynamoLedger
) -> None:
    """moto always sees that; DynamoDB only where it is asked to."""
    batch_id = opened(dynamo)
    with noted(stack) as asked:
        dynamo.batch(batch_id)
        dynamo.state(batch_id, 1)
        dynamo.expect(batch_id, 1, LeftOut())
        dynamo.names(batch_id)
    reads = [params for name, params in asked if name == "GetItem"]
    assert [params.get("ConsistentRead") for params in reads] == [True] * 4


def test_a_status_knows_a_new_batch_at_once_and_takes_its_receipts_at_half_the_price(
    stack: Stack, dynamo: DynamoLedger
) -> None:
    batch_id = opened(dynamo)
    with noted(stack) as asked:
        dynamo.snapshot(batch_id)
        dynamo.snapshot(batch_id, 0, 10)
    queries = [
        (params["ExpressionAttributeValues"][":from"]["S"], params["ConsistentRead"])
        for name, params in asked
        if name == "Query"
    ]
    assert queries == [("#batch", True), ("00000", False)] * 2


def test_a_page_reads_no_more_items_than_one_beyond_it(stack: Stack, dynamo: DynamoLedger) -> None:
    batch_id = opened(dynamo)
    moves = [
        (batch_id, Entry(index=n, name="a", state=State.READ, since=START)) for n in range(1, 41)
    ]
    dynamo.move_all(moves)
    items: list[int] = []

    def count(parsed: dict[str, Any], **_: object) -> None:
        items.append(parsed["ScannedCount"])

    events = stack.client("dynamodb").meta.events
    events.register("after-call.dynamodb.Query", count)
    try:
        snapshot = dynamo.snapshot(batch_id, after=10, limit=5)
    finally:
        events.unregister("after-call.dynamodb.Query", count)
    assert snapshot is not None
    assert [entry.index for entry in snapshot.entries] == [11, 12, 13, 14, 15]
    _, *of_receipts = items
    assert sum(of_receipts) == 6


def test_a_status_of_the_largest_batch_leaves_its_readers_nearly_all_of_their_partition(
    stack: Stack, dynamo: DynamoLedger
) -> None:
    """By AWS's rules: 4 KB a unit, half a unit where a read may be old, 3,000 a second."""
    batch_id, count = opened(dynamo), 20
    entry = Entry(index=1, name="IMG_20260127_181530.jpg", state=State.STORED, since=START)
    for index in range(1, count + 1):
        dynamo.move(batch_id, msgspec.structs.replace(entry, index=index))
    items = stack.client("dynamodb").query(
        TableName="Ledger",
        KeyConditionExpression="batch_id = :batch AND entry > :from",
        ExpressionAttributeValues={":batch": {"S": batch_id}, ":from": {"S": "00000"}},
    )["Items"]
    read_bytes = sum(map(item_bytes, items)) / count * MAX_ENTRIES
    units = read_bytes / 4096 / 2
    assert units < 0.1 * 3_000


def item_bytes(item: Mapping[str, Mapping[str, Any]]) -> int:
    """As DynamoDB counts an item of strings, whole numbers and truths."""

    def value_bytes(kind: str, value: Any) -> int:
        return {"S": len(str(value).encode()), "N": len(str(value)) // 2 + 1, "BOOL": 1}[kind]

    return sum(
        len(name) + value_bytes(kind, value)
        for name, typed in item.items()
        for kind, value in typed.items()
    )


@given(st.datetimes(timezones=st.just(dt.UTC)))
@settings(max_examples=20)
def test_a_key_is_claimed_once_and_its_time_comes_back_as_it_was(
    stack: Stack, at: dt.datetime
) -> None:
    ledger = DynamoLedger("Ledger", stack.client("dynamodb"))
    key_id = f"{next(fresh):064x}"
    first = Claim(request_digest="a", accepted_at=at)
    assert ledger.claim_key(key_id, first) == first
    assert ledger.claim_key(key_id, Claim(request_digest="b", accepted_at=START)) == first


def test_a_claim_is_dropped_after_its_retention(stack: Stack, dynamo: DynamoLedger) -> None:
    key_id = f"{next(fresh):064x}"
    dynamo.claim_key(key_id, Claim(request_digest="a", accepted_at=START))
    item = stack.client("dynamodb").get_item(
        TableName="Ledger", Key={"batch_id": {"S": f"#key-{key_id}"}, "entry": {"S": "#key"}}
    )["Item"]
    assert item["expires_at"]["N"] == str(int((START + dt.timedelta(days=90)).timestamp()))


def test_a_batch_cut_off_while_it_is_opened_has_its_names_or_is_not_there(
    stack: Stack, dynamo: DynamoLedger
) -> None:
    batch, puts = a_batch(f"{next(fresh):032x}", expected=1), itertools.count(1)

    def cut_off(**_: object) -> None:
        if next(puts) == 2:
            raise CutOffError

    events = stack.client("dynamodb").meta.events
    events.register("before-call.dynamodb.PutItem", cut_off)
    try:
        with pytest.raises(CutOffError):
            dynamo.open_batch(batch, ["a.jpg"])
        assert dynamo.batch(batch.batch_id) is None or dynamo.names(batch.batch_id)
    finally:
        events.unregister("before-call.dynamodb.PutItem", cut_off)
    dynamo.open_batch(batch, ["a.jpg"])
    assert dynamo.batch(batch.batch_id) == batch
    assert dynamo.names(batch.batch_id) == ["a.jpg"]


def test_however_much_is_left_out_it_takes_a_sixth_of_an_item_at_most(
    stack: Stack, dynamo: DynamoLedger
) -> None:
    """Thousands of the longest names of every kind: an item may have 400 KB."""
    batch_id = opened(dynamo)
    kinds = [SYSTEM, DELETED, THUMBNAILS, FILMS, SOUND, DATA, LINKS]
    longest = "\U0001f9fe" * 2 * MAX_NAME
    dynamo.expect(batch_id, 0, sum_up((longest, kind) for kind in kinds for _ in range(9_000)))
    assert (batch := dynamo.batch(batch_id)) is not None
    assert batch.left_out.count == 9_000 * len(kinds)
    [item] = [
        item
        for page in stack.client("dynamodb").get_paginator("scan").paginate(TableName="Ledger")
        for item in page["Items"]
        if item["batch_id"]["S"] == batch_id and item["entry"]["S"] == "#batch"
    ]
    assert len(json.dumps(item, ensure_ascii=False).encode()) < 400_000 / 6


def test_a_batch_that_was_written_before_there_was_such_a_count_left_nothing_out(
    stack: Stack, dynamo: DynamoLedger
) -> None:
    batch_id = opened(dynamo)
    stack.client("dynamodb").update_item(
        TableName="Ledger",
        Key={"batch_id": {"S": batch_id}, "entry": {"S": "#batch"}},
        UpdateExpression="SET expected = :three REMOVE left_out",
        ExpressionAttributeValues={":three": {"N": "3"}},
    )
    assert (batch := dynamo.batch(batch_id)) is not None
    assert (batch.expected, batch.left_out) == (3, LeftOut())


def test_a_reason_is_made_printable_and_short(dynamo: DynamoLedger) -> None:
    batch_id = opened(dynamo)
    reason = "cut off\x1b[31m \ud800" + "!" * 500_000
    entry = Entry(index=1, name="a", state=State.REJECTED, since=START, reason=reason)
    assert dynamo.move(batch_id, entry)
    dynamo.reject_batch(batch_id, reason, LeftOut())
    snapshot = dynamo.snapshot(batch_id)
    assert snapshot is not None
    assert {snapshot.entries[0].reason, snapshot.batch.rejected} == {as_reason(reason)}
    assert as_reason(reason).startswith("cut off\ufffd[31m \ufffd!")


def test_many_are_moved_and_come_back_in_order(dynamo: DynamoLedger) -> None:
    batch_id = opened(dynamo)
    moves = [
        (batch_id, Entry(index=n, name=f"{n}.jpg", state=State.READ, since=START))
        for n in range(40, 0, -1)
    ]
    dynamo.move_all(moves)
    snapshot = dynamo.snapshot(batch_id)
    assert snapshot is not None
    assert [entry.index for entry in snapshot.entries] == list(range(1, 41))


def test_whatever_it_was_before_what_is_stored_becomes_stored(dynamo: DynamoLedger) -> None:
    batch_id = opened(dynamo)
    before = [
        Entry(index=n, name=f"{n}.jpg", state=state, since=START, reason=reason)
        for n, (state, reason) in enumerate(
            [(State.DEAD_LETTERED, "crashed"), (State.REJECTED, "no image"), (State.STORED, None)]
        )
    ]
    read = [
        Entry(index=n, name=f"{n}.jpg", state=State.READ, since=START, needs_review=n == 5)
        for n in range(3, 31)
    ]
    for entry in (*before, *read):
        dynamo.move(batch_id, entry)
    later = START + dt.timedelta(seconds=1)
    stored = [
        Entry(index=n, name=f"{n}.jpg", state=State.STORED, since=later, needs_review=n == 5)
        for n in (*range(31), 99)  # more than one call takes; the ledger doesn't know of the last
    ]
    dynamo.move_all([(batch_id, entry) for entry in (*stored, stored[7])])
    found = dynamo.snapshot(batch_id, after=-1)
    assert found is not None
    assert list(found.entries) == [
        msgspec.structs.replace(entry, since=START if entry.index == 2 else later)  # it was stored
        for entry in stored
    ]


def test_what_was_read_is_stored_in_one_call_for_25(stack: Stack, dynamo: DynamoLedger) -> None:
    batch_id = opened(dynamo)
    entries = [Entry(index=n, name="a", state=State.READ, since=START) for n in range(1, 51)]
    for entry in entries:
        dynamo.move(batch_id, entry)
    asked: list[str] = []
    events = stack.client("dynamodb").meta.events
    events.register(
        "provide-client-params.dynamodb", note := lambda model, **_: asked.append(model.name)
    )
    try:
        dynamo.move_all(
            [(batch_id, msgspec.structs.replace(one, state=State.STORED)) for one in entries]
        )
    finally:
        events.unregister("provide-client-params.dynamodb", note)
    assert asked == ["BatchExecuteStatement"] * 2
    assert {dynamo.state(batch_id, entry.index) for entry in entries} == {State.STORED}


def test_a_receipt_that_moves_on_loses_its_old_reason(dynamo: DynamoLedger) -> None:
    batch_id = opened(dynamo)
    dead = Entry(index=1, name="a", state=State.DEAD_LETTERED, since=START, reason="crashed")
    dynamo.move(batch_id, dead)
    dynamo.move(batch_id, Entry(index=1, name="a", state=State.READ, since=START))
    snapshot = dynamo.snapshot(batch_id)
    assert snapshot is not None
    assert snapshot.entries[0].reason is None


def test_every_item_is_dropped_after_its_retention(stack: Stack, dynamo: DynamoLedger) -> None:
    batch_id = opened(dynamo)
    dynamo.move(batch_id, Entry(index=1, name="a", state=State.READ, since=START))
    items = stack.client("dynamodb").query(
        TableName="Ledger",
        KeyConditionExpression="batch_id = :b",
        ExpressionAttributeValues={":b": {"S": batch_id}},
    )["Items"]
    assert len(items) == 3  # batch, manifest, receipt
    expected = str(int((START + dt.timedelta(days=90)).timestamp()))
    assert {item["expires_at"]["N"] for item in items} == {expected}


def test_an_agent_without_a_retention_keeps_the_one_that_stands(
    stack: Stack, dynamo: DynamoLedger
) -> None:
    batch_id = opened(dynamo)
    dynamo.move(batch_id, Entry(index=1, name="a", state=State.READ, since=START))
    agent = DynamoLedger("Ledger", stack.client("dynamodb"))
    agent.move(batch_id, Entry(index=1, name="a", state=State.STORED, since=START))
    item = stack.client("dynamodb").get_item(
        TableName="Ledger", Key={"batch_id": {"S": batch_id}, "entry": {"S": "00001"}}
    )["Item"]
    assert item["state"]["S"] == "stored"
    assert "expires_at" in item


def test_a_full_manifest_fits_into_one_item(dynamo: DynamoLedger) -> None:
    names = [f"{n:04d}" + "ü" * 48 for n in range(1_000)]  # 100 bytes each: what a request may say
    batch = a_batch(f"{next(fresh):032x}", expected=1_000)
    dynamo.open_batch(batch, names)
    assert dynamo.names(batch.batch_id) == names


def test_a_scan_finds_every_batch_and_its_names(stack: Stack) -> None:
    ledger = DynamoLedger("Ledger", stack.client("dynamodb"))
    manifest, archive = opened(ledger), opened(ledger, names=())
    assert {manifest, archive} <= {batch.batch_id for batch in ledger.batches()}
    assert ledger.names(manifest) == ["a.jpg"]
    assert ledger.names(archive) == ()


def test_the_parts_of_a_scan_have_every_batch_once(stack: Stack) -> None:
    ledger = DynamoLedger("Ledger", stack.client("dynamodb"))
    assert {opened(ledger) for _ in range(5)}
    there = sorted(batch.batch_id for batch in ledger.batches())
    parts = [[batch.batch_id for batch in ledger.batches(part, 3)] for part in range(3)]
    assert sorted(batch_id for part in parts for batch_id in part) == there
    assert max(map(len, parts)) < len(there)
