"""Required picture 2: results wait in AWS until the client's own agent takes them, at its pace."""

from diagrams.aws.compute import Lambda
from diagrams.aws.database import Dynamodb
from diagrams.aws.general import TraditionalServer, Users
from diagrams.aws.integration import SQS
from diagrams.onprem.database import PostgreSQL

from drawing.sheet import Data, Failure, Request, Sheet, Signal, Zone, step

PLAN = """
    .     ledger       .           customers  expenses-app
    read  write-queue  pull-agent  .          postgresql
    .     write-dlq    .           .          .
"""
EXERCISE = "the exercise"

with Sheet(
    "on-premises-buffer",
    "On-premises buffering",
    "A burst waits in AWS. The client's own agent takes it from there, at the client's pace.",
    plan=PLAN,
) as sheet:
    t = sheet.template
    at_once = f"up to {t.max_concurrency('ReadFunction')}\nat once"
    retention = f"keeps them\n{t.retention_days('WriteQueue')} days"

    with Zone("AWS", "cloud"):
        read = Lambda("Read", resource="ReadFunction", many=True, detail=at_once)
        write = SQS("Write queue", resource="WriteQueue", detail=retention)
        days = f"{t.retention_days('WriteDlq')} days"
        dlq = SQS("Write DLQ", resource="WriteDlq", detail=days)
        ledger = Dynamodb("Ledger", resource="Ledger")
    with Zone("Client's premises, behind the firewall", "premises"):
        agent = TraditionalServer(
            "Pull agent",
            process="receipts agent",
            resource="AgentPolicy",
            parts="off switch\nschedule\nbreaker\nceiling",
        )
        database = PostgreSQL("PostgreSQL", external=EXERCISE, detail="role capped\nfor the agent")
        customers = Users("Customers", external=EXERCISE, detail="January\npeak")
        app = TraditionalServer("Expenses app", external=EXERCISE, detail="as it was")

    step(
        "Readers send results as fast as they read. The queue takes any burst; by itself it "
        "protects nobody."
    )
    read >> Data("bursts") >> write
    read >> Signal("read", both=True) >> ledger

    step(
        "The agent asks for messages, and only while its gate is open: switched on, in its hours, "
        "database healthy. Nobody connects in; no database password is in AWS."
    )
    write >> Data("HTTPS,\noutbound", opened_by=agent) >> agent

    step(
        "One transaction of many rows, spaced under the client's ceiling, slower when the "
        "database slows down. A row that is there already stays as it is."
    )
    agent >> Data("paced inserts", evidence="reference/receipts/agent/writer.py") >> database

    step(
        "Beside it the expenses app works on, in its January peak too: the agent's role has few "
        "connections and gives way."
    )
    customers >> Request(evidence=EXERCISE) >> app
    app >> Request(evidence=EXERCISE) >> database

    step(
        "After the commit the agent marks the receipt stored, then deletes the message. Cut off "
        "anywhere, the next delivery changes nothing."
    )
    agent >> Signal("stored") >> ledger

    step(
        "A row that the database refuses is set aside alone; the rest of its batch is stored. "
        "The queue's own limit is a backstop, far away."
    )
    agent >> Failure("bad row,\nwith reason") >> dlq
    write >> Failure(f"after\n{t.max_receives('WriteQueue')} tries") >> dlq
