"""A FIFO queue with one group, for order and exactly-once."""

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
# review: tries = 100
# review: visibility_s = 120
# review: key = fifo
# review: order = commit_first
# review: bad_row = batch

with Diagram("FIFO, one group", show=False):
    with Cluster("AWS"):
        receipts = SQS("Receipt queue")
        read = Lambda("Read, up to 200 at once")
        results = SQS("FIFO queue, one group, 4 days")
        store = Lambda("Store, max 2")
        password = SecretsManager("Password")
        way = SiteToSiteVpn("VPN")
    with Cluster("Client's premises"):
        database = PostgreSQL("PostgreSQL")
    receipts >> read >> results >> store >> way >> database
    password >> store
