"""Required picture 1: hundreds of receipt images in a single request, read many at once."""

from diagrams.aws.compute import Lambda
from diagrams.aws.database import Dynamodb
from diagrams.aws.general import Users
from diagrams.aws.integration import SQS
from diagrams.aws.network import APIGateway
from diagrams.aws.storage import S3

from drawing.sheet import Data, Failure, Request, Sheet, Signal, Zone

PLAN = """
    customer  api      accept   .         ledger  .
    customer  uploads  .        .         .       store
    .         queue    split    receipts  read    write
    .         dead     .        unread    .       .
"""

with Sheet(
    "batch-fan-out",
    "Batch fan-out",
    "Hundreds of receipt photos in one request, read many at once, every one accounted for.",
    plan=PLAN,
) as sheet:
    t = sheet.template

    customer = Users("Customer", nodeid="customer", given="the exercise")
    with Zone("AWS", "cloud"):
        with Zone("Intake"):
            api = APIGateway("Batches API", nodeid="api", resource="BatchesApi")
            accept = Lambda("Accept", nodeid="accept", resource="AcceptFunction")
            uploads = S3(
                "Receipts bucket",
                nodeid="uploads",
                resource="ReceiptsBucket",
                detail=t.upload_prefix("ReceiptsBucket"),
            )
        queue = SQS("Upload queue", nodeid="queue", resource="UploadQueue")
        split = Lambda("Split", nodeid="split", resource="SplitFunction")
        receipts = SQS("Receipt queue", nodeid="receipts", resource="ReceiptQueue")
        read = Lambda(
            "Read",
            nodeid="read",
            resource="ReadFunction",
            many=True,
            detail=f"up to {t.at_most('ReadFunction')}\nat once",
        )
        write = SQS("Write queue", nodeid="write", resource="WriteQueue", detail="to the client")
        store = S3("Same bucket", nodeid="store", resource="ReceiptsBucket")
        ledger = Dynamodb(
            "Ledger", nodeid="ledger", resource="Ledger", detail="counts\neach receipt"
        )
        dead = SQS("Upload DLQ", nodeid="dead", resource="UploadDlq")
        unread = SQS("Receipt DLQ", nodeid="unread", resource="ReceiptDlq")

    (
        customer
        >> Request(
            t.route("AcceptRoute", to="AcceptFunction").replace(" ", "\n"),
            "A single request announces the whole batch: a manifest of its files, or one archive.",
            leaves="E",
            enters="W",
        )
        >> api
    )
    (
        api
        >> Request(
            "",
            "Accept notes what is promised and answers presigned uploads: one for each photo of a "
            "manifest, one for an archive. No image passes through the API.",
        )
        >> accept
    )
    accept >> Signal("promised", along=True, both=True) >> ledger
    (
        customer
        >> Data(
            "photos",
            "The customer uploads straight to S3: hundreds of photos, or one ZIP of them.",
            signed_by="accept",
            leaves="E",
            enters="W",
        )
        >> uploads
    )
    customer >> Data("or a ZIP", along=True, signed_by="accept", leaves="E", enters="W") >> uploads
    (
        uploads
        >> Data(
            "event",
            "Each upload becomes an event in a queue, where it outlives a failing splitter.",
        )
        >> queue
    )
    (
        queue
        >> Data(
            "",
            "Split writes the number expected, then sends one message a receipt. Of a ZIP it reads "
            "the directory only: nothing is unpacked or copied.",
        )
        >> split
    )
    uploads >> Data("directory", along=True) >> split
    split >> Signal("expected", along=True, both=True) >> ledger
    split >> Data("one each", along=True) >> receipts
    (
        receipts
        >> Data(
            "",
            "Readers work side by side, each on one receipt: it takes its image out of the bucket "
            "and reads merchant, date, total, tax and line items.",
        )
        >> read
    )
    store >> Data("image", along=True) >> read
    (
        read
        >> Data(
            "result",
            "The result is kept in the bucket, its state in the ledger, and goes on to the write "
            "queue: the next picture.",
        )
        >> store
    )
    read >> Signal("state", along=True, both=True) >> ledger
    read >> Data("", along=True) >> write
    (
        queue
        >> Failure(
            f"after\n{t.max_receives('UploadQueue')} tries",
            "What can't be done is set aside with its reason and blocks nobody. "
            "The queues' own limits are the backstop.",
        )
        >> dead
    )
    split >> Failure("gives up", along=True) >> dead
    receipts >> Failure(f"after\n{t.max_receives('ReceiptQueue')} tries", along=True) >> unread
    read >> Failure("gives up", along=True) >> unread
