"""Readers through a pooler on premises, set well: 1,000 receives, 15 minutes apart."""

from diagrams import Cluster, Diagram
from diagrams.aws.compute import Lambda
from diagrams.aws.general import TraditionalServer
from diagrams.aws.integration import SQS
from diagrams.aws.network import SiteToSiteVpn
from diagrams.onprem.database import PostgreSQL

# review: retention_days = 14
# review: pace = concurrency
# review: rate = 200
# review: password = secret
# review: switch = dba
# review: tries = 1000
# review: visibility_s = 900
# review: key = made_before
# review: order = commit_first
# review: bad_row = alone

with Diagram("Pooled, set well", show=False):
    with Cluster("AWS"):
        receipts = SQS("Receipt queue")
        read = Lambda("Read, up to 200 at once")
        vpn = SiteToSiteVpn("VPN")
    with Cluster("Client's premises"):
        pooler = TraditionalServer("PgBouncer")
        database = PostgreSQL("PostgreSQL")
    receipts >> read >> vpn >> pooler >> database
