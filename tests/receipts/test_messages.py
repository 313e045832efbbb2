"""Messages survive the wire; anything else is refused with a reason."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import defstruct, json, structs
from msgspec.structs import replace

from reading.context import Home
from reading.files.archive import ArchiveEntry
from reading.receipt import LineItem, Receipt, TaxLine
from receipts.errors import UnknownMessageError
from receipts.messages import ReceiptMessage, ResultMessage, Source, decode, encode

text = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
amounts = st.decimals(-100_000, 100_000, places=2)
line_items = st.builds(
    LineItem, name=text, quantity=amounts | st.none(), unit_price=st.none(), total=amounts
)
receipts = st.builds(
    Receipt,
    merchant=text | st.none(),
    date=st.dates() | st.none(),
    time=st.times(timezones=st.none()) | st.none(),
    total=amounts | st.none(),
    taxes=st.tuples(st.builds(TaxLine, amount=amounts, rate=amounts | st.none())),
    line_items=st.lists(line_items, max_size=3).map(tuple),
    confidence=st.dictionaries(text, st.floats(0, 1), max_size=3),
)
entries = st.builds(
    ArchiveEntry,
    header_offset=st.integers(0, 2**63),
    compressed_size=st.integers(0, 2**63),
    size=st.integers(0, 2**63),
    method=st.integers(0, 99),
    flags=st.integers(0, 2**16),
    crc32=st.integers(0, 2**32),
)
sources = st.builds(Source, bucket=text, key=text, entry=entries | st.none())
homes = st.builds(
    Home,
    currency=text | st.none(),
    date_order=st.sampled_from(["dmy", "mdy", "ymd", None]),
    language=text | st.none(),
)
receipt_messages = st.builds(
    ReceiptMessage,
    version=st.just(1),
    batch_id=text,
    index=st.integers(1, 10_000),
    receipt_id=text,
    owner=text,
    customer_reference=text,
    name=text,
    source=sources,
    home=homes,
)
result_messages = st.builds(
    ResultMessage,
    version=st.just(1),
    batch_id=text,
    index=st.integers(1, 10_000),
    receipt_id=text,
    customer_reference=text,
    name=text,
    image_bucket=text,
    image_key=text,
    image_sha256=text,
    duplicate_of=text | st.none(),
    engine=text,
    read_at=st.datetimes(timezones=st.just(dt.UTC)),
    receipt=receipts,
    needs_review=st.booleans(),
)


@given(receipt_messages)
def test_a_receipt_message_survives_the_wire(message: ReceiptMessage) -> None:
    assert decode(encode(message), ReceiptMessage) == message


@given(receipt_messages)
def test_a_message_of_before_homes_is_read_as_of_a_client_who_said_none(
    message: ReceiptMessage,
) -> None:
    written = json.decode(encode(message))
    del written["home"]
    assert decode(json.encode(written), ReceiptMessage) == replace(message, home=Home())


@given(receipt_messages)
def test_a_reader_of_before_homes_understands_a_message_that_has_one(
    message: ReceiptMessage,
) -> None:
    kinds = {it.name: it.type for it in structs.fields(ReceiptMessage) if it.name != "home"}
    before = defstruct("Before", list(kinds.items()))
    read = json.decode(encode(message), type=before)
    assert all(getattr(read, name) == getattr(message, name) for name in kinds)


@given(result_messages)
def test_a_result_survives_the_wire_to_the_last_cent(message: ResultMessage) -> None:
    assert decode(encode(message).decode(), ResultMessage) == message


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("", "truncated"),
        ("not JSON", "malformed"),
        ("[]", "Expected `object`"),
        ('{"version": 2}', "version"),
        ("[" * 100_000, "Expected `object`"),
        ('{"unknown": ' + "[" * 100_000, "recursion"),
        (b"\xff", "malformed"),
    ],
)
def test_what_is_no_message_of_ours_is_refused_with_a_reason(body: str | bytes, why: str) -> None:
    with pytest.raises(UnknownMessageError, match=why):
        decode(body, ReceiptMessage)
