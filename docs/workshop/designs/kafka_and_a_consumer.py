"""Results in a Kafka topic; a consumer group on premises reads on from its offsets."""

from diagrams import Cluster, Diagram
from diagrams.aws.analytics import ManagedStreamingForKafka
from diagrams.aws.compute import Lambda
from diagrams.aws.general import TraditionalServer
from diagrams.onprem.database import PostgreSQL

# review: pace = spaced
# review: role_limit = role
# review: switch = client
# review: key = made_before
# review: order = commit_first
# review: bad_row = alone

with Diagram("Kafka and a consumer", show=False):
    with Cluster("AWS"):
        read = Lambda("Read")
        topic = ManagedStreamingForKafka("Results, 14 days")
    with Cluster("Client's premises"):
        consumers = TraditionalServer("Kafka consumers, 50 rows/s")
        database = PostgreSQL("PostgreSQL")
    read >> topic >> consumers >> database
