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
TOLD = "the exercise"

with Sheet(
    "baseline",
    "Baseline",
    "The receipt app and the client's expenses app, before anything connects them.",
    plan=PLAN,
    stamp="our reconstruction",
) as sheet:
    user = User("User", given=TOLD, detail="one photo\na request")
    customers = Users("Customers", given=TOLD, peril="peak near\nend of January")
    with Zone("Receipt app, AWS", "cloud"):
        api = APIGateway("API", given=OURS)
        read = Lambda("Read", given=OURS, detail="while\nthe user waits")
        receipts = Dynamodb("Receipts", given=OURS)
    with Zone("Client's premises", "premises"):
        app = TraditionalServer("Expenses app", given=TOLD)
        database = PostgreSQL("Database", given=TOLD, peril="little room\nin January")

    step("A user sends one photo and waits until it is read.")
    user >> Request("photo", because=OURS) >> api
    api >> Request(because=OURS) >> read

    step("Its fields are stored with the receipt app, in the cloud.")
    read >> Data("fields", because=OURS) >> receipts

    step(
        "The client's customers submit their expenses; near the end of January, when they file "
        "their taxes, all at once."
    )
    customers >> Request("expenses", because=TOLD) >> app

    step(
        "The app and its database carry that peak; the client fears that more would crash them. "
        "Nothing connects the two systems yet."
    )
    app >> Data("rows", because=TOLD) >> database
