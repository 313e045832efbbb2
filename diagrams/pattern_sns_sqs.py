"""Pattern: a topic before a queue, the pair that most people end with."""

from diagrams.aws.compute import Lambda
from diagrams.aws.database import Dynamodb
from diagrams.aws.integration import SNS, SQS
from diagrams.aws.storage import S3

from drawing.pattern import draw_read_stage
from drawing.sheet import Data, Failure, Sheet, Zone, step

PLAN = """
    .         other-queues   .              ledger  receipts-bucket
    producer  receipt-topic  receipt-queue  read    write-queue
    .         .              receipt-dlq    .       .
"""

with Sheet(
    "pattern-sns-sqs",
    "Pattern: SNS topic and SQS queue",
    "The topic lets others listen; the queue lets the reader take its time.",
    plan=PLAN,
    template="reference/lab/alternatives/patterns/sns_sqs.yaml",
) as sheet:
    t = sheet.template
    at_once = f"up to {t.max_concurrency('ReadFunction')}\nat once"
    days = f"{t.retention_days('ReceiptQueue')} days"

    with Zone("AWS", "cloud"):
        producer = Lambda("Producer", resource="ProducerPolicy")
        others = SQS("Other queues", external="whoever else wants the receipts")
        with Zone("sns_sqs.yaml", head="foot"):
            topic = SNS("Receipt topic", resource="ReceiptTopic", detail="keeps nothing")
            receipts = SQS("Receipt queue", resource="ReceiptQueue", detail=days)
            read = Lambda("Read", resource="ReadFunction", many=True, detail=at_once)
            dlq = SQS("Receipt DLQ", resource="ReceiptDlq")
        ledger = Dynamodb("Ledger", resource="Ledger")
        bucket = S3("Receipts bucket", resource="ReceiptsBucket")
        write = SQS("Write queue", resource="WriteQueue")

    step("One message a receipt. Who publishes doesn't know who listens.")
    producer >> Data("receipts") >> topic

    step(
        "The topic puts each message on every subscriber's queue, as it is. A consumer that is "
        "slow or away fills its own queue and nobody else's."
    )
    topic >> Data("as it is") >> receipts
    topic >> Data("the same", evidence="each subscribes by itself") >> others

    step("From here on it is the queue's pattern: with all readers busy the rest waits.")
    receipts >> Data() >> read

    draw_read_stage(read, bucket=bucket, ledger=ledger, write=write)

    step(
        "On a message's last try the reader sets it aside with the reason, and the ledger knows. "
        "What the topic can't put on the queue goes to the same DLQ."
    )
    read >> Failure("gives up") >> dlq
    receipts >> Failure(f"after\n{t.max_receives('ReceiptQueue')} tries") >> dlq
    topic >> Failure("undelivered") >> dlq
