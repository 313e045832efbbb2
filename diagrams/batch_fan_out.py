"""Required picture 1: hundreds of receipt images in one request, read many at once."""

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
    "Hundreds of receipt photos in one request, read many at once, and every one accounted for.",
    plan=PLAN,
) as sheet:
    t = sheet.template

    customer = Users("Customer", nodeid="customer", given="the exercise")
    with Zone("AWS", "cloud"):
        with Zone("Intake"):
            api = APIGateway("Batches API", nodeid="api", resource="BatchesApi")
            accept = Lambda("Accept", nodeid="accept", resource="AcceptFunction")
            uploads = S3("Uploads", nodeid="uploads", resource="ReceiptsBucket")
        ledger = Dynamodb(
            "Ledger", nodeid="ledger", detail="one item\na receipt", resource="Ledger"
        )
        queue = SQS("Upload queue", nodeid="queue", resource="UploadQueue")
        dead = SQS("Upload DLQ", nodeid="dead", resource="UploadDlq")
        split = Lambda("Split", nodeid="split", resource="SplitFunction")
        receipts = SQS("Receipt queue", nodeid="receipts", resource="ReceiptQueue")
        unread = SQS("Receipt DLQ", nodeid="unread", resource="ReceiptDlq")
        read = Lambda(
            "Read",
            nodeid="read",
            many=True,
            detail=f"at most\n{t.at_most('ReadFunction')} at once",
            resource="ReadFunction",
        )
        store = S3("Same bucket", nodeid="store", resource="ReceiptsBucket")
        write = SQS("Write queue", nodeid="write", detail="to the client", resource="WriteQueue")

    (
        customer
        >> Request(
            t.route("AcceptRoute").replace(" ", "\n"),
            "One request announces the whole batch: a list of files, or one archive.",
            leaves="E",
            enters="W",
        )
        >> api
    )
    (
        api
        >> Request(
            "",
            "Accept notes what was promised and answers presigned forms. No image passes through the API.",
        )
        >> accept
    )
    accept >> Signal("promised", along=True, both=True) >> ledger
    (
        customer
        >> Data(
            "each photo",
            "The customer uploads straight to S3: one form a photo, or one for a ZIP of hundreds.",
            signed_by="accept",
            leaves="E",
            enters="W",
        )
        >> uploads
    )
    (
        customer
        >> Data("or one ZIP", along=True, signed_by="accept", leaves="E", enters="W")
        >> uploads
    )
    (
        uploads
        >> Data(
            "event", "Each upload is an event in a queue, so that it outlives a failing splitter."
        )
        >> queue
    )
    (
        queue
        >> Data(
            "",
            f"Split sends one message a receipt. Of a ZIP it reads only the directory at its end, by ranged GETs.",
        )
        >> split
    )
    uploads >> Data("directory", along=True) >> split
    (
        split
        >> Signal(
            "number\nexpected",
            "The number expected is in the ledger before the first message is sent.",
            both=True,
        )
        >> ledger
    )
    split >> Data("one each", "then sends one message a receipt") >> receipts
    receipts >> Data("", "x Readers take one receipt each.") >> read
    store >> Data("image", along=True) >> read
    read >> Data("result", "The result is kept in S3 and goes to the write queue.") >> store
    read >> Data("", along=True) >> write
    read >> Signal("state", along=True, both=True) >> ledger
    queue >> Failure(f"after\n{t.max_receives('UploadQueue')} tries") >> dead
    split >> Failure("gives up") >> dead
    receipts >> Failure(f"after\n{t.max_receives('ReceiptQueue')} tries") >> unread
    read >> Failure("gives up") >> unread
