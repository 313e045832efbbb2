"""Uploads that are not what was asked for: nothing is read twice, nothing of others is touched."""

import datetime as dt
import hashlib
from typing import Any

import pytest

from helpers.bad_input_table import RecordAnswer
from helpers.event_loop import Batch, EventLoop
from helpers.photos import archive, numbered, photo
from helpers.s3 import BUCKET, RefusedByS3Error, notification
from receipts.aws.dynamodb import DynamoLedger
from receipts.aws.s3 import S3Objects
from receipts.aws.sqs import SqsQueue
from receipts.reconcile import NEVER_UPLOADED_AFTER, settle_batches
from receipts.uploads import archive_key, image_key


def files(count: int) -> list[dict[str, Any]]:
    size = len(photo())
    names = [f"{n}.png" for n in range(1, count + 1)]
    return [{"name": name, "size": size, "content_type": "image/png"} for name in names]


@pytest.fixture
def batch(event_loop: EventLoop) -> Batch:
    """A manifest of three images, of which none is uploaded yet."""
    return event_loop.ask("k", files(3))


@pytest.mark.parametrize(
    ("what", "key"),
    [
        ("an index beyond the manifest", lambda batch: image_key(batch.batch_id, 4, "4.png")),
        ("the index 0", lambda batch: image_key(batch.batch_id, 0, "0.png")),
        ("an archive for a manifest", lambda batch: archive_key(batch.batch_id)),
        ("a batch of nobody", lambda _: archive_key("0" * 32)),
        ("a key of another form", lambda batch: f"uploads/{batch.batch_id}/1/a/b.png"),
    ],
)
def test_an_upload_that_nobody_asked_for_is_set_aside_and_the_rest_is_stored(
    event_loop: EventLoop, batch: Batch, record_answer: RecordAnswer, what: str, key: Any
) -> None:
    event_loop.stack.send("UploadQueue", notification(key(batch)))
    for form in batch.forms:
        event_loop.stack.upload(form, photo())
    event_loop.run()
    [message] = event_loop.stack.waiting("UploadDlq")
    reason = message["MessageAttributes"]["reason"]["StringValue"]
    assert batch.report()["counts"]["stored"] == 3
    said = reason.replace(batch.batch_id, "{batch_id}").replace("0" * 32, "{batch_id}")
    record_answer("upload", what, f"upload DLQ: {said}; the rest is stored")


@pytest.mark.parametrize(
    ("what", "body"),
    [
        ("a message that is no JSON", "hello"),
        ("a notification without records", "{}"),
        ("a notification nested 50,000 deep", '{"Records": [{"s3":' + '{"a":' * 50_000),
    ],
)
def test_a_message_that_is_no_notification_is_set_aside_and_the_rest_is_stored(
    event_loop: EventLoop, batch: Batch, record_answer: RecordAnswer, what: str, body: str
) -> None:
    event_loop.stack.send("UploadQueue", body)
    for form in batch.forms:
        event_loop.stack.upload(form, photo())
    event_loop.run()
    [message] = event_loop.stack.waiting("UploadDlq")
    assert message["Body"] == body
    assert batch.report()["counts"]["stored"] == 3
    reason = message["MessageAttributes"]["reason"]["StringValue"]
    record_answer("upload", what, f"upload DLQ: {reason}; the rest is stored")


def test_an_image_overwritten_after_it_was_read_changes_nothing(
    event_loop: EventLoop, batch: Batch, record_answer: RecordAnswer
) -> None:
    for form in batch.forms:
        event_loop.stack.upload(form, photo())
    event_loop.run()
    before = dict(event_loop.inbox.rows)
    event_loop.stack.overwrite(batch.forms[0], photo(7))
    event_loop.run()
    assert event_loop.inbox.rows == before
    assert batch.report()["counts"]["stored"] == 3
    record_answer("upload", "an image overwritten after it was read", "the first one stays stored")


def test_of_an_image_overwritten_before_it_was_read_the_newer_one_is_stored(
    event_loop: EventLoop, batch: Batch, record_answer: RecordAnswer
) -> None:
    for form in batch.forms:
        event_loop.stack.upload(form, photo())
    event_loop.stack.poll("SplitMapping")
    event_loop.stack.overwrite(batch.forms[0], photo(7))
    event_loop.run()
    assert batch.report()["counts"]["stored"] == 3
    stored = {row.image_sha256 for row in event_loop.inbox.rows.values() if row.index == 1}
    assert stored == {hashlib.sha256(photo(7)).hexdigest()}
    record_answer("upload", "an image overwritten before it was read", "the newer one is stored")


