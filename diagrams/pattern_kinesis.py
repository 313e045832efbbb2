"""Pattern: a stream, in which each consumer keeps its own place."""

from diagrams.aws.analytics import KinesisDataStreams
from diagrams.aws.compute import Lambda
from diagrams.aws.database import Dynamodb
from diagrams.aws.integration import SQS
from diagrams.aws.storage import S3

from drawing.pattern import draw_read_stage
from drawing.sheet import Data, Failure, Sheet, Zone, step

PLAN = """
    .         other-consumers  ledger       receipts-bucket
    producer  receipt-stream   read         write-queue
    .         .                receipt-dlq  .
"""

with Sheet(
    "pattern-kinesis",
    "Pattern: Kinesis stream",
    "Records stay in the order of their shard. Reading takes nothing away.",
    plan=PLAN,
    template="reference/lab/alternatives/patterns/kinesis.yaml",
) as sheet:
    t = sheet.template
    lanes = f"{t.value('ReadMapping', 'ParallelizationFactor')} lanes\na shard"
    retention = f"{t.value('ReceiptStream', 'RetentionPeriodHours') // 24} days"
    retries = t.value("ReadMapping", "MaximumRetryAttempts")

    with Zone("AWS", "cloud"):
        producer = Lambda("Producer", resource="ProducerPolicy")
        others = Lambda("Other consumers", external="whoever else reads the stream")
        with Zone("kinesis.yaml", head="foot"):
            stream = KinesisDataStreams(
                "Receipt stream", resource="ReceiptStream", detail=retention
            )
            read = Lambda("Read", resource="ReadFunction", many=True, detail=lanes)
            dlq = SQS("Receipt DLQ", resource="ReceiptDlq")
        ledger = Dynamodb("Ledger", resource="Ledger")
        bucket = S3("Receipts bucket", resource="ReceiptsBucket")
        write = SQS("Write queue", resource="WriteQueue")

    step("One record a receipt. Its partition key says into which shard it goes.")
    producer >> Data("receipts") >> stream

    step(
        "Lambda reads each shard in order, in batches, and keeps its place in it. Others read the "
        "same records at their own pace, or once more from the start."
    )
    stream >> Data("in order") >> read
    stream >> Data("the same", evidence="each keeps its own place") >> others

    draw_read_stage(read, bucket=bucket, ledger=ledger, write=write)

    step(
        "A record that can't be read holds up what stands behind it until its retries are used "
        "up. The DLQ is then told where it stood, and not what it said: it must be fetched from "
        "the stream before that forgets it."
    )
    read >> Failure(f"its place, after\n{retries} retries") >> dlq
