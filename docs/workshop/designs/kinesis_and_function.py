"""Results in a stream, and a function on the stream writes over a VPN, as first drawn."""

from diagrams import Cluster, Diagram
from diagrams.aws.analytics import KinesisDataStreams
from diagrams.aws.compute import Lambda
from diagrams.aws.network import SiteToSiteVpn
from diagrams.aws.security import SecretsManager
from diagrams.onprem.database import PostgreSQL

# review: pace = concurrency
# review: role_limit = role
# review: switch = dba
# review: key = made_before
# review: order = commit_first
# review: bad_row = batch

with Diagram("Kinesis and a function", show=False):
    with Cluster("AWS"):
        read = Lambda("Read")
        stream = KinesisDataStreams("Results, 7 days")
        store = Lambda("Store, 143 rows/s")
        password = SecretsManager("Password")
        vpn = SiteToSiteVpn("VPN")
    with Cluster("Client's premises"):
        database = PostgreSQL("PostgreSQL")

    read >> stream >> store >> vpn >> database
    password >> store