def test_another_image_than_the_announced_one_is_refused(
    event_loop: EventLoop, record_answer: RecordAnswer
) -> None:
    digest = hashlib.sha256(photo()).hexdigest()
    batch = event_loop.ask("k", [file | {"sha256": digest} for file in files(1)])
    event_loop.stack.upload(batch.forms[0], photo())
    other = photo()[:-1] + b"?"
    with pytest.raises(RefusedByS3Error):
        event_loop.stack.upload(batch.forms[0], other)
    event_loop.run()
    assert batch.report()["counts"]["stored"] == 1
    record_answer(
        "upload", "another image than announced, of its size", "refused by S3, by its documentation"
    )


def test_an_archive_overwritten_after_it_was_split_changes_nothing_but_what_is_not_read(
    event_loop: EventLoop, record_answer: RecordAnswer
) -> None:
    batch = event_loop.send_archive(numbered(3))
    event_loop.run()
    with pytest.raises(RefusedByS3Error):
        event_loop.stack.upload(batch.forms[0], archive(numbered(5)))
    event_loop.stack.overwrite(batch.forms[0], archive(numbered(5)))
    event_loop.run()
    report = batch.report()
    assert (report["expected"], report["counts"]["stored"]) == (3, 3)
    record_answer(
        "upload",
        "a second archive over the first",
        "refused by S3, by its documentation; if it weren't, the first one counts",
    )


def test_an_archive_that_is_uploaded_twice_is_stored_once(
    event_loop: EventLoop, record_answer: RecordAnswer
) -> None:
    """Whatever ETag the second one has: with a KMS key it is another."""
    batch = event_loop.send_archive(numbered(3))
    event_loop.stack.poll("SplitMapping")
    event_loop.stack.poll("ReadMapping")
    event_loop.stack.upload(batch.forms[0], archive(numbered(3)))
    event_loop.run()
    report = batch.report()
    assert (report["counts"]["stored"], report["counts"]["rejected"]) == (3, 0)
    assert len(event_loop.inbox.rows) == 3
    record_answer("upload", "the same archive twice", "one row a receipt")


def test_an_event_that_comes_twice_or_late_changes_nothing(
    event_loop: EventLoop, record_answer: RecordAnswer
) -> None:
    batch = event_loop.send_archive(numbered(3))
    event = notification(archive_key(batch.batch_id))
    for _ in range(2):
        event_loop.stack.send("UploadQueue", event)
        event_loop.stack.send("UploadQueue", event)
        event_loop.run()
    report = batch.report()
    assert (report["expected"], report["counts"]["stored"]) == (3, 3)
    assert len(event_loop.inbox.rows) == 3
    record_answer("upload", "an archive's event twice, and late", "one row a receipt")


def test_an_upload_that_never_comes_is_rejected_after_the_grace_period(
    event_loop: EventLoop, batch: Batch, record_answer: RecordAnswer
) -> None:
    for form in batch.forms[:2]:
        event_loop.stack.upload(form, photo())
    event_loop.run()
    assert not batch.report()["settled"]
    dynamodb, s3 = event_loop.stack.client("dynamodb"), event_loop.stack.client("s3")
    found = settle_batches(
        ledger=DynamoLedger("Ledger", dynamodb),
        objects=S3Objects(BUCKET, s3),
        upload_queue=SqsQueue(event_loop.stack.urls["UploadQueue"], event_loop.stack.client("sqs")),
        write_queue=SqsQueue(event_loop.stack.urls["WriteQueue"], event_loop.stack.client("sqs")),
        clock=lambda: dt.datetime.now(dt.UTC) + NEVER_UPLOADED_AFTER,
    )
    assert len(list(found)) == 1
    report = batch.report()
    [reason] = report["reasons"]
    assert report["settled"]
    assert report["counts"]["stored"] == 2
    assert isinstance(DynamoLedger("Ledger", dynamodb).state(batch.batch_id, 3), str)
    record_answer(
        "upload",
        "an upload that never comes",
        f"receipt rejected: {reason['reason']}; the rest is stored",
    )
