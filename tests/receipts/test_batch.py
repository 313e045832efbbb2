"""What may stand in a request, and the names that follow from it."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import ValidationError, json

from reading.files.limits import MAX_IMAGE_BYTES
from receipts.batch import (
    MAX_FILES,
    BatchRequest,
    batch_id_for,
    key_id_for,
    receipt_id_for,
    request_digest,
)

FILE = {"name": "1.jpg", "size": 1000, "content_type": "image/jpeg"}


def parsed(**fields: object) -> BatchRequest:
    return json.decode(json.encode({"customer_reference": "C-1", **fields}), type=BatchRequest)


def test_a_request_is_a_manifest_or_an_archive() -> None:
    assert parsed(files=[FILE]).files[0].name == "1.jpg"
    assert parsed(archive={"size": 1, "sha256": "0" * 64}).archive


def test_a_manifest_may_hold_a_thousand_files() -> None:
    files = [FILE | {"name": f"{n}.jpg"} for n in range(MAX_FILES)]
    assert len(parsed(files=files).files) == MAX_FILES


def test_a_request_may_say_the_client_s_home_and_leaves_it_out_otherwise() -> None:
    said = {"currency": "EUR", "date_order": "dmy", "language": "de"}
    request = parsed(files=[FILE], home=said)
    assert json.decode(json.encode(request.home)) == said
    assert b"home" not in json.encode(parsed(files=[FILE]))  # a service of before knows no home


@pytest.mark.parametrize(
    ("home", "why"),
    [
        ({"currency": "EURO"}, "'EURO' is no currency of ISO 4217"),
        ({"currency": "eur"}, "'eur' is no currency"),
        ({"language": "deu"}, "'deu' is no language of ISO 639-1"),
        ({"date_order": "ydm"}, r"'ydm' - at `\$\.home\.date_order`"),
        ({"money": "EUR"}, "unknown field `money`"),
        ({"currency": 978}, r"at `\$\.home\.currency`"),
    ],
)
def test_a_home_has_codes_that_are_known(home: dict[str, object], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        parsed(files=[FILE], home=home)


@pytest.mark.parametrize("size", [0, -1, MAX_IMAGE_BYTES + 1, 1.5, "1"])
def test_a_file_has_a_size_that_can_be_read(size: object) -> None:
    with pytest.raises(ValidationError, match=r"files\[0\]\.size"):
        parsed(files=[FILE | {"size": size}])


@pytest.mark.parametrize("name", ["a\u202egpj.exe", "a\ufffe.jpg", "a\x85.jpg", "a\u2028b.jpg"])
def test_a_name_shows_what_it_is(name: str) -> None:
    with pytest.raises(ValidationError, match="control characters"):
        parsed(files=[FILE | {"name": name}])


@given(st.text(max_size=12), st.text(max_size=12), st.datetimes(timezones=st.just(dt.UTC)))
def test_a_batch_id_is_made_of_its_key_and_when_that_was_used_first(
    customer: str, key: str, accepted_at: dt.datetime
) -> None:
    key_id = key_id_for("owner", customer, key)
    assert key_id != key_id_for("owner", customer, key + "x")
    batch_id = batch_id_for(key_id, accepted_at)
    assert len(batch_id) == 32
    assert batch_id == batch_id_for(key_id, dt.datetime.fromisoformat(accepted_at.isoformat()))
    later = accepted_at.replace(microsecond=(accepted_at.microsecond + 1) % 1_000_000)
    assert batch_id != batch_id_for(key_id, later)


@pytest.mark.parametrize("name", ["$", "lunch for $12.jpg", "${filename}", "a$"])
def test_a_name_holds_nothing_that_a_form_s_policy_would_take_for_a_variable(name: str) -> None:
    with pytest.raises(ValidationError, match=r"no \$"):
        parsed(files=[FILE | {"name": name}])


def test_another_body_has_another_digest() -> None:
    assert request_digest(b"{}") != request_digest(b"{ }")


def test_receipt_ids_sort_as_the_receipts_come() -> None:
    ids = [receipt_id_for("b", index) for index in (1, 2, 10, 9_999, 10_000)]
    assert ids == sorted(ids)
