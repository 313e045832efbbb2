"""What splitting costs: bytes, requests, seconds and memory, by the archive's number of entries."""

import datetime as dt
import io
import random
import time
import tracemalloc
import zipfile

from msgspec import Struct

from lab.local.system import LocalSystem
from receipts.adapters.dynamodb import DynamoLedger
from receipts.adapters.s3 import S3Objects
from receipts.adapters.sqs import SqsQueue
from receipts.batch import Batch, batch_id_for
from receipts.messages import Source
from receipts.split_upload import split_upload
from receipts.upload import Upload

SIZES = (100, 1_000, 10_000)
PHOTO_BYTES = 2_000
"""Small ones: the splitter reads none of them, and 10,000 real photos would be 20 GB."""


class Split(Struct, frozen=True, kw_only=True):
    """One archive split by the real stage, on the local emulator's S3, DynamoDB and SQS."""

    entries: int
    archive_bytes: int
    bytes_read: int
    requests: int
    seconds: float
    peak_memory_bytes: int


class CountedObjects(S3Objects):
    """S3 with a meter on what is read."""

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


def split_photos(system: LocalSystem, archive: bytes, entries: int) -> Split:
    """Split one archive with a meter on it. Its messages go to a queue that nobody reads."""
    emulator = system.deployment.emulator
    outputs = system.deployment.outputs
    bucket, key = outputs["ReceiptsBucketName"], f"bench/{entries}.zip"
    s3, sqs = emulator.client("s3"), emulator.client("sqs")
    etag = s3.put_object(Bucket=bucket, Key=key, Body=archive)["ETag"].strip('"')
    queue_url = sqs.create_queue(QueueName=f"bench-{entries}")["QueueUrl"]
    ledger = DynamoLedger(outputs["LedgerTable"], emulator.client("dynamodb"))
    now = dt.datetime.now(dt.UTC)
    batch = Batch(
        batch_id=batch_id_for("bench", "bench", key),
        owner="bench",
        customer_reference="bench",
        archive=True,
        request_digest="",
        accepted_at=now,
    )
    ledger.open_batch(batch, [])
    objects = CountedObjects(bucket, s3)
    source = Source(bucket=bucket, key=key, etag=etag)
    upload = Upload(source=source, batch_id=batch.batch_id, index=None, name="archive.zip")
    started = time.monotonic()
    tracemalloc.start()
    split_upload(
        upload,
        ledger=ledger,
        objects=objects,
        queue=SqsQueue(queue_url, sqs),
        clock=lambda: now,
    )
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return Split(
        entries=entries,
        archive_bytes=len(archive),
        bytes_read=objects.bytes_read,
        requests=objects.requests,
        seconds=time.monotonic() - started,
        peak_memory_bytes=peak,
    )


def archive_of(entries: int) -> bytes:
    """A ZIP of small files with names such as a phone gives."""
    noise = random.Random(entries)  # noqa: S311  incompressible filling, the same every time
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for number in range(entries):
            archive.writestr(f"IMG_20260131_{number:06d}.jpg", noise.randbytes(PHOTO_BYTES))
    return packed.getvalue()
