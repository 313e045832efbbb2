"""Pattern: a queue, and functions that share its messages."""

from diagrams.aws.compute import Lambda
from diagrams.aws.database import Dynamodb
from diagrams.aws.integration import SQS
from diagrams.aws.storage import S3

from drawing.pattern import draw_read_stage
from drawing.sheet import Data, Failure, Sheet, Zone, step

PLAN = """
    .         .              ledger  receipts-bucket
    producer  receipt-queue  read    write-queue
    .         receipt-dlq    .       .
"""

with Sheet(
    "pattern-sqs",
    "Pattern: SQS queue",
    "Each message goes to one of many readers. What nobody has time for waits.",
    plan=PLAN,
    template="reference/lab/alternatives/patterns/sqs.yaml",
) as sheet:
    t = sheet.template
    at_once = f"up to {t.max_concurrency('ReadFunction')}\nat once"
    days = f"{t.retention_days('ReceiptQueue')} days"

    with Zone("AWS", "cloud"):
        producer = Lambda("Producer", resource="ProducerPolicy")
        with Zone("sqs.yaml", head="foot"):
            receipts = SQS("Receipt queue", resource="ReceiptQueue", detail=days)
            read = Lambda("Read", resource="ReadFunction", many=True, detail=at_once)
            dlq = SQS("Receipt DLQ", resource="ReceiptDlq")
        ledger = Dynamodb("Ledger", resource="Ledger")
        bucket = S3("Receipts bucket", resource="ReceiptsBucket")
        write = SQS("Write queue", resource="WriteQueue")

    step("One message a receipt, ten to a call. The queue takes them as fast as they come.")
    producer >> Data("receipts") >> receipts

    step(
        "Lambda's pollers hand each message to one reader, and hide it from the others meanwhile. "
        "With all readers busy the rest waits: that is the back-pressure."
    )
    receipts >> Data() >> read

    draw_read_stage(read, bucket=bucket, ledger=ledger, write=write)

    step(
        "A message tells how often it was received. On its last try the reader sets it aside with "
        "the reason, and the ledger knows; the queue's own limit is the backstop."
    )
    read >> Failure("gives up") >> dlq
    receipts >> Failure(f"after\n{t.max_receives('ReceiptQueue')} tries") >> dlq
