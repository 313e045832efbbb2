"""A queue, and a function that empties it over a VPN, as first drawn."""

from diagrams import Cluster, Diagram
from diagrams.aws.compute import Lambda
from diagrams.aws.integration import SQS
from diagrams.aws.network import SiteToSiteVpn
from diagrams.aws.security import SecretsManager
from diagrams.onprem.database import PostgreSQL

# review: pace = concurrency
# review: rate = 286
# review: role_limit = own_pool
# review: switch = vendor
# review: tries = 5
# review: visibility_s = 120
# review: key = made_before
# review: order = commit_first
# review: bad_row = batch

with Diagram("A function on the queue", show=False):
    with Cluster("AWS"):
        receipts = SQS("Receipt queue")
        read = Lambda("Read, up to 200 at once")
        results = SQS("Write queue, 4 days")
        store = Lambda("Store, max 2")
        password = SecretsManager("Password")
        way = SiteToSiteVpn("VPN")
    with Cluster("Client's premises"):
        database = PostgreSQL("PostgreSQL")
    receipts >> read >> results >> store >> way >> database
    password >> store
