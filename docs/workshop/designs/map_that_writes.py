"""A Distributed Map whose children read and write, few at once; a failed step is tried again."""

from diagrams import Cluster, Diagram, Edge
from diagrams.aws.compute import Lambda
from diagrams.aws.general import MobileClient
from diagrams.aws.integration import StepFunctions
from diagrams.aws.network import SiteToSiteVpn
from diagrams.aws.security import SecretsManager
from diagrams.aws.storage import S3
from diagrams.onprem.database import PostgreSQL

# review: retry = same
# review: broken = map_tolerates
# review: counter = map_run
# review: progress = yes
# review: reader_dlq = redrive
# review: pace = concurrency
# review: rate = 20
# review: role_limit = role
# review: switch = dba
# review: key = made_before
# review: order = commit_first
# review: bad_row = alone

with Diagram("A Map that writes", show=False):
    sender = MobileClient("Customer")
    with Cluster("AWS"):
        uploads = S3("Photos")
        run = StepFunctions("Distributed Map")
        read = Lambda("Read, up to 20 at once")
        store = Lambda("Store")
        password = SecretsManager("Password")
        vpn = SiteToSiteVpn("VPN")
    with Cluster("Client's premises"):
        database = PostgreSQL("PostgreSQL")
    sender >> Edge(label="each photo") >> uploads >> run >> read >> store >> vpn >> database
    password >> store
