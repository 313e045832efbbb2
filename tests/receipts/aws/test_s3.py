"""The bucket: what is there is read, results are kept, forms are limited."""

import base64
import datetime as dt
import hashlib
import json
from typing import Any

import pytest
import requests
from msgspec.structs import replace

from helpers.deployed import Stack
from helpers.fakes_agent import BATCH, correction, result
from helpers.s3 import BUCKET
from receipts.aws.s3 import S3Forms, S3Objects
from receipts.batch import FORM_LIFETIME, Archive, File
from receipts.errors import NoResultError, UploadGoneError
from receipts.messages import Source
from receipts.ports import Form

KEY = "uploads/a/archive.zip"
ARCHIVE = Archive(size=1234, sha256=hashlib.sha256(b"abc").hexdigest())


@pytest.fixture
def objects(stack: Stack) -> S3Objects:
    return S3Objects(BUCKET, stack.client("s3"))


def put(stack: Stack, data: bytes) -> Source:
    stack.client("s3").put_object(Bucket=BUCKET, Key=KEY, Body=data)
    return Source(bucket=BUCKET, key=KEY)


def policy(form: Form) -> list[Any]:
    conditions: list[Any] = json.loads(base64.b64decode(form.fields["policy"]))["conditions"]
    return conditions


def test_ranges_are_half_open_and_end_with_the_object(stack: Stack, objects: S3Objects) -> None:
    source = put(stack, b"0123456789")
    assert objects.size(source) == 10
    assert objects.read(source) == b"0123456789"
    assert objects.read(source, 2, 5) == b"234"
    assert objects.read(source, 8, 100) == b"89"


def test_a_range_behind_the_end_is_empty(stack: Stack, objects: S3Objects) -> None:
    assert objects.read(put(stack, b"0123456789"), 10, 20) == b""


def test_an_empty_object_is_read_as_such(stack: Stack, objects: S3Objects) -> None:
    source = put(stack, b"")
    assert objects.size(source) == 0
    assert objects.read(source) == b""


def test_of_two_uploads_the_newer_one_is_read(stack: Stack, objects: S3Objects) -> None:
    source = put(stack, b"first")
    put(stack, b"second")
    assert objects.size(source) == 6
    assert objects.read(source) == b"second"


def test_an_object_that_is_gone_is_said_to_be(stack: Stack, objects: S3Objects) -> None:
    source = put(stack, b"first")
    stack.client("s3").delete_object(Bucket=BUCKET, Key=KEY)
    with pytest.raises(UploadGoneError):
        objects.size(source)
    with pytest.raises(UploadGoneError):
        objects.read(source)


def test_a_result_comes_back_as_it_was_put(objects: S3Objects) -> None:
    objects.put_result(result(3))
    assert objects.get_result(result(3).batch_id, 3) == result(3)


def test_of_two_readers_the_first_one_s_result_stays(objects: S3Objects) -> None:
    first, second = result(3, engine="first"), result(3, engine="second")
    assert objects.put_result(first) == first
    assert objects.put_result(second) == first
    assert objects.get_result(first.batch_id, 3) == first


def test_a_result_that_is_gone_or_not_ours_is_said(stack: Stack, objects: S3Objects) -> None:
    objects.put_result(result(3))
    with pytest.raises(NoResultError, match="gone"):
        objects.get_result(result(4).batch_id, 4)
    key = f"results/{result(3).batch_id}/00003.json"
    stack.client("s3").put_object(Bucket=BUCKET, Key=key, Body=b"{}")
    with pytest.raises(NoResultError, match=key):
        objects.get_result(result(3).batch_id, 3)


def test_a_file_s_form_allows_its_key_size_and_type_and_no_other(stack: Stack) -> None:
    forms = S3Forms(BUCKET, stack.client("s3"))
    file = File(name="a b.jpg", size=1234, content_type="image/jpeg")
    form = forms.for_file("b" * 32, 7, file)
    key = f"uploads/{'b' * 32}/00007/a b.jpg"
    assert form.fields["key"] == key
    assert ["content-length-range", 1234, 1234] in policy(form)
    assert {"Content-Type": "image/jpeg"} in policy(form)
    assert {"key": key} in policy(form)
    assert {"bucket": BUCKET} in policy(form)


