"""Required picture 1: hundreds of receipt images in a single request, read many at once."""

from diagrams.aws.compute import Lambda
from diagrams.aws.database import Dynamodb
from diagrams.aws.general import Users
from diagrams.aws.integration import SQS
from diagrams.aws.network import APIGateway
from diagrams.aws.storage import S3

from drawing.sheet import Data, Failure, Request, Sheet, Signal, Zone, step

PLAN = """
    customer  batches-api      accept   .              ledger  .
    .         receipts-bucket  .        .              .       same-bucket
    .         upload-queue     split    receipt-queue  read    .
    .         upload-dlq       .        receipt-dlq    .       .
"""

with Sheet(
    "batch-fan-out",
    "Batch fan-out",
    "Hundreds of receipt photos in one request, read many at once, every one accounted for.",
    plan=PLAN,
    pans=True,
) as sheet:
    t = sheet.template
    at_once = f"up to {t.max_concurrency('ReadFunction')}\nat once"
    post = t.route("AcceptRoute", to="AcceptFunction")

    customer = Users("Customer", external="the exercise")
    with Zone("AWS", "cloud"):
        api = APIGateway("Batches API", resource="BatchesApi")
        accept = Lambda("Accept", resource="AcceptFunction")
        prefix = t.upload_prefix("ReceiptsBucket")
        bucket = S3("Receipts bucket", resource="ReceiptsBucket", detail=prefix)
        uploads = SQS("Upload queue", resource="UploadQueue")
        split = Lambda("Split", resource="SplitFunction")
        receipts = SQS("Receipt queue", resource="ReceiptQueue")
        read = Lambda("Read", resource="ReadFunction", many=True, detail=at_once)
        same_bucket = S3("Same bucket", resource="ReceiptsBucket")
        ledger = Dynamodb("Ledger", resource="Ledger", detail="counts receipts")
        upload_dlq = SQS("Upload DLQ", resource="UploadDlq")
        receipt_dlq = SQS("Receipt DLQ", resource="ReceiptDlq")

    step("A single request announces the whole batch: a manifest of its files, or one archive.")
    customer >> Request(post, leaves="E", enters="W") >> api

    step(
        "Accept notes what is promised and answers presigned forms: one for each photo of a "
        "manifest, one for an archive. No image passes through the API."
    )
    api >> Request() >> accept
    accept >> Signal("promised", both=True) >> ledger

    step("The customer uploads straight to S3: hundreds of photos, or one ZIP of them.")
    customer >> Data("photos,\nor a ZIP", signed_by=accept, leaves="S", enters="W") >> bucket

    step("Each upload becomes an event in a queue, where it outlives a failing splitter.")
    bucket >> Data("event") >> uploads

    step(
        "Split writes the number expected, then sends one message a receipt. Of a ZIP it reads "
        "the directory only: nothing is unpacked or copied."
    )
    uploads >> Data() >> split
    bucket >> Data("directory") >> split
    split >> Signal("expected", both=True) >> ledger
    split >> Data("one each") >> receipts

    step(
        "Readers work side by side, each on one receipt: it takes its image out of the bucket "
        "and reads merchant, date, total, tax and line items."
    )
    receipts >> Data() >> read
    same_bucket >> Data("image") >> read

    step(
        "The result is kept in the bucket, its state in the ledger. How it reaches the client is "
        "the second diagram."
    )
    read >> Data("result") >> same_bucket
    read >> Signal("state", both=True) >> ledger

    step(
        "What can't be done is set aside with its reason and blocks nobody. The queues' own "
        "limits are the backstop."
    )
    uploads >> Failure(f"after\n{t.max_receives('UploadQueue')} tries") >> upload_dlq
    split >> Failure("gives up") >> upload_dlq
    receipts >> Failure(f"after\n{t.max_receives('ReceiptQueue')} tries") >> receipt_dlq
    read >> Failure("gives up") >> receipt_dlq
