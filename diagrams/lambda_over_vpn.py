"""For contrast with picture 2: functions in AWS write into the database themselves."""

from diagrams.aws.compute import Lambda
from diagrams.aws.general import TraditionalServer
from diagrams.aws.integration import SQS
from diagrams.aws.network import SiteToSiteVpn
from diagrams.aws.security import SecretsManager
from diagrams.onprem.database import PostgreSQL

from drawing.sheet import Data, Failure, Request, Sheet, Zone

PLAN = """
    .      login  .    .
    write  store  vpn  database
    dead   .      .    app
"""
PATTERN = "the pattern as AWS describes it; we don't deploy it"

with Sheet(
    "lambda-over-vpn",
    "For contrast: Lambda over VPN",
    "The other way to an on-premises database. It limits how many write, not how fast.",
    plan=PLAN,
    stamp="not ours, for contrast",
) as sheet:
    with Zone("AWS", "cloud"):
        write = SQS("Write queue", nodeid="write", given=PATTERN)
        dead = SQS("Write DLQ", nodeid="dead", given=PATTERN)
        with Zone("VPC", "vpc"):
            store = Lambda(
                "Store", nodeid="store", given=PATTERN, many=True, detail="a few\nat once"
            )
            login = SecretsManager("Password", nodeid="login", given=PATTERN, peril="kept in AWS")
        vpn = SiteToSiteVpn("VPN", nodeid="vpn", given=PATTERN)
    with Zone("Client's premises", "premises"):
        database = PostgreSQL(
            "PostgreSQL", nodeid="database", given=PATTERN, peril="port open\nto AWS"
        )
        app = TraditionalServer("Expenses app", nodeid="app", given=PATTERN)

    (
        write
        >> Data(
            "",
            "MaximumConcurrency limits how many functions write at once, and that softly. The rate "
            "is what comes out of it: the faster the database answers, the more it is sent.",
            because=PATTERN,
        )
        >> store
    )
    login >> Request("", "The database password is in AWS.", because=PATTERN) >> store
    (
        store
        >> Data(
            "inserts",
            "The client opens a way in: a tunnel, and the database's port.",
            because=PATTERN,
        )
        >> vpn
    )
    vpn >> Data("", along=True, because=PATTERN) >> database
    (
        app
        >> Request(
            "",
            "Nobody on the premises can slow it down or stop it; they ask the vendor.",
            because=PATTERN,
        )
        >> database
    )
    (
        write
        >> Failure(
            "tries\nused up",
            "While the link is down every receive counts as a try: good results end in the DLQ.",
            because=PATTERN,
        )
        >> dead
    )
