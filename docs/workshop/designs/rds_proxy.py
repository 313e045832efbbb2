"""RDS Proxy on the AWS side of the VPN, the on-premises database behind it."""

from diagrams import Cluster, Diagram
from diagrams.aws.compute import Lambda
from diagrams.aws.database import RDS
from diagrams.aws.integration import SQS
from diagrams.aws.network import SiteToSiteVpn
from diagrams.onprem.database import PostgreSQL

# review: retention_days = 4
# review: pace = concurrency
# review: role_limit = own_pool
# review: password = secret
# review: switch = dba
# review: tries = 5
# review: visibility_s = 360
# review: key = made_before
# review: order = commit_first
# review: bad_row = alone

with Diagram("RDS Proxy", show=False):
    with Cluster("AWS"):
        receipts = SQS("Receipt queue")
        read = Lambda("Read, up to 200 at once")
        proxy = RDS("RDS Proxy")
        vpn = SiteToSiteVpn("VPN")
    with Cluster("Client's premises"):
        database = PostgreSQL("PostgreSQL")
    receipts >> read >> proxy >> vpn >> database
