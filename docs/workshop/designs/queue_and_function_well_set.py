"""A queue and a function over Direct Connect, set well: many receives, a limit on the role."""

from diagrams import Cluster, Diagram
from diagrams.aws.compute import Lambda
from diagrams.aws.integration import SQS
from diagrams.aws.network import DirectConnect
from diagrams.aws.security import SecretsManager
from diagrams.onprem.database import PostgreSQL

# review: pace = concurrency
# review: rate = 286
# review: role_limit = role
# review: switch = dba
# review: tries = 1000
# review: visibility_s = 900
# review: key = made_before
# review: order = commit_first
# review: bad_row = alone

with Diagram("A function on the queue, set well", show=False):
    with Cluster("AWS"):
        receipts = SQS("Receipt queue")
        read = Lambda("Read, up to 200 at once")
        results = SQS("Write queue, 14 days")
        store = Lambda("Store, max 2")
        password = SecretsManager("Password")
        way = DirectConnect("Direct Connect")
    with Cluster("Client's premises"):
        database = PostgreSQL("PostgreSQL")
    receipts >> read >> results >> store >> way >> database
    password >> store
