"""A container in AWS asks the queue, and writes over a VPN."""

from diagrams import Cluster, Diagram
from diagrams.aws.compute import Fargate, Lambda
from diagrams.aws.integration import SQS
from diagrams.aws.network import SiteToSiteVpn
from diagrams.aws.security import SecretsManager
from diagrams.onprem.database import PostgreSQL

# review: pace = spaced
# review: looks_first = yes
# review: role_limit = role
# review: switch = dba
# review: tries = 1000
# review: visibility_s = 120
# review: key = made_before
# review: order = commit_first
# review: bad_row = alone

with Diagram("A container over a VPN", show=False):
    with Cluster("AWS"):
        receipts = SQS("Receipt queue")
        read = Lambda("Read, up to 200 at once")
        results = SQS("Write queue, 14 days")
        store = Fargate("Writer, 50 rows/s")
        password = SecretsManager("Password")
        vpn = SiteToSiteVpn("VPN")
    with Cluster("Client's premises"):
        database = PostgreSQL("PostgreSQL")
    receipts >> read >> results
    store >> results
    store >> vpn >> database
    password >> store
