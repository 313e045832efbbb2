"""Results in a stream; a KCL consumer on premises reads on from its checkpoint."""

from diagrams import Cluster, Diagram
from diagrams.aws.analytics import KinesisDataStreams
from diagrams.aws.compute import Lambda
from diagrams.aws.general import TraditionalServer
from diagrams.onprem.database import PostgreSQL

# review: pace = spaced
# review: role_limit = role
# review: switch = client
# review: key = made_before
# review: order = commit_first
# review: bad_row = alone

with Diagram("Kinesis and KCL", show=False):
    with Cluster("AWS"):
        read = Lambda("Read")
        stream = KinesisDataStreams("Results, 14 days")
    with Cluster("Client's premises"):
        consumers = TraditionalServer("KCL consumer, 50 rows/s")
        database = PostgreSQL("PostgreSQL")
    read >> stream >> consumers >> database
