"""Pattern: a topic pushes each message to whoever has subscribed."""

from diagrams.aws.compute import Lambda
from diagrams.aws.database import Dynamodb
from diagrams.aws.integration import SNS, SQS
from diagrams.aws.storage import S3

from drawing.pattern import draw_read_stage
from drawing.sheet import Data, Failure, Sheet, Zone, step

PLAN = """
    .         other-subscribers  ledger  receipts-bucket
    producer  receipt-topic      read    write-queue
    .         receipt-dlq        .       .
"""

with Sheet(
    "pattern-sns",
    "Pattern: SNS topic",
    "Each message goes to every subscriber, at once. The topic itself keeps nothing.",
    plan=PLAN,
    template="reference/lab/alternatives/patterns/sns.yaml",
) as sheet:
    t = sheet.template
    reserved = t.value("ReadFunction", "ReservedConcurrentExecutions")
    at_once = f"up to {reserved}\nat once"
    retries = t.value("ReadFunction", "EventInvokeConfig", "MaximumRetryAttempts")

    with Zone("AWS", "cloud"):
        producer = Lambda("Producer", resource="ProducerPolicy")
        others = SQS("Other subscribers", external="whoever else wants the receipts")
        with Zone("sns.yaml", head="foot"):
            topic = SNS("Receipt topic", resource="ReceiptTopic", detail="keeps nothing")
            read = Lambda("Read", resource="ReadFunction", many=True, detail=at_once)
            dlq = SQS("Receipt DLQ", resource="ReceiptDlq")
        ledger = Dynamodb("Ledger", resource="Ledger")
        bucket = S3("Receipts bucket", resource="ReceiptsBucket")
        write = SQS("Write queue", resource="WriteQueue")

    step("One message a receipt. Who publishes doesn't know who listens.")
    producer >> Data("receipts") >> topic

    step(
        "Every subscriber gets every message, all of them at the same time. A function is called "
        "asynchronously: what it can't take now waits in Lambda's own queue, where nobody sees it."
    )
    topic >> Data("pushed") >> read
    (
        topic
        >> Data("the same", leaves="N", enters="S", evidence="each subscribes by itself")
        >> others
    )

    draw_read_stage(read, bucket=bucket, ledger=ledger, write=write)

    step(
        "A message doesn't tell how often it came. After its retries Lambda sends the event to the "
        "DLQ, and the ledger doesn't know; what SNS can't hand over goes there, too."
    )
    read >> Failure(f"after\n{retries} retries") >> dlq
    topic >> Failure("undelivered") >> dlq
