"""Results in files; AWS DMS writes them into the database."""

from diagrams import Cluster, Diagram
from diagrams.aws.compute import Lambda
from diagrams.aws.database import DatabaseMigrationService
from diagrams.aws.network import SiteToSiteVpn
from diagrams.aws.storage import S3
from diagrams.onprem.database import PostgreSQL

# review: pace = nothing
# review: role_limit = role
# review: password = secret
# review: switch = dba
# review: key = made_before
# review: order = commit_first
# review: bad_row = alone

with Diagram("AWS DMS", show=False):
    with Cluster("AWS"):
        read = Lambda("Read")
        files = S3("Result files")
        replication = DatabaseMigrationService("AWS DMS")
        vpn = SiteToSiteVpn("VPN")
    with Cluster("Client's premises"):
        database = PostgreSQL("PostgreSQL")
    read >> files >> replication >> vpn >> database
