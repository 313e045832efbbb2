"""Results in files; an AWS Glue job writes them into the database."""

from diagrams import Cluster, Diagram
from diagrams.aws.analytics import Glue
from diagrams.aws.compute import Lambda
from diagrams.aws.network import SiteToSiteVpn
from diagrams.aws.security import SecretsManager
from diagrams.aws.storage import S3
from diagrams.onprem.database import PostgreSQL

# review: pace = nothing
# review: role_limit = role
# review: switch = dba
# review: key = made_before
# review: order = commit_first
# review: bad_row = alone

with Diagram("AWS Glue", show=False):
    with Cluster("AWS"):
        read = Lambda("Read")
        files = S3("Result files")
        job = Glue("Glue job")
        password = SecretsManager("Password")
        vpn = SiteToSiteVpn("VPN")
    with Cluster("Client's premises"):
        database = PostgreSQL("PostgreSQL")
    read >> files >> job >> vpn >> database
    password >> job
