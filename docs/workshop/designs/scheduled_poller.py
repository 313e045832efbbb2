"""A schedule starts one function a minute, which receives N results itself."""

from diagrams import Cluster, Diagram
from diagrams.aws.compute import Lambda
from diagrams.aws.integration import EventbridgeScheduler, SQS
from diagrams.aws.network import SiteToSiteVpn
from diagrams.aws.security import SecretsManager
from diagrams.onprem.database import PostgreSQL

# review: pace = rows_a_run
# review: looks_first = yes
# review: role_limit = role
# review: switch = dba
# review: tries = 1000
# review: visibility_s = 120
# review: key = made_before
# review: order = commit_first
# review: bad_row = alone

with Diagram("Scheduled poller", show=False):
    with Cluster("AWS"):
        receipts = SQS("Receipt queue")
        read = Lambda("Read, up to 200 at once")
        results = SQS("Write queue, 14 days")
        every_minute = EventbridgeScheduler("every minute")
        store = Lambda("Store 600 a run, 10 rows/s")
        password = SecretsManager("Password")
        vpn = SiteToSiteVpn("VPN")
    with Cluster("Client's premises"):
        database = PostgreSQL("PostgreSQL")
    receipts >> read >> results
    every_minute >> store << results
    store >> vpn >> database
    password >> store
