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
PATTERN = "the common pattern; not what we deploy"

with Sheet(
    "lambda-over-vpn",
    "For contrast: Lambda over VPN",
    "The other way to an on-premises database. It limits how many write, not how fast.",
    plan=PLAN,
    stamp="not ours, for contrast",
) as sheet:
    with Zone("AWS", "cloud"):
        write = SQS("Write queue", given=PATTERN)
        dlq = SQS("Write DLQ", given=PATTERN)
        with Zone("VPC", "vpc"):
            store = Lambda("Store", given=PATTERN, many=True, detail="a few\nat once")
            password = SecretsManager("Password", given=PATTERN, peril="kept in AWS")
        vpn = SiteToSiteVpn("VPN", given=PATTERN)
    with Zone("Client's premises", "premises"):
        database = PostgreSQL("PostgreSQL", given=PATTERN, peril="port open\nto AWS")
        app = TraditionalServer("Expenses app", given=PATTERN)

    step(
        "MaximumConcurrency limits how many functions write at once, and that softly. The rate is "
        "what comes out of it: the faster the database answers, the more it is sent."
    )
    write >> Data(because=PATTERN) >> store

    step("The database password is in AWS.")
    password >> Request(because=PATTERN) >> store

    step("The client opens a way in: a tunnel, and the database's port.")
    store >> Data("inserts", because=PATTERN) >> vpn
    vpn >> Data(because=PATTERN) >> database

    step("Nobody on the premises can slow it down or stop it; they ask the vendor.")
    app >> Request(because=PATTERN) >> database

    step("While the link is down every receive counts as a try: good results end in the DLQ.")
    write >> Failure("tries\nused up", because=PATTERN) >> dlq
