"""Required picture 2: results wait in AWS until the client's own agent takes them, at its pace."""

from diagrams.aws.compute import Lambda
from diagrams.aws.database import Dynamodb
from diagrams.aws.general import TraditionalServer, Users
from diagrams.aws.integration import SQS
from diagrams.onprem.database import PostgreSQL
from drawing.sheet import Data, Failure, Request, Sheet, Signal, Zone

PLAN = """
    .     ledger  .      people
    .     .       .      app
    read  write   agent  database
    .     dead    .      .
"""

with Sheet(
    "on-premises-buffer",
    "On-premises buffering",
    "A burst waits in AWS. The client's own agent takes it from there, never faster than the client allows.",
    plan=PLAN,
) as sheet:
    t = sheet.template

    with Zone("AWS", "cloud"):
        read = Lambda(
            "Read",
            nodeid="read",
            detail=f"bursts of\n{t.at_most('ReadFunction')} at once",
            many=True,
            resource="ReadFunction",
        )
        ledger = Dynamodb("Ledger", nodeid="ledger", resource="Ledger")
        write = SQS(
            "Write queue",
            nodeid="write",
            detail=f"keeps results\n{t.retention_days('WriteQueue')} days",
            resource="WriteQueue",
        )
        dead = SQS(
            "Write DLQ",
            nodeid="dead",
            detail=f"{t.retention_days('WriteDlq')} days",
            resource="WriteDlq",
        )
    with Zone("Client's premises, behind the firewall", "premises"):
        agent = TraditionalServer(
            "Pull agent",
            nodeid="agent",
            parts="schedule\nhealth gate\nbreaker\nceiling",
            process="receipts agent",
            resource="AgentPolicy",
        )
        people = Users("Customers", nodeid="people", detail="January peak", given="the exercise")
        app = TraditionalServer(
            "Expenses app", nodeid="app", detail="as it is today", given="the exercise"
        )
        database = PostgreSQL(
            "PostgreSQL", nodeid="database", detail="capped role", given="the exercise"
        )

    (
        read
        >> Data(
            "results",
            "Readers send results as fast as they come. A queue takes any burst; it protects nobody yet.",
        )
        >> write
    )
    (
        write
        >> Data(
            "long poll,\nHTTPS out",
            "The agent asks for messages: outbound HTTPS only. Nobody connects in, and no database password is in AWS.",
            opened_by="agent",
        )
        >> agent
    )
    (
        agent
        >> Data(
            "one insert,\npaced",
            "The ceiling is the client's. One transaction of many rows, ON CONFLICT (receipt_id) DO NOTHING; a full breaker stops receiving.",
            because="reference/receipts/adapters/postgres.py",
        )
        >> database
    )
    (
        app
        >> Request(
            "",
            "The expenses app keeps its room: rows a second, connections and schedule are the client's settings.",
            because="the exercise",
        )
        >> database
    )
    people >> Request("", along=True, because="the exercise") >> app
    (
        agent
        >> Signal(
            "stored",
            "After the commit the agent marks the receipt stored and only then deletes the message.",
        )
        >> ledger
    )
    read >> Signal("read", along=True, both=True) >> ledger
    agent >> Failure("gives up,\nwith reason") >> dead
    write >> Failure(f"after\n{t.max_receives('WriteQueue')} tries") >> dead
