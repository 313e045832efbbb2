"""What the exercise announces and doesn't show: our app, connected to the client's system."""

from diagrams.aws.compute import Lambda
from diagrams.aws.general import TraditionalServer, User, Users
from diagrams.aws.network import APIGateway
from diagrams.onprem.database import PostgreSQL

from drawing.sheet import Data, Request, Sheet, Zone, step

PLAN = """
    user  api  read-and-store  postgresql  expenses-app
    user  api  read-and-store  postgresql  customers
"""
OURS = "our reconstruction: the exercise shows no picture"
EXERCISE = "the exercise"

with Sheet(
    "baseline",
    "Baseline",
    "The receipt app, connected to the client's system: a photo at a time, and all is well.",
    plan=PLAN,
    stamp="our reconstruction",
) as sheet:
    user = User("User", external=EXERCISE)
    with Zone("AWS", "cloud"):
        api = APIGateway("API", external=OURS)
        read = Lambda("Read and store", external=OURS, detail="while\nthe user waits")
    with Zone("Client's premises", "premises"):
        database = PostgreSQL("PostgreSQL", external=EXERCISE, detail="little room\nin January")
        app = TraditionalServer("Expenses app", external=EXERCISE)
        customers = Users("Customers", external=EXERCISE, detail="January\npeak")

    step("A user sends one photo and waits until it is read.")
    user >> Request("photo", evidence=OURS) >> api
    api >> Request(evidence=OURS) >> read

    step(
        "Its fields become one row in the client's database. How the two are connected the "
        "exercise doesn't say; while it is one row now and then, it hardly matters."
    )
    read >> Data("one row", evidence=OURS) >> database

    step(
        "The client's customers submit their expenses; near the end of January, when they file "
        "their taxes, all at once. The client fears that more load would crash this."
    )
    customers >> Request(evidence=EXERCISE) >> app
    app >> Request(leaves="W", enters="N", evidence=EXERCISE) >> database
