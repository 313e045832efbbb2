"""S3's notifications, and the keys that the forms are signed for."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.s3 import BUCKET, notification
from receipts.errors import UnknownMessageError
from receipts.messages import Source
from receipts.uploads import archive_key, encode_event, image_key, parse_event

BATCH = "0123456789abcdef" * 2
names = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="/\\"), min_size=1
)


@given(st.integers(1, 1000), names)
def test_the_key_of_an_image_comes_back_whole(index: int, name: str) -> None:
    [upload] = parse_event(notification(image_key(BATCH, index, name), '"e"'))
    assert (upload.batch_id, upload.index, upload.name) == (BATCH, index, name)
    assert upload.source.bucket == BUCKET


@given(st.integers(1, 1000), names)
def test_an_event_that_we_make_is_understood_as_one_of_s3_s(index: int, name: str) -> None:
    source = Source(bucket="b", key=image_key(BATCH, index, name))
    [upload] = parse_event(encode_event(source))
    assert (upload.source, upload.index, upload.name) == (source, index, name)


def test_the_key_of_an_archive_has_no_index() -> None:
    [upload] = parse_event(notification(archive_key(BATCH)))
    assert upload.index is None


def test_s3_s_own_test_event_tells_of_no_upload() -> None:
    event = {"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": BUCKET}
    assert parse_event(json.dumps(event)) == []


@pytest.mark.parametrize(
    "key",
    [
        "results/x",
        f"uploads/{BATCH}",
        f"uploads/{BATCH}/00001/",
        f"uploads/{BATCH}/1/a.jpg",
        f"uploads/{BATCH}/00001/a/b.jpg",
        f"uploads/{BATCH.upper()}/archive.zip",
        f"uploads/{BATCH}/\u0660\u0660\u0660\u0660\u0661/a.jpg",
        f"uploads/{BATCH}/archive.zip\n",
    ],
)
def test_a_key_that_nobody_signed_is_unknown(key: str) -> None:
    with pytest.raises(UnknownMessageError, match="no upload of ours"):
        parse_event(notification(key))


@pytest.mark.parametrize("body", ["", "{}", '{"Records": []}', '{"Records": [{"s3": {}}]}', "["])
def test_what_is_no_notification_is_unknown(body: str) -> None:
    with pytest.raises(UnknownMessageError, match="S3 notification"):
        parse_event(body)


def test_a_deeply_nested_body_is_unknown() -> None:
    with pytest.raises(UnknownMessageError, match="recursion"):
        parse_event('{"Records": [{"s3":' + '{"a":' * 50_000)
