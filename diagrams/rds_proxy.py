"""A wrong way: RDS Proxy in front of a database that is not RDS."""

from diagrams.aws.compute import Lambda
from diagrams.aws.database import RDS
from diagrams.aws.integration import SQS
from diagrams.aws.network import SiteToSiteVpn
from diagrams.onprem.database import PostgreSQL

from drawing.sheet import Data, Failure, Sheet, Zone, step

PLAN = """
    receipt-queue  read-and-store  rds-proxy  rds-or-aurora  .
    .              .               vpn        .              postgresql
"""
WRONG = "wrong on purpose"

with Sheet(
    "rds-proxy",
    "A wrong way: RDS Proxy",
    "It shares connections to RDS and Aurora. An on-premises database can't be its target.",
    plan=PLAN,
    stamp=WRONG,
) as sheet:
    at_once = f"up to {sheet.template.max_concurrency('ReadFunction')}\nat once"

    with Zone("AWS", "cloud"):
        receipts = SQS("Receipt queue", external=WRONG)
        read = Lambda("Read and store", external=WRONG, many=True, detail=at_once)
        with Zone("VPC", "vpc"):
            proxy = RDS("RDS Proxy", external=WRONG, detail="few connections\nfor many")
            rds = RDS("RDS or Aurora", external=WRONG, detail="its only targets")
        vpn = SiteToSiteVpn("VPN", external=WRONG)
    with Zone("Client's premises", "premises"):
        database = PostgreSQL("PostgreSQL", external=WRONG)

    step("Readers write as fast as they read.")
    receipts >> Data(evidence=WRONG) >> read
    read >> Data("many", evidence=WRONG) >> proxy

    step(
        "For a database in the same VPC the proxy shares few connections among many functions. "
        "It limits connections, not rows a second."
    )
    proxy >> Data("few", evidence=WRONG) >> rds

    step("An on-premises database can't be registered as a target, VPN or not.")
    proxy >> Failure("no such\ntarget", impossible=True, evidence=WRONG) >> vpn
    vpn >> Failure(evidence=WRONG) >> database
