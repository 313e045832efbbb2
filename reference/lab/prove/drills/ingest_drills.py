"""Faults before the write queue: a bad image, workers that fail or die, lost events, messages."""

import contextlib
import datetime as dt
import hashlib
import io
import signal
import time
import uuid
import zipfile
from collections.abc import Sequence

import httpx
import psutil
from msgspec import json

from lab.prove.drills.environment import DrillEnvironment, DrillError
from lab.prove.drills.faults import visibility_timeout
from lab.run.photos.rendering import render
from receipts.accept_batch import Accepted
from receipts.aws.s3 import S3Objects
from receipts.aws.sqs import SqsQueue
from receipts.ledger import State
from receipts.messages import ReceiptMessage, Source
from receipts.reconcile import UNREAD_AFTER, settle_batches
from receipts.split_upload import split_upload
from receipts.uploads import Upload, archive_key

RECEIPTS = 4
"""Few: each of them is really read."""


LITTER = {".DS_Store": b"x", "__MACOSX/._1.jpg": b"x", "1.MOV": b"x"}


def a_poison_image_among_good_ones(env: DrillEnvironment) -> str:
    """An archive that contains a file that is no image."""
    with env.agent(rows_per_second=50.0):
        batch_id = _send_batch(env, {**_photos(RECEIPTS), "broken.jpg": b"no image"})
        _wait_until_stored(env, batch_id, stored=RECEIPTS, rejected=1)
    statement = env.ledger.snapshot(batch_id)
    reasons = [e.reason for e in statement.entries if e.reason] if statement else []
    return f"{RECEIPTS} stored, 1 rejected: {reasons[0]}"


def workers_killed_in_the_middle_of_ocr(env: DrillEnvironment) -> str:
    """SIGKILL to a Lambda worker while its Tesseract runs."""
    with visibility_timeout(env, 15, "ReceiptQueueUrl"), env.agent(rows_per_second=50.0):
        batch_id = _send_batch(env, _photos(RECEIPTS))
        killed: list[int] = []

        def some_are_killed() -> bool:
            for worker in _ocr_workers(env):
                with contextlib.suppress(psutil.NoSuchProcess):  # it has just ended
                    worker.send_signal(signal.SIGKILL)
                    killed.append(worker.pid)
            return bool(killed)

        env.wait_until(some_are_killed, "a worker is reading")
        _wait_until_stored(env, batch_id, stored=RECEIPTS)
    return f"{len(killed)} killed while reading; their receipts came again and were stored"


def readers_that_fail_for_a_while(env: DrillEnvironment) -> str:
    """The readers read, and can't send: their variable names a queue that isn't there."""
    function = env.system.deployment.resources["ReadFunction"]
    functions = env.system.deployment.emulator.client("lambda")
    waiting = functions.get_function_configuration(FunctionName=function)["Environment"]
    broken = {"Variables": {**waiting["Variables"], "WRITE_QUEUE_URL": "not-there"}}
    with env.agent(rows_per_second=50.0):
        try:
            functions.update_function_configuration(FunctionName=function, Environment=broken)
            batch_id = _send_batch(env, _photos(RECEIPTS))
            env.wait_until(
                lambda: env.states(batch_id) == {State.READ: RECEIPTS}, "all are read, in vain"
            )
        finally:
            functions.update_function_configuration(FunctionName=function, Environment=waiting)
        mended = time.monotonic()
        _wait_until_stored(env, batch_id, stored=RECEIPTS)
    took_s = time.monotonic() - mended
    visibility_s = env.sqs.get_queue_attributes(
        QueueUrl=env.outputs["ReceiptQueueUrl"], AttributeNames=["VisibilityTimeout"]
    )["Attributes"]["VisibilityTimeout"]
    return (
        f"{RECEIPTS} failed and were stored {took_s:.0f} s after it was mended; readers that died"
        f" would have cost {visibility_s} s"
    )


def the_splitter_cut_off_half_way(env: DrillEnvironment) -> str:
    """A splitter is killed when half of the messages are sent; the deployed one goes on."""
    emulator = env.system.deployment.emulator
    functions = emulator.client("lambda")
    mapping = env.system.deployment.resources["SplitMapping"]
    functions.update_event_source_mapping(UUID=mapping, Enabled=False)
    try:
        batch_id = _send_batch(env, LITTER | _photos(RECEIPTS))
        sent = _split_half(env, batch_id)
    finally:
        functions.update_event_source_mapping(UUID=mapping, Enabled=True)
    with env.agent(rows_per_second=50.0):
        _wait_until_stored(env, batch_id, stored=RECEIPTS)
    batch = env.ledger.batch(batch_id)
    if batch is None or batch.left_out.count != len(LITTER):
        raise DrillError(f"of {len(LITTER)} files that are no receipts the ledger says: {batch}")
    return (
        f"{sent} of {RECEIPTS} were sent; the next run sent the rest, and each is one row; "
        f"accepted {batch.expected} + left out {batch.left_out.count} = "
        f"{RECEIPTS + len(LITTER)} entries"
    )


def an_s3_event_is_lost(env: DrillEnvironment) -> str:
    """An archive is uploaded and S3 tells nobody; reconcile runs an hour later."""
    s3, bucket = env.system.deployment.emulator.client("s3"), env.outputs["ReceiptsBucketName"]
    told = s3.get_bucket_notification_configuration(Bucket=bucket)
    told.pop("ResponseMetadata")
    s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration={})
    try:
        batch_id = _send_batch(env, _photos(RECEIPTS))
    finally:
        s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration=told)
    if _reconcile(env, dt.timedelta(0)):
        raise DrillError("it was sent again at once, as if it could not be on its way")
    found = _reconcile(env, UNREAD_AFTER)
    with env.agent(rows_per_second=50.0):
        _wait_until_stored(env, batch_id, stored=RECEIPTS)
    return f"{'; '.join(found)}; {RECEIPTS} stored"


