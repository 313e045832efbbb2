"""A form is good for its own upload and no other: the emulator holds it against what was signed."""

import base64
import datetime as dt
import hashlib
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from helpers.bad_input_table import RecordAnswer
from lab.run.local.emulator import Emulator, running_emulator
from receipts.aws import s3
from receipts.batch import File
from receipts.ports import Form

BUCKET = "forms"
PHOTO = b"photo"
OTHER_DIGEST = base64.b64encode(hashlib.sha256(b"other").digest()).decode()


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with running_emulator() as emulator:
        where = {"LocationConstraint": emulator.client("s3").meta.region_name}
        emulator.client("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration=where)
        yield emulator


def signed(emulator: Emulator) -> Form:
    digest = hashlib.sha256(PHOTO).hexdigest()
    file = File(name="a.png", size=len(PHOTO), content_type="image/png", sha256=digest)
    return s3.S3Forms(BUCKET, emulator.client("s3")).for_file("b" * 32, 1, file)


def sent(form: Form, data: bytes = PHOTO, **changed: str) -> int:
    fields = {**form.fields, **{name.replace("_", "-"): value for name, value in changed.items()}}
    sent = {name: value for name, value in fields.items() if value}
    return httpx.post(form.url, data=sent, files={"file": data}, timeout=120).status_code


@pytest.mark.slow
def test_what_was_signed_for_is_taken(emulator: Emulator) -> None:
    assert sent(signed(emulator)) == 204


@pytest.mark.parametrize(
    ("what", "changes"),
    [
        ("another key than was signed for", {"key": "uploads/else"}),
        ("another type than was signed for", {"Content_Type": "text/html"}),
        ("a larger image than was signed for", {"data": PHOTO + b"!"}),
        ("a smaller image than was signed for", {"data": PHOTO[:-1]}),
        ("an empty image", {"data": b""}),
        ("another digest than was signed for", {"x_amz_checksum_sha256": OTHER_DIGEST}),
        ("no digest where one was signed for", {"x_amz_checksum_sha256": ""}),
    ],
)
def test_another_upload_is_refused(
    emulator: Emulator, record_answer: RecordAnswer, what: str, changes: dict[str, Any]
) -> None:
    status = sent(signed(emulator), **changes)
    assert 400 <= status < 500
    record_answer("upload", what, f"{status} from S3 (local emulator), nothing is uploaded")


def test_an_expired_form_is_refused(
    emulator: Emulator, record_answer: RecordAnswer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(s3, "FORM_LIFETIME", dt.timedelta(seconds=-1))
    status = sent(signed(emulator))
    assert status == 403
    record_answer("upload", "an expired form", f"{status} from S3 (local emulator)")
