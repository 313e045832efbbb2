"""What the exercise announces and leaves out: both systems as they stand before it."""

from diagrams.aws.compute import Lambda
from diagrams.aws.database import Dynamodb
from diagrams.aws.general import TraditionalServer, User, Users
from diagrams.aws.network import APIGateway
from diagrams.onprem.database import PostgreSQL

from drawing.sheet import Data, Request, Sheet, Zone

PLAN = """
    person  api  read  receipts
    people  .    app   database
"""
OURS = "our reconstruction: the exercise shows no picture"
TOLD = "the exercise"

with Sheet(
    "baseline",
    "Baseline",
    "The receipt app and the client's expenses app, before anything connects them.",
    plan=PLAN,
    stamp="our reconstruction",
) as sheet:
    person = User("User", nodeid="person", given=TOLD, detail="one photo\na request")
    people = Users("Customers", nodeid="people", given=TOLD, peril="peak near\nend of January")
    with Zone("Receipt app, AWS", "cloud"):
        api = APIGateway("API", nodeid="api", given=OURS)
        read = Lambda("Read", nodeid="read", given=OURS, detail="while\nthe user waits")
        receipts = Dynamodb("Receipts", nodeid="receipts", given=OURS)
    with Zone("Client's premises", "premises"):
        app = TraditionalServer("Expenses app", nodeid="app", given=TOLD)
        database = PostgreSQL(
            "Database", nodeid="database", given=TOLD, peril="no room left\nin January"
        )

    (
        person
        >> Request("photo", "A user sends one photo and waits until it is read.", because=OURS)
        >> api
    )
    api >> Request("", along=True, because=OURS) >> read
    (
        read
        >> Data("fields", "Its fields are stored with the receipt app, in the cloud.", because=OURS)
        >> receipts
    )
    (
        people
        >> Request(
            "expenses",
            "The client's customers submit their expenses; near the end of January, when they file "
            "their taxes, all at once.",
            because=TOLD,
        )
        >> app
    )
    (
        app
        >> Data(
            "rows",
            "The app and its database carry that peak, and little more. Nothing connects the two "
            "systems yet.",
            because=TOLD,
        )
        >> database
    )
