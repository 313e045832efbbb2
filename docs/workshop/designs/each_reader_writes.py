"""Hundreds of functions, an arrow each through the VPN to the database."""

from diagrams import Cluster, Diagram
from diagrams.aws.compute import Lambda
from diagrams.aws.network import SiteToSiteVpn
from diagrams.aws.storage import S3
from diagrams.onprem.database import PostgreSQL

# review: cutter = s3_events
# review: pace = nothing
# review: role_limit = none
# review: password = configuration
# review: switch = vendor
# review: key = made_before
# review: order = commit_first
# review: bad_row = alone

with Diagram("Each reader writes", show=False):
    with Cluster("AWS"):
        uploads = S3("Uploads")
        read = Lambda("Read and store, hundreds")
        vpn = SiteToSiteVpn("VPN")
    with Cluster("Client's premises"):
        database = PostgreSQL("PostgreSQL")
    uploads >> read >> vpn >> database
