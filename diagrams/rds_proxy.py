"""A wrong way: RDS Proxy in front of a database that is not RDS."""

from diagrams.aws.compute import Lambda
from diagrams.aws.database import RDS
from diagrams.aws.integration import SQS
from diagrams.aws.network import SiteToSiteVpn
from diagrams.onprem.database import PostgreSQL

from drawing.sheet import Data, Failure, Sheet, Zone

PLAN = """
    receipts  read  proxy  rds  .
    .         .     vpn    .    database
"""
WRONG = "wrong on purpose"

with Sheet(
    "rds-proxy",
    "A wrong way: RDS Proxy",
    "It shares connections to RDS and Aurora. An on-premises database can't be its target.",
    plan=PLAN,
    stamp="wrong on purpose",
) as sheet:
    t = sheet.template

    with Zone("AWS", "cloud"):
        receipts = SQS("Receipt queue", nodeid="receipts", given=WRONG)
        read = Lambda(
            "Read and store",
            nodeid="read",
            given=WRONG,
            many=True,
            detail=f"up to {t.at_most('ReadFunction')}\nat once",
        )
        with Zone("VPC", "vpc"):
            proxy = RDS(
                "RDS Proxy", nodeid="proxy", given=WRONG, detail="few connections\nfor many"
            )
            rds = RDS("RDS or Aurora", nodeid="rds", given=WRONG, detail="its only targets")
        vpn = SiteToSiteVpn("VPN", nodeid="vpn", given=WRONG)
    with Zone("Client's premises", "premises"):
        database = PostgreSQL("PostgreSQL", nodeid="database", given=WRONG)

    receipts >> Data("", "Readers write as fast as they read.", because=WRONG) >> read
    read >> Data("many", along=True, because=WRONG) >> proxy
    (
        proxy
        >> Data(
            "few",
            "For a database in the same VPC the proxy shares few connections among many functions. "
            "It limits connections, not rows a second.",
            because=WRONG,
        )
        >> rds
    )
    (
        proxy
        >> Failure(
            "no such\ntarget",
            "An on-premises database can't be registered as a target, VPN or not.",
            barred=True,
            because=WRONG,
        )
        >> vpn
    )
    vpn >> Failure("", along=True, because=WRONG) >> database
