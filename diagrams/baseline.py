"""What the exercise announces and leaves out: both systems as they stand before it."""

from diagrams.aws.compute import Lambda
from diagrams.aws.database import Dynamodb
from diagrams.aws.general import TraditionalServer, User, Users
from diagrams.aws.network import APIGateway
from diagrams.onprem.database import PostgreSQL

from drawing.sheet import Data, Request, Sheet, Zone, step

PLAN = """
    user       api  read          receipts
    customers  .    expenses-app  database
"""
OURS = "our reconstruction: the exercise shows no picture"
EXERCISE = "the exercise"

with Sheet(
    "baseline",
    "Baseline",
    "The receipt app and the client's expenses app, before anything connects them.",
    plan=PLAN,
    stamp="our reconstruction",
) as sheet:
    user = User("User", external=EXERCISE, detail="one photo\na request")
    customers = Users("Customers", external=EXERCISE, warning="peak near\nend of January")
    with Zone("Receipt app, AWS", "cloud"):
        api = APIGateway("API", external=OURS)
        read = Lambda("Read", external=OURS, detail="while\nthe user waits")
        receipts = Dynamodb("Receipts", external=OURS)
    with Zone("Client's premises", "premises"):
        app = TraditionalServer("Expenses app", external=EXERCISE)
        database = PostgreSQL("Database", external=EXERCISE, warning="little room\nin January")

    step("A user sends one photo and waits until it is read.")
    user >> Request("photo", evidence=OURS) >> api
    api >> Request(evidence=OURS) >> read

    step("Its fields are stored with the receipt app, in the cloud.")
    read >> Data("fields", evidence=OURS) >> receipts

    step(
        "The client's customers submit their expenses; near the end of January, when they file "
        "their taxes, all at once."
    )
    customers >> Request("expenses", evidence=EXERCISE) >> app

    step(
        "The app and its database carry that peak; the client fears that more would crash them. "
        "Nothing connects the two systems yet."
    )
    app >> Data("rows", evidence=EXERCISE) >> database
