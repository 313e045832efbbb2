"""For contrast with picture 2: functions in AWS write into the database themselves."""

from diagrams.aws.compute import Lambda
from diagrams.aws.general import TraditionalServer
from diagrams.aws.integration import SQS
from diagrams.aws.network import SiteToSiteVpn
from diagrams.aws.security import SecretsManager
from diagrams.onprem.database import PostgreSQL

from drawing.sheet import Data, Failure, Request, Sheet, Zone, step

PLAN = """
    .            password  .    .
    write-queue  store     vpn  postgresql
    write-dlq    .         .    expenses-app
"""
EXERCISE = "the exercise"

with Sheet(
    "lambda-over-vpn",
    "For contrast: Lambda over VPN",
    "The other way to an on-premises database. It limits how many write, not how fast.",
    plan=PLAN,
    stamp="not ours, for contrast",
    template="reference/lab/alternatives/lambda_over_vpn.yaml",
    checked=True,
) as sheet:
    at_once = f"{sheet.template.max_concurrency('StoreFunction')} at once"

    with Zone("AWS", "cloud"):
        write = SQS("Write queue", resource="WriteQueue")
        dlq = SQS("Write DLQ", external="the write queue's own")
        password = SecretsManager("Password", resource="DatabaseSecret", warning="kept in AWS")
        with Zone("VPC", "vpc"):
            store = Lambda("Store", resource="StoreFunction", many=True, detail=at_once)
        vpn = SiteToSiteVpn("VPN", resource="Vpn")
    with Zone("Client's premises", "premises"):
        database = PostgreSQL("PostgreSQL", external=EXERCISE, warning="port open\nto AWS")
        app = TraditionalServer("Expenses app", external=EXERCISE)

    step(
        "MaximumConcurrency limits how many functions write at once, and that softly. The rate is "
        "what comes out of it: the faster the database answers, the more it is sent."
    )
    write >> Data() >> store

    step("The database password is in AWS.")
    password >> Request() >> store

    step("The client opens a way in: a tunnel, and the database's port.")
    store >> Data("inserts") >> vpn
    vpn >> Data(evidence="reference/receipts/agent/postgres.py") >> database

    step("The client can shut it out, and tries then fail. To slow it down they ask the vendor.")
    app >> Request(evidence=EXERCISE) >> database

    step(
        "While the link is down each receive is a try. After too few, good results are in the DLQ."
    )
    write >> Failure("tries\nused up", evidence="reference/template.yaml") >> dlq
