"""For each kind of failure: where the receipt goes, and who sees it."""

from diagrams.aws.compute import Lambda
from diagrams.aws.database import Dynamodb
from diagrams.aws.general import TraditionalServer, User, Users
from diagrams.aws.integration import SQS
from diagrams.aws.network import APIGateway
from diagrams.aws.storage import S3

from drawing.sheet import Data, Failure, Request, Sheet, Signal, Zone

PLAN = """
    ledger  ledger  ledger    ledger   status  api  customer
    split   read    write     agent    .       .    .
    dead    unread  .         unsaved  .       .    .
    .       store   operator  .        .       .    .
"""
GOOD = "the good way; the whole-system sheet shows it"

with Sheet(
    "failure-paths",
    "Failure paths",
    "Whatever fails: where the receipt goes, and who sees it.",
    plan=PLAN,
    leaves_out={
        ("ReceiptsBucket", "SplitFunction"): GOOD,
        ("ReceiptsBucket", "ReadFunction"): GOOD,
        ("ReadFunction", "ReceiptsBucket"): GOOD,
        ("ReadFunction", "WriteQueue"): GOOD,
    },
) as sheet:
    t = sheet.template

    with Zone("The customer sees", head="right"):
        ledger = Dynamodb("Ledger", nodeid="ledger", resource="Ledger")
        status = Lambda("Status", nodeid="status", resource="StatusFunction")
        api = APIGateway("Batches API", nodeid="api", resource="BatchesApi")
        customer = Users("Customer", nodeid="customer", given="the exercise")
    with Zone("Whoever can't go on, says why", head="right"):
        split = Lambda("Split", nodeid="split", resource="SplitFunction")
        read = Lambda("Read", nodeid="read", resource="ReadFunction", many=True)
        write = SQS(
            "Write queue",
            nodeid="write",
            resource="WriteQueue",
            detail=f"{t.retention_days('WriteQueue')} days",
        )
        agent = TraditionalServer(
            "Pull agent", nodeid="agent", process="receipts agent", resource="AgentPolicy"
        )
    with Zone("The operator sees", head="right"):
        dead = SQS("Upload DLQ", nodeid="dead", resource="UploadDlq")
        unread = SQS("Receipt DLQ", nodeid="unread", resource="ReceiptDlq")
        unsaved = SQS("Write DLQ", nodeid="unsaved", resource="WriteDlq")
        operator = User(
            "Operator", nodeid="operator", process="receipts reconcile", resource="OperatorPolicy"
        )
        store = S3("Results", nodeid="store", resource="ReceiptsBucket", detail="canonical\ncopies")

    (
        split
        >> Signal(
            "rejected",
            "An archive that can't be opened: the batch is rejected, with the reason. "
            "An upload that nobody asked for goes to the DLQ.",
            both=True,
        )
        >> ledger
    )
    split >> Failure("unasked", along=True) >> dead
    (
        read
        >> Signal(
            "rejected",
            "An image that can't be read is rejected, with the reason; the rest of the batch goes "
            f"on. What still fails at try {t.setting('ReadFunction', 'MAX_RECEIVES')} goes to the "
            "DLQ.",
            both=True,
        )
        >> ledger
    )
    read >> Failure("gives up", along=True) >> unread
    (
        write
        >> Data(
            "waits",
            "While the database is away, or the client says stop, nothing is received and no try "
            "is used up: results wait in the queue.",
        )
        >> agent
    )
    (
        agent
        >> Signal(
            "dead-\nlettered",
            "A row that the database refuses is set aside alone, with the reason. A crash anywhere "
            "means one more delivery, and that changes nothing.",
        )
        >> ledger
    )
    agent >> Failure("bad row", along=True) >> unsaved
    (
        write
        >> Failure(
            f"after\n{t.max_receives('WriteQueue')} tries",
            "The queue's own limit is only the backstop.",
        )
        >> unsaved
    )
    (
        ledger
        >> Signal(
            "reasons",
            "The customer reads each receipt's state and reason: "
            f"{t.route('ReceiptsRoute', to='StatusFunction')}.",
        )
        >> status
    )
    api >> Request("", along=True) >> status
    customer >> Request("", along=True) >> api
    (
        dead
        >> Signal("", "The operator looks at what was set aside, and finds what is overdue.")
        >> operator
    )
    unread >> Signal("", along=True) >> operator
    unsaved >> Signal("", along=True) >> operator
    operator >> Signal("overdue", along=True, both=True) >> ledger
    (
        store
        >> Data(
            "copy", "It goes back on the queue from its canonical copy: stored once, however often."
        )
        >> operator
    )
    operator >> Data("again", along=True) >> write