def test_an_archive_s_form_allows_the_size_and_digest_that_were_announced(stack: Stack) -> None:
    form = S3Forms(BUCKET, stack.client("s3")).for_archive("b" * 32, ARCHIVE)
    assert ["content-length-range", 1234, 1234] in policy(form)
    assert {"Content-Type": "application/zip"} in policy(form)
    checksum = "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="  # in base64, as S3 wants it
    assert form.fields["x-amz-checksum-sha256"] == checksum
    assert {"x-amz-checksum-sha256": checksum} in policy(form)


def test_a_file_s_form_asks_for_its_digest_where_one_was_announced(stack: Stack) -> None:
    forms = S3Forms(BUCKET, stack.client("s3"))
    file = File(name="a.jpg", size=3, content_type="image/jpeg", sha256=ARCHIVE.sha256)
    archive_form = forms.for_archive("b" * 32, ARCHIVE)
    form = forms.for_file("b" * 32, 1, file)
    assert form.fields["x-amz-checksum-sha256"] == archive_form.fields["x-amz-checksum-sha256"]
    without = replace(file, sha256=None)
    assert "x-amz-checksum-sha256" not in forms.for_file("b" * 32, 1, without).fields


def test_a_form_can_be_used_for_its_lifetime(stack: Stack) -> None:
    form = S3Forms(BUCKET, stack.client("s3")).for_archive("b" * 32, ARCHIVE)
    signed_at, expires = (
        form.fields["x-amz-date"],
        json.loads(base64.b64decode(form.fields["policy"]))["expiration"],
    )
    assert FORM_LIFETIME.total_seconds() == 3600
    assert expires[:13] > f"{signed_at[:4]}-{signed_at[4:6]}-{signed_at[6:8]}T{signed_at[9:11]}"


def test_a_form_uploads_to_its_key(stack: Stack) -> None:
    file = File(name="a.jpg", size=3, content_type="image/jpeg")
    form = S3Forms(BUCKET, stack.client("s3")).for_file("b" * 32, 1, file)
    requests.post(
        form.url, data=form.fields, files={"file": b"abc"}, timeout=120
    ).raise_for_status()
    body = stack.client("s3").get_object(Bucket=BUCKET, Key=form.fields["key"])["Body"]
    assert body.read() == b"abc"


def test_the_uploads_of_a_batch_are_listed_and_no_other(stack: Stack) -> None:
    s3 = stack.client("s3")
    for key in ("uploads/a/1", "uploads/a/2", "uploads/aa/1", "results/a/1"):
        s3.put_object(Bucket=BUCKET, Key=key, Body=key.encode())
    found = S3Objects(BUCKET, s3).uploaded("a")
    assert found.keys() == {"uploads/a/1", "uploads/a/2"}
    source, uploaded_at = found["uploads/a/2"]
    assert S3Objects(BUCKET, s3).read(source) == b"uploads/a/2"  # by its ETag
    assert abs(dt.datetime.now(dt.UTC) - uploaded_at) < dt.timedelta(minutes=5)


def test_of_two_corrections_of_one_number_the_first_stays(objects: S3Objects) -> None:
    first, other = correction(1), correction(1, corrected_by="Grace")
    assert objects.put_correction(first) == first
    assert objects.put_correction(other) == first
    assert objects.corrections(BATCH, 1) == [first]


def test_corrections_are_found_by_receipt_and_by_batch_in_their_order(objects: S3Objects) -> None:
    made = [correction(index, number) for index in (2, 1) for number in (1000, 10, 2)]
    for one in made:
        objects.put_correction(one)
    assert [it.number for it in objects.corrections(BATCH, 1)] == [2, 10, 1000]
    assert [it.index for it in objects.corrections(BATCH)] == [1, 1, 1, 2, 2, 2]
    assert objects.corrections("c" * 32) == []
