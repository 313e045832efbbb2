"""For each kind of failure: where the receipt goes, and who sees it."""

from diagrams.aws.compute import Lambda
from diagrams.aws.database import Dynamodb
from diagrams.aws.general import TraditionalServer, User, Users
from diagrams.aws.integration import SQS, EventbridgeScheduler
from diagrams.aws.network import APIGateway
from diagrams.aws.storage import S3

from drawing.sheet import Data, Failure, Request, Sheet, Signal, Zone, step

PLAN = """
    ledger      ledger       ledger       ledger      status     batches-api  customer
    split       read         pull-agent  write-queue  .          schedule     results
    upload-dlq  receipt-dlq  write-dlq   .            reconcile  .            operator
"""
GOOD = "the good way; the whole-system sheet shows it"

with Sheet(
    "failure-paths",
    "Failure paths",
    "Whatever fails: where the receipt goes, and who sees it.",
    plan=PLAN,
    pans=True,
    leaves_out={
        ("ReceiptsBucket", "SplitFunction"): GOOD,
        ("ReceiptsBucket", "ReadFunction"): GOOD,
        ("ReadFunction", "ReceiptsBucket"): GOOD,
        ("ReadFunction", "WriteQueue"): GOOD,
    },
) as sheet:
    t = sheet.template
    days = f"{t.retention_days('WriteQueue')} days"

    with Zone("The customer sees", head="right"):
        ledger = Dynamodb("Ledger", resource="Ledger")
        status = Lambda("Status", resource="StatusFunction")
        api = APIGateway("Batches API", resource="BatchesApi")
        customer = Users("Customer", external="the exercise")
    with Zone("What fails says why", head="right"):
        split = Lambda("Split", resource="SplitFunction")
        read = Lambda("Read", resource="ReadFunction", many=True)
        write = SQS("Write queue", resource="WriteQueue", detail=days)
        agent = TraditionalServer("Pull agent", process="receipts agent", resource="AgentPolicy")
        upload_dlq = SQS("Upload DLQ", resource="UploadDlq")
        receipt_dlq = SQS("Receipt DLQ", resource="ReceiptDlq")
        write_dlq = SQS("Write DLQ", resource="WriteDlq")
    with Zone("The operator sees", head="right"):
        reconcile = Lambda("Reconcile", resource="ReconcileFunction")
        schedule = EventbridgeScheduler(
            "Schedule", resource="ReconcileSchedule", detail=t.schedule("ReconcileSchedule")
        )
        operator = User("Operator", external="whoever the alarms tell")
        results = S3("Results", resource="ReceiptsBucket", detail="canonical\ncopies")

    step(
        "An archive that can't be opened: the batch is rejected, with the reason. An upload that "
        "nobody asked for goes to the DLQ."
    )
    split >> Signal("rejected", both=True) >> ledger
    split >> Failure("unasked") >> upload_dlq

    step(
        "An image that can't be read is rejected, with the reason; the rest of the batch goes on. "
        f"What still fails at try {t.setting('ReadFunction', 'MAX_RECEIVES')} goes to the DLQ."
    )
    read >> Signal("rejected", both=True) >> ledger
    read >> Failure("gives up") >> receipt_dlq

    step(
        "While the database is away, or the client says stop, nothing is received and no try is "
        "used up: results wait in the queue."
    )
    write >> Data("waits") >> agent

    step(
        "A row that the database refuses is set aside alone, with the reason. A crash anywhere "
        "means one more delivery, and that changes nothing."
    )
    agent >> Signal("dead-\nlettered") >> ledger
    agent >> Failure("bad row") >> write_dlq

    step("The queue's own limit is only the backstop.")
    write >> Failure(f"after\n{t.max_receives('WriteQueue')} tries") >> write_dlq

    step(
        "The customer reads each receipt's state and reason: "
        f"{t.route('ReceiptsRoute', to='StatusFunction')}."
    )
    ledger >> Signal("reasons") >> status
    api >> Request() >> status
    customer >> Request() >> api

    step("Every hour a function looks at what was set aside, and finds what is overdue.")
    schedule >> Signal() >> reconcile
    upload_dlq >> Signal(leaves="S", enters="S") >> reconcile
    receipt_dlq >> Signal(leaves="S", enters="S") >> reconcile
    write_dlq >> Signal(leaves="E", enters="W") >> reconcile
    reconcile >> Signal("overdue", both=True, leaves="N") >> ledger

    step("It goes back on the queue from its canonical copy: stored once, however often.")
    results >> Data("copy") >> reconcile
    reconcile >> Data("again", leaves="W", enters="S") >> write

    step("What it can't settle, and every dead letter, rings an alarm.")
    reconcile >> Signal("alarms", evidence="docs/how-to/runbooks.md") >> operator
