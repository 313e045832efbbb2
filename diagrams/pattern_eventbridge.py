"""Pattern: a bus, whose rules pick events by their content and send them on."""

from diagrams.aws.compute import Lambda
from diagrams.aws.database import Dynamodb
from diagrams.aws.integration import SQS, Eventbridge
from diagrams.aws.storage import S3

from drawing.pattern import draw_read_stage
from drawing.sheet import Data, Failure, Sheet, Zone, step

PLAN = """
    .         other-targets    ledger       receipts-bucket
    producer  receipt-bus      read         write-queue
    .         receipt-archive  receipt-dlq  .
"""

with Sheet(
    "pattern-eventbridge",
    "Pattern: EventBridge bus",
    "Rules pick events by what is in them; an archive can send them again.",
    plan=PLAN,
    template="reference/lab/alternatives/patterns/eventbridge.yaml",
) as sheet:
    t = sheet.template
    reserved = t.value("ReadFunction", "ReservedConcurrentExecutions")
    at_once = f"up to {reserved}\nat once"
    retries = t.value("ReadFunction", "EventInvokeConfig", "MaximumRetryAttempts")
    retention = f"{t.value('ReceiptArchive', 'RetentionDays')} days"

    with Zone("AWS", "cloud"):
        producer = Lambda("Producer", resource="ProducerPolicy")
        others = SQS("Other targets", external="whatever other rules name")
        with Zone("eventbridge.yaml", head="foot"):
            bus = Eventbridge("Receipt bus", resource="ReceiptBus", detail="rules pick")
            read = Lambda("Read", resource="ReadFunction", many=True, detail=at_once)
            archive = Eventbridge("Receipt archive", resource="ReceiptArchive", detail=retention)
            dlq = SQS("Receipt DLQ", resource="ReceiptDlq")
        ledger = Dynamodb("Ledger", resource="Ledger")
        bucket = S3("Receipts bucket", resource="ReceiptsBucket")
        write = SQS("Write queue", resource="WriteQueue")

    step("One event a receipt: a source, a type, and the message as its detail.")
    producer >> Data("receipts") >> bus

    step(
        "A rule that matches sends the event to its target. A function is called asynchronously, "
        "as by a topic: what it can't take now waits in Lambda's own queue."
    )
    bus >> Data("matched") >> read
    (bus >> Data("other rules", evidence="each rule stands for itself") >> others)

    step("The archive keeps what was announced. A replay puts it on the bus again.")
    bus >> Data("kept") >> archive

    draw_read_stage(read, bucket=bucket, ledger=ledger, write=write)

    step(
        "After its retries Lambda sends the event to the DLQ, and the ledger doesn't know. What "
        "EventBridge itself can't hand over it tries for a day, then it goes there, too."
    )
    read >> Failure(f"after {retries}\nretries") >> dlq
    bus >> Failure("not\ntaken") >> dlq
