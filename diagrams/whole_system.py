"""Both required pictures in one: from a customer's request to a row on the client's premises."""

from diagrams.aws.compute import Lambda
from diagrams.aws.database import Dynamodb
from diagrams.aws.general import TraditionalServer, Users
from diagrams.aws.integration import SQS
from diagrams.aws.network import APIGateway
from diagrams.aws.storage import S3
from diagrams.onprem.database import PostgreSQL

from drawing.sheet import Data, Failure, Request, Sheet, Signal, Zone, step

PLAN = """
    customer  batches-api      accept  .              ledger  .            .           customers
    .         receipts-bucket  .       status         .       same-bucket  .           expenses-app
    .         upload-queue     split   receipt-queue  read    write-queue  pull-agent  postgresql
    .         upload-dlq       .       receipt-dlq    .       write-dlq    .           .
"""
EXERCISE = "the exercise"
ELSEWHERE = "who gives up, and why, is on the sheet of failure paths"

with Sheet(
    "whole-system",
    "The whole system",
    "From one request with hundreds of receipt photos to rows in a database that stays calm.",
    plan=PLAN,
    pans=True,
    leaves_out={
        ("SplitFunction", "UploadDlq"): ELSEWHERE,
        ("ReadFunction", "ReceiptDlq"): ELSEWHERE,
        ("AgentPolicy", "WriteDlq"): ELSEWHERE,
    },
) as sheet:
    t = sheet.template
    at_once = f"up to {t.max_concurrency('ReadFunction')}"
    days = f"{t.retention_days('WriteQueue')} days"

    customer = Users("Customer", external=EXERCISE)
    with Zone("AWS", "cloud"):
        api = APIGateway("Batches API", resource="BatchesApi")
        status = Lambda("Status", resource="StatusFunction")
        accept = Lambda("Accept", resource="AcceptFunction")
        bucket = S3("Receipts bucket", resource="ReceiptsBucket")
        uploads = SQS("Upload queue", resource="UploadQueue")
        split = Lambda("Split", resource="SplitFunction")
        receipts = SQS("Receipt queue", resource="ReceiptQueue")
        read = Lambda("Read", resource="ReadFunction", many=True, detail=at_once)
        same_bucket = S3("Same bucket", resource="ReceiptsBucket")
        write = SQS("Write queue", resource="WriteQueue", detail=days)
        ledger = Dynamodb("Ledger", resource="Ledger")
        upload_dlq = SQS("Upload DLQ", resource="UploadDlq")
        receipt_dlq = SQS("Receipt DLQ", resource="ReceiptDlq")
        write_dlq = SQS("Write DLQ", resource="WriteDlq")
    with Zone("Client's premises", "premises"):
        agent = TraditionalServer("Pull agent", process="receipts agent", resource="AgentPolicy")
        database = PostgreSQL("PostgreSQL", external=EXERCISE)
        customers = Users("Customers", external=EXERCISE)
        app = TraditionalServer("Expenses app", external=EXERCISE)

    step("One request announces the batch and gets presigned forms back.")
    customer >> Request("batch", leaves="E", enters="W") >> api
    api >> Request() >> accept
    accept >> Signal("promised", both=True) >> ledger

    step("The photos go straight to S3, each by itself or in one ZIP.")
    customer >> Data("photos,\nor a ZIP", signed_by=accept, leaves="S", enters="W") >> bucket

    step("Each upload is an event in a queue.")
    bucket >> Data("event") >> uploads

    step("Split notes how many receipts to expect and sends one message each.")
    uploads >> Data() >> split
    bucket >> Data("directory") >> split
    split >> Signal("expected", both=True, leaves="N", enters="S") >> ledger
    split >> Data("one each") >> receipts

    step("Many readers at once turn images into fields, kept in the bucket.")
    receipts >> Data() >> read
    read >> Data("image in,\nresult out", both=True) >> same_bucket
    read >> Signal("read", both=True) >> ledger

    step("Results wait in the write queue, for days if they must.")
    read >> Data() >> write

    step("The client's agent asks for them, when the client allows and the database is well.")
    write >> Data("outbound\nHTTPS", opened_by=agent) >> agent

    step("It writes under the client's ceiling, marks the receipt stored, deletes the message.")
    agent >> Data("paced", evidence="reference/receipts/agent/writer.py") >> database
    agent >> Signal("stored", enters="E") >> ledger

    step("The client's own app works on beside it, in its January peak too.")
    customers >> Request(evidence=EXERCISE) >> app
    app >> Request(evidence=EXERCISE) >> database

    step(
        "The customer asks how far the batch is, and what became of each receipt: "
        f"{t.route('BatchRoute', to='StatusFunction')}, and …/receipts."
    )
    ledger >> Signal("counts", leaves="W", enters="N") >> status
    api >> Request() >> status

    step("What fails too often waits in a DLQ and blocks nobody.")
    uploads >> Failure(f"after\n{t.max_receives('UploadQueue')} tries") >> upload_dlq
    receipts >> Failure(f"after\n{t.max_receives('ReceiptQueue')} tries") >> receipt_dlq
    write >> Failure(f"after\n{t.max_receives('WriteQueue')} tries") >> write_dlq
