"""A function on the queue with reserved concurrency 1, as first drawn."""

from diagrams import Cluster, Diagram
from diagrams.aws.compute import Lambda
from diagrams.aws.integration import SQS
from diagrams.aws.network import SiteToSiteVpn
from diagrams.aws.security import SecretsManager
from diagrams.onprem.database import PostgreSQL

# review: pace = concurrency
# review: rate = 143
# review: role_limit = role
# review: switch = dba
# review: tries = 5
# review: visibility_s = 120
# review: key = made_before
# review: order = commit_first
# review: bad_row = alone

with Diagram("Reserved concurrency 1", show=False):
    with Cluster("AWS"):
        receipts = SQS("Receipt queue")
        read = Lambda("Read, up to 200 at once")
        results = SQS("Write queue, 4 days")
        store = Lambda("Store, reserved concurrency 1")
        password = SecretsManager("Password")
        way = SiteToSiteVpn("VPN")
    with Cluster("Client's premises"):
        database = PostgreSQL("PostgreSQL")
    receipts >> read >> results >> store >> way >> database
    password >> store
