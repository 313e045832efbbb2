"""A wrong way: every reader writes into the client's database itself."""

from diagrams.aws.compute import Lambda
from diagrams.aws.general import TraditionalServer, Users
from diagrams.aws.integration import SQS
from diagrams.onprem.database import PostgreSQL

from drawing.sheet import Data, Failure, Request, Sheet, Zone, step

PLAN = """
    receipt-queue  read-and-store  postgresql  expenses-app
    receipt-queue  read-and-store  postgresql  customers
"""
WRONG = "wrong on purpose"

with Sheet(
    "naive-direct-writes",
    "A wrong way: direct writes",
    "What reads fast also writes fast. The database gets the whole burst, in its busiest month.",
    plan=PLAN,
    stamp=WRONG,
) as sheet:
    at_once = f"up to {sheet.template.max_concurrency('ReadFunction')}\nat once"

    with Zone("AWS", "cloud"):
        receipts = SQS("Receipt queue", external=WRONG)
        read = Lambda("Read and store", external=WRONG, many=True, detail=at_once)
    with Zone("Client's premises", "premises"):
        database = PostgreSQL("PostgreSQL", external=WRONG, warning="connections\nused up")
        app = TraditionalServer("Expenses app", external=WRONG)
        customers = Users("Customers", external=WRONG, warning="turned away")

    step("The burst is read many at once: that part is right.")
    receipts >> Data(evidence=WRONG) >> read

    step(
        "Each reader opens a connection of its own and writes. The queue in front slows nothing "
        "down: nobody bounds how many write at once."
    )
    read >> Failure("a connection\neach", evidence=WRONG) >> database

    step(
        "No connection is left. An app that connects for each call is refused: what was meant to "
        "help takes it down. One with a pool of its own gets slower."
    )
    app >> Failure("refused", impossible=True, evidence=WRONG) >> database
    customers >> Request(evidence=WRONG) >> app
