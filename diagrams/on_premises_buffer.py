"""Required picture 2: results wait in AWS until the client's own agent takes them, at its pace."""

from diagrams.aws.compute import Lambda
from diagrams.aws.database import Dynamodb
from diagrams.aws.general import TraditionalServer, Users
from diagrams.aws.integration import SQS
from diagrams.onprem.database import PostgreSQL

from drawing.sheet import Data, Failure, Request, Sheet, Signal, Zone

PLAN = """
    .     ledger  .      people  app
    read  write   agent  .       database
    .     dead    .      .       .
"""

with Sheet(
    "on-premises-buffer",
    "On-premises buffering",
    "A burst waits in AWS. The client's own agent takes it from there, at the client's pace.",
    plan=PLAN,
) as sheet:
    t = sheet.template

    with Zone("AWS", "cloud"):
        read = Lambda(
            "Read",
            nodeid="read",
            resource="ReadFunction",
            many=True,
            detail=f"up to {t.at_most('ReadFunction')}\nat once",
        )
        write = SQS(
            "Write queue",
            nodeid="write",
            resource="WriteQueue",
            detail=f"keeps them\n{t.retention_days('WriteQueue')} days",
        )
        dead = SQS(
            "Write DLQ",
            nodeid="dead",
            resource="WriteDlq",
            detail=f"{t.retention_days('WriteDlq')} days",
        )
        ledger = Dynamodb("Ledger", nodeid="ledger", resource="Ledger")
    with Zone("Client's premises, behind the firewall", "premises"):
        agent = TraditionalServer(
            "Pull agent",
            nodeid="agent",
            process="receipts agent",
            resource="AgentPolicy",
            parts="off switch\nschedule\nbreaker\nceiling",
        )
        database = PostgreSQL(
            "PostgreSQL",
            nodeid="database",
            given="the exercise",
            detail="role capped\nfor the agent",
        )
        people = Users("Customers", nodeid="people", given="the exercise", detail="January\npeak")
        app = TraditionalServer(
            "Expenses app", nodeid="app", given="the exercise", detail="as it was"
        )

    (
        read
        >> Data(
            "bursts",
            "Readers send results as fast as they read. The queue takes any burst; "
            "by itself it protects nobody.",
        )
        >> write
    )
    read >> Signal("read", along=True, both=True) >> ledger
    (
        write
        >> Data(
            "HTTPS,\noutbound",
            "The agent asks for messages, and only while its gate is open: switched on, in its "
            "hours, database healthy. Nobody connects in; no database password is in AWS.",
            opened_by="agent",
        )
        >> agent
    )
    (
        agent
        >> Data(
            "paced inserts",
            "One transaction of many rows, spaced under the client's ceiling, slower when the "
            "database slows down. A row that is there already stays as it is.",
            because="reference/receipts/write_receipts.py",
        )
        >> database
    )
    (
        people
        >> Request(
            "",
            "Beside it the expenses app works on, in its January peak too: the agent's role has "
            "few connections and gives way.",
            because="the exercise: the client's own app",
        )
        >> app
    )
    app >> Request("", along=True, because="the exercise: the client's own app") >> database
    (
        agent
        >> Signal(
            "stored",
            "After the commit the agent marks the receipt stored, then deletes the message. Cut off "
            "anywhere, the next delivery changes nothing.",
        )
        >> ledger
    )
    (
        agent
        >> Failure(
            "bad row,\nwith reason",
            "A row that the database refuses is set aside alone; the rest of its batch is stored.",
        )
        >> dead
    )
    write >> Failure(f"after\n{t.max_receives('WriteQueue')} tries", along=True) >> dead
