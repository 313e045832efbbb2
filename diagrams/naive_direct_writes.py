"""A wrong way: every reader writes into the client's database itself."""

from diagrams.aws.compute import Lambda
from diagrams.aws.general import TraditionalServer, Users
from diagrams.aws.integration import SQS
from diagrams.onprem.database import PostgreSQL

from drawing.sheet import Data, Failure, Request, Sheet, Zone

PLAN = """
    receipts  read  .       database
    .         .     people  app
"""
WRONG = "wrong on purpose"

with Sheet(
    "naive-direct-writes",
    "A wrong way: direct writes",
    "What reads fast also writes fast. The database gets the whole burst, in its busiest month.",
    plan=PLAN,
    stamp="wrong on purpose",
) as sheet:
    t = sheet.template

    with Zone("AWS", "cloud"):
        receipts = SQS("Receipt queue", nodeid="receipts", given=WRONG)
        read = Lambda(
            "Read and store",
            nodeid="read",
            given=WRONG,
            many=True,
            detail=f"up to {t.at_most('ReadFunction')}\nat once",
        )
    with Zone("Client's premises", "premises"):
        database = PostgreSQL(
            "PostgreSQL", nodeid="database", given=WRONG, peril="connections\nused up"
        )
        app = TraditionalServer("Expenses app", nodeid="app", given=WRONG)
        people = Users("Customers", nodeid="people", given=WRONG, peril="turned away")

    (
        receipts
        >> Data("", "The burst is read many at once: that part is right.", because=WRONG)
        >> read
    )
    (
        read
        >> Failure(
            "a connection\neach",
            "Each reader opens a connection of its own and writes. The queue in front slows "
            "nothing down: only a consumer's rate protects a database.",
            barred=True,
            because=WRONG,
        )
        >> database
    )
    (
        app
        >> Failure(
            "refused",
            "No connection is left for the expenses app. What was meant to help takes it down.",
            because=WRONG,
        )
        >> database
    )
    people >> Request("", along=True, because=WRONG) >> app
