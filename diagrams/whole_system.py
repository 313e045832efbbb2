"""Both required pictures in one: from a customer's request to a row on the client's premises."""

from diagrams.aws.compute import Lambda
from diagrams.aws.database import Dynamodb
from diagrams.aws.general import TraditionalServer, Users
from diagrams.aws.integration import SQS
from diagrams.aws.network import APIGateway
from diagrams.aws.storage import S3
from diagrams.onprem.database import PostgreSQL

from drawing.sheet import Data, Failure, Request, Sheet, Signal, Zone

PLAN = """
    customer  api      status   .         ledger  .       .        .
    customer  .        accept   .         .       .       .        people
    customer  uploads  .        .         .       store   .        app
    .         queue    split    receipts  read    write   agent    database
    .         dead     .        unread    .       unsaved .        .
"""
ELSEWHERE = "shown on the sheet of failure paths"

with Sheet(
    "whole-system",
    "The whole system",
    "From one request with hundreds of receipt photos to rows in a database that stays calm.",
    plan=PLAN,
    leaves_out={
        ("SplitFunction", "UploadDlq"): ELSEWHERE,
        ("ReadFunction", "ReceiptDlq"): ELSEWHERE,
        ("AgentPolicy", "WriteDlq"): ELSEWHERE,
    },
) as sheet:
    t = sheet.template

    customer = Users("Customer", nodeid="customer", given="the exercise")
    with Zone("AWS", "cloud"):
        api = APIGateway("Batches API", nodeid="api", resource="BatchesApi")
        status = Lambda("Status", nodeid="status", resource="StatusFunction")
        accept = Lambda("Accept", nodeid="accept", resource="AcceptFunction")
        uploads = S3("Receipts bucket", nodeid="uploads", resource="ReceiptsBucket")
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
        store = S3("Same bucket", nodeid="store", resource="ReceiptsBucket")
        write = SQS(
            "Write queue",
            nodeid="write",
            resource="WriteQueue",
            detail=f"{t.retention_days('WriteQueue')} days",
        )
        ledger = Dynamodb("Ledger", nodeid="ledger", resource="Ledger")
        dead = SQS("Upload DLQ", nodeid="dead", resource="UploadDlq")
        unread = SQS("Receipt DLQ", nodeid="unread", resource="ReceiptDlq")
        unsaved = SQS("Write DLQ", nodeid="unsaved", resource="WriteDlq")
    with Zone("Client's premises", "premises"):
        agent = TraditionalServer(
            "Pull agent", nodeid="agent", process="receipts agent", resource="AgentPolicy"
        )
        database = PostgreSQL("PostgreSQL", nodeid="database", given="the exercise")
        people = Users("Customers", nodeid="people", given="the exercise")
        app = TraditionalServer("Expenses app", nodeid="app", given="the exercise")

    (
        customer
        >> Request(
            "batch",
            "One request announces the batch and gets presigned uploads back.",
            leaves="E",
            enters="W",
        )
        >> api
    )
    api >> Request("", along=True) >> accept
    accept >> Signal("promised", along=True, both=True) >> ledger
    (
        customer
        >> Data(
            "photos,\nor a ZIP",
            "The photos go straight to S3, each by itself or in one ZIP.",
            signed_by="accept",
            leaves="E",
            enters="W",
        )
        >> uploads
    )
    uploads >> Data("event", "Each upload is an event in a queue.") >> queue
    (
        queue
        >> Data("", "Split notes how many receipts to expect and sends one message each.")
        >> split
    )
    uploads >> Data("directory", along=True) >> split
    split >> Signal("expected", along=True, both=True) >> ledger
    split >> Data("one each", along=True) >> receipts
    (
        receipts
        >> Data("", "Many readers at once turn images into fields, kept in the bucket.")
        >> read
    )
    store >> Data("image", along=True) >> read
    read >> Data("result", along=True) >> store
    read >> Signal("read", along=True, both=True) >> ledger
    read >> Data("", "Results wait in the write queue, for days if they must.") >> write
    (
        write
        >> Data(
            "outbound\nHTTPS",
            "The client's agent asks for them, when the client allows and the database is well.",
            opened_by="agent",
        )
        >> agent
    )
    (
        agent
        >> Data(
            "paced",
            "It writes under the client's ceiling, marks the receipt stored, then deletes the "
            "message.",
            because="reference/receipts/write_receipts.py",
        )
        >> database
    )
    agent >> Signal("stored", along=True) >> ledger
    (
        people
        >> Request(
            "",
            "The client's own app works on beside it, in its January peak too.",
            because="the exercise: the client's own app",
        )
        >> app
    )
    app >> Request("", along=True, because="the exercise: the client's own app") >> database
    (
        ledger
        >> Signal(
            "counts",
            "The customer asks how far the batch is, and what became of each receipt: "
            f"{t.route('BatchRoute', to='StatusFunction')}, and …/receipts.",
        )
        >> status
    )
    api >> Request("", along=True) >> status
    queue >> Failure(f"after\n{t.max_receives('UploadQueue')} tries") >> dead
    receipts >> Failure(f"after\n{t.max_receives('ReceiptQueue')} tries") >> unread
    write >> Failure(f"after\n{t.max_receives('WriteQueue')} tries") >> unsaved
