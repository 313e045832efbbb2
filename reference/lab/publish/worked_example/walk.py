"""Sends one photo through the real stages, with queues, bucket and ledger in memory."""

import datetime as dt
import hashlib
from collections.abc import Sequence
from typing import Any

import boto3
from msgspec import Struct
from msgspec.structs import replace

from lab.prove.simulation.faults import Faults
from lab.prove.simulation.scheduler import Scheduler
from lab.prove.simulation.store import SimLedger, SimObjects, SimSeenImages
from reading.engine import OcrEngine
from receipts.accept_batch import Accepted, accept_batch
from receipts.agent.rows import row
from receipts.aws.s3 import S3Forms
from receipts.batch import BatchRequest, File
from receipts.ledger import State
from receipts.messages import ReceiptMessage, ResultMessage, Row
from receipts.ports import BatchSnapshot
from receipts.read_receipt import read_receipt
from receipts.report_batch import Page, Report, list_receipts, report_batch
from receipts.split_upload import split_upload
from receipts.uploads import Upload, image_key

OWNER, CUSTOMER, KEY = "customer@example.com", "C-1", "january-1"
BUCKET, LIMIT_S, PAGE = "bucket", 60.0, 100


class Walk(Struct, frozen=True, kw_only=True):
    """What one receipt's way consists of: requests and answers, messages, and the row."""

    request: BatchRequest
    accepted: Accepted
    receipt_message: ReceiptMessage
    result_message: ResultMessage
    row: dict[str, Any]
    report: Report
    page: Page


class _Recorded:
    """The queues: what was sent on them."""

    def __init__(self) -> None:
        self.receipts: list[ReceiptMessage] = []
        self.results: list[ResultMessage] = []

    def send_receipts(self, messages: Sequence[ReceiptMessage]) -> None:
        self.receipts += messages

    def send_results(self, results: Sequence[Row]) -> None:
        self.results += (it for it in results if isinstance(it, ResultMessage))


class _OneReceipt(SimLedger):
    """A page of its receipts is all of them."""

    def snapshot(
        self,
        batch_id: str,
        after: int = 0,  # noqa: ARG002
        limit: int | None = None,  # noqa: ARG002
    ) -> BatchSnapshot | None:
        return super().snapshot(batch_id)


def walk(photo: bytes, name: str, engine: OcrEngine, now: dt.datetime) -> Walk:
    """One batch of one photo, from the request to the report that it is stored."""
    scheduler, walked = Scheduler(seed=0), list[Walk]()
    faults = Faults(scheduler, 0.0, 0.0, {})
    scheduler.spawn(lambda: walked.append(_walk(photo, name, engine, now, faults)))
    scheduler.run(lambda: bool(walked), float("inf"))
    return walked[0]


def _walk(photo: bytes, name: str, engine: OcrEngine, now: dt.datetime, faults: Faults) -> Walk:
    ledger, objects, queue = _OneReceipt(faults), SimObjects(faults, lambda: now), _Recorded()
    digest = hashlib.sha256(photo).hexdigest()
    file = File(name=name, size=len(photo), content_type="image/jpeg", sha256=digest)
    request = BatchRequest(customer_reference=CUSTOMER, files=(file,))
    signing = boto3.client(
        "s3",
        region_name="eu-central-1",
        aws_access_key_id="EXAMPLE",
        aws_secret_access_key="EXAMPLE",  # noqa: S106  signs an example
    )
    forms = S3Forms(BUCKET, signing)
    accepted = accept_batch(request, KEY, OWNER, ledger=ledger, forms=forms, now=now)
    batch_id = accepted.batch_id
    source = objects.put_upload(image_key(batch_id, 1, name), photo)
    upload = Upload(source=source, batch_id=batch_id, index=1, name=name)
    split_upload(upload, ledger=ledger, objects=objects, queue=queue, clock=lambda: now)
    read_receipt(
        queue.receipts[0],
        objects=objects,
        seen=SimSeenImages(faults),
        ledger=ledger,
        queue=queue,
        engine=engine,
        limit_s=LIMIT_S,
        clock=lambda: now,
    )
    stored = row(queue.results[0])
    [entry] = list_receipts(batch_id, OWNER, 0, PAGE, ledger=ledger).receipts
    ledger.move(batch_id, replace(entry, state=State.STORED))
    return Walk(
        request=request,
        accepted=accepted,
        receipt_message=queue.receipts[0],
        result_message=queue.results[0],
        row=stored,
        report=report_batch(batch_id, OWNER, ledger=ledger, now=now),
        page=list_receipts(batch_id, OWNER, 0, PAGE, ledger=ledger),
    )
