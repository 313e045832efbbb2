"""A function on the stream, set well: it sets a refused row aside itself, and fails for outages."""

from diagrams import Cluster, Diagram
from diagrams.aws.analytics import KinesisDataStreams
from diagrams.aws.compute import Lambda
from diagrams.aws.integration import SQS
from diagrams.aws.network import SiteToSiteVpn
from diagrams.aws.security import SecretsManager
from diagrams.onprem.database import PostgreSQL

# review: pace = concurrency
# review: role_limit = role
# review: switch = dba
# review: key = made_before
# review: order = commit_first
# review: bad_row = alone

with Diagram("Kinesis and a function, set well", show=False):
    with Cluster("AWS"):
        read = Lambda("Read")
        stream = KinesisDataStreams("Results, 7 days")
        store = Lambda("Store, 143 rows/s")
        refused = SQS("Refused rows, a DLQ")
        password = SecretsManager("Password")
        vpn = SiteToSiteVpn("VPN")
    with Cluster("Client's premises"):
        database = PostgreSQL("PostgreSQL")

    read >> stream >> store >> vpn >> database
    store >> refused
    password >> store
