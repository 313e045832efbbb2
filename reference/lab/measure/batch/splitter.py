"""Measures the cost of splitting an archive: bytes, requests, seconds and memory."""

import datetime as dt
import io
import random
import time
import tracemalloc
import uuid
import zipfile

from msgspec import Struct

from lab.run.local.system import LocalSystem
from receipts.aws.dynamodb import DynamoLedger
from receipts.aws.s3 import S3Objects
from receipts.aws.sqs import SqsQueue
from receipts.batch import Batch, batch_id_for
from receipts.messages import Source
from receipts.split_upload import split_upload
from receipts.uploads import Upload

SIZES = (100, 1_000, 10_000)
PHOTO_BYTES = 2_000
"""Small, since the splitter reads no photo, and 10,000 real ones would be 20 GB."""


class SplitFigures(Struct, frozen=True, kw_only=True):
    """One archive split by the real stage, on the local emulator's S3, DynamoDB and SQS."""

    entries: int
    archive_bytes: int
    bytes_read: int
    requests: int
    seconds: float
    peak_memory_bytes: int


class CountedObjects(S3Objects):
    """S3 that counts requests and the bytes read."""

    bytes_read = 0
    requests = 0

    def size(self, source: Source) -> int:
        """See `ports.Objects`."""
        self.requests += 1
        return super().size(source)

    def read(self, source: Source, start: int = 0, stop: int | None = None) -> bytes:
        """See `ports.Objects`."""
        data = super().read(source, start, stop)
        self.requests += 1
        self.bytes_read += len(data)
        return data


def split_photos(system: LocalSystem, archive: bytes, entries: int) -> SplitFigures:
    """Split one archive twice: once timed, once with its memory traced, which makes it slower."""
    s3 = system.deployment.emulator.client("s3")
    bucket, key = system.deployment.outputs["ReceiptsBucketName"], f"bench/{uuid.uuid4().hex}.zip"
    s3.put_object(Bucket=bucket, Key=key, Body=archive)
    source = Source(bucket=bucket, key=key)
    timed, traced = _Splitting(system, source), _Splitting(system, source)
    started = time.monotonic()
    timed.run()
    seconds = time.monotonic() - started
    tracemalloc.start()
    try:
        traced.run()
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    return SplitFigures(
        entries=entries,
        archive_bytes=len(archive),
        bytes_read=timed.objects.bytes_read,
        requests=timed.objects.requests,
        seconds=seconds,
        peak_memory_bytes=peak,
    )


class _Splitting:
    """One run of the stage with a new batch and queue, because a batch is split only once."""

    def __init__(self, system: LocalSystem, source: Source) -> None:
        emulator, outputs = system.deployment.emulator, system.deployment.outputs
        sqs, name = emulator.client("sqs"), f"bench-{uuid.uuid4().hex}"
        self._now = dt.datetime.now(dt.UTC)
        self.objects = CountedObjects(source.bucket, emulator.client("s3"))
        self._ledger = DynamoLedger(outputs["LedgerTable"], emulator.client("dynamodb"))
        # No function reads this queue.
        self._queue = SqsQueue(sqs.create_queue(QueueName=name)["QueueUrl"], sqs)
        batch = Batch(
            batch_id=batch_id_for(name, self._now),
            owner="bench",
            customer_reference="bench",
            archive=True,
            accepted_at=self._now,
        )
        self._ledger.open_batch(batch, [])
        self._upload = Upload(
            source=source, batch_id=batch.batch_id, index=None, name="archive.zip"
        )

    def run(self) -> None:
        split_upload(
            self._upload,
            ledger=self._ledger,
            objects=self.objects,
            queue=self._queue,
            clock=lambda: self._now,
        )


def archive_of(entries: int) -> bytes:
    """A ZIP of small files that are named as by a phone."""
    noise = random.Random(entries)  # noqa: S311  incompressible filling, the same every time
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for number in range(entries):
            archive.writestr(f"IMG_20260131_{number:06d}.jpg", noise.randbytes(PHOTO_BYTES))
    return packed.getvalue()