def messages_of_an_archive_are_lost(env: DrillEnvironment) -> str:
    """The receipt queue loses what the splitter sent; reconcile runs an hour later."""
    functions = env.system.deployment.emulator.client("lambda")
    mapping = env.system.deployment.resources["ReadMapping"]
    functions.update_event_source_mapping(UUID=mapping, Enabled=False)
    try:
        batch_id = _send_batch(env, _photos(RECEIPTS))
        env.wait_until(
            lambda: (batch := env.ledger.batch(batch_id)) is not None and batch.sent == RECEIPTS,
            "the splitter has sent all",
        )
        env.sqs.purge_queue(QueueUrl=env.outputs["ReceiptQueueUrl"])
    finally:
        functions.update_event_source_mapping(UUID=mapping, Enabled=True)
    found = _reconcile(env, UNREAD_AFTER)
    with env.agent(rows_per_second=50.0):
        _wait_until_stored(env, batch_id, stored=RECEIPTS)
    return f"{'; '.join(found)}; {RECEIPTS} stored"


def _reconcile(env: DrillEnvironment, later: dt.timedelta) -> list[str]:
    """What `receipts reconcile` does to batches, when it is that much later."""
    s3 = env.system.deployment.emulator.client("s3")
    now = dt.datetime.now(dt.UTC) + later + dt.timedelta(minutes=1)
    found = settle_batches(
        ledger=env.ledger,
        objects=S3Objects(env.outputs["ReceiptsBucketName"], s3),
        upload_queue=SqsQueue(env.outputs["UploadQueueUrl"], env.sqs),
        write_queue=SqsQueue(env.outputs["WriteQueueUrl"], env.sqs),
        clock=lambda: now,
    )
    return [f"{finding.action}: {finding.reason}" for finding in found]


class _CutOffError(Exception):
    """The splitter's process was killed."""


class _HalfQueue:
    """A receipt queue that takes half of the messages; then the sender is killed."""

    def __init__(self, queue: SqsQueue) -> None:
        self._queue = queue
        self.sent = 0

    def send_receipts(self, messages: Sequence[ReceiptMessage]) -> None:
        self.sent = len(messages) // 2
        self._queue.send_receipts(messages[: self.sent])
        raise _CutOffError


def _split_half(env: DrillEnvironment, batch_id: str) -> int:
    """Split in this process, on the real ledger, bucket and queue; killed half-way."""
    emulator = env.system.deployment.emulator
    bucket, key = env.outputs["ReceiptsBucketName"], archive_key(batch_id)
    s3 = emulator.client("s3")
    half_queue = _HalfQueue(SqsQueue(env.outputs["ReceiptQueueUrl"], env.sqs))
    upload = Upload(
        source=Source(bucket=bucket, key=key),
        batch_id=batch_id,
        index=None,
        name="archive.zip",
    )
    try:
        split_upload(
            upload,
            ledger=env.ledger,
            objects=S3Objects(bucket, s3),
            queue=half_queue,
            clock=lambda: dt.datetime.now(dt.UTC),
        )
    except _CutOffError:
        return half_queue.sent
    raise DrillError("the splitter finished: nothing cut it off")


def _photos(count: int) -> dict[str, bytes]:
    return {f"{number}.jpg": render(number).image for number in range(1, count + 1)}


def _send_batch(env: DrillEnvironment, images: dict[str, bytes]) -> str:
    """Send one request with one archive; answers the batch id."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, data in images.items():
            archive.writestr(name, data)
    deployment = env.system.deployment
    url = f"{deployment.api_url.rstrip('/')}/batches"
    data = packed.getvalue()
    announced = {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    request = {"customer_reference": "drills", "archive": announced}
    headers = {
        "Authorization": f"Bearer {deployment.issuer.token()}",
        "Idempotency-Key": uuid.uuid4().hex,
    }
    answer = httpx.post(url, json=request, headers=headers, timeout=120).raise_for_status()
    accepted = json.decode(answer.content, type=Accepted)
    [form] = accepted.uploads
    files = {"file": ("archive.zip", data, "application/zip")}
    httpx.post(form.url, data=form.fields, files=files, timeout=120).raise_for_status()
    return accepted.batch_id


def _wait_until_stored(
    env: DrillEnvironment, batch_id: str, stored: int, rejected: int = 0
) -> None:
    expected = {State.STORED: stored} | ({State.REJECTED: rejected} if rejected else {})
    env.wait_until(lambda: env.states(batch_id) == expected, f"the ledger says {expected}")
    rows = env.rows(batch_id)
    if len(rows) != stored or set(rows.values()) != {1}:
        raise DrillError(f"rows: {rows}")


def _ocr_workers(env: DrillEnvironment) -> list[psutil.Process]:
    """The emulator's workers that run a Tesseract now."""
    emulator = psutil.Process(env.system.deployment.emulator.process.pid)
    found = []
    for child in emulator.children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            parent = child.parent()
            if "tesseract" in child.name() and parent is not None and parent != emulator:
                found.append(parent)
    return found


INGEST_DRILLS = (
    a_poison_image_among_good_ones,
    workers_killed_in_the_middle_of_ocr,
    readers_that_fail_for_a_while,
    the_splitter_cut_off_half_way,
    an_s3_event_is_lost,
    messages_of_an_archive_are_lost,
)
