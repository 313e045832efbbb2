"""A decision tree: which service carries the messages, and what stands before the database."""

from diagrams.aws.analytics import KinesisDataStreams
from diagrams.aws.compute import Lambda
from diagrams.aws.integration import SNS, SQS, Eventbridge
from diagrams.onprem.compute import Server
from diagrams.programming.flowchart import Decision

from drawing.sheet import Data, Request, Sheet, step

PLAN = """
    does-order-carry-meaning    kinesis-stream            .
    several-different-listeners each-at-its-own-pace      sns-to-sqs
    .                           chosen-by-content         eventbridge-bus
    sqs-queue                   .                         sns-topic
    is-the-database-in-rds      lambda-with-a-limit       .
    sqs-and-pull-agent          .                         .
"""
ASKED = "a question to the one who designs"
CHOSEN = "an answer of the comparison"
BECAUSE = "the comparison on the patterns' page"

with Sheet(
    "choosing-a-service",
    "Choosing a service",
    "Five questions. The way of this client is the blue one.",
    plan=PLAN,
    stamp="a choice, not a deployment",
    key={"request": "another answer", "data": "this client's way"},
) as sheet:
    order = Decision("Does order\ncarry meaning?", given=ASKED)
    stream = KinesisDataStreams("Kinesis stream", given=CHOSEN, detail="replay\nin order")
    listeners = Decision("Several different\nlisteners?", given=ASKED)
    pace = Decision("Each at its\nown pace?", given=ASKED)
    pair = SNS("SNS to SQS", given=CHOSEN, detail="a queue\neach")
    content = Decision("Chosen\nby content?", given=ASKED)
    bus = Eventbridge("EventBridge bus", given=CHOSEN, detail="rules, accounts,\nproducts")
    topic = SNS("SNS topic", given=CHOSEN, detail="to all\nat once")
    queue = SQS("SQS queue", given=CHOSEN, detail="equal workers\nshare it")
    inside = Decision("Is the database\nin RDS?", given=ASKED)
    limited = Lambda("Lambda with\na limit", given=CHOSEN, detail="RDS Proxy\nbefore it")
    agent = Server("SQS and\npull agent", given=CHOSEN, detail="the client's\nown rate")

    step("Where readers go through the same records in order, or again, it is a stream.")
    order >> Request("yes", because=BECAUSE) >> stream
    order >> Data("no", because=BECAUSE) >> listeners

    step("Where one message is news for several different listeners, it is published.")
    listeners >> Request("yes", because=BECAUSE) >> pace

    step("A listener that may fall behind needs a backlog of its own: a queue behind the topic.")
    pace >> Request("yes", because=BECAUSE) >> pair
    pace >> Request("no", because=BECAUSE) >> content

    step("Listeners that take some events and not others, or sit elsewhere, are rules on a bus.")
    content >> Request("yes", because=BECAUSE) >> bus
    content >> Request("no", leaves="S", enters="W", because=BECAUSE) >> topic

    step("A task for one of many equal workers waits in a queue: one receipt, or one row.")
    listeners >> Data("no", because=BECAUSE) >> queue

    step("Then ask who writes. A database in the same VPC may be written to by functions.")
    queue >> Data("who writes?", because=BECAUSE) >> inside
    inside >> Request("yes", because=BECAUSE) >> limited

    step("One on premises is written to by the client's own agent, at the client's own rate.")
    inside >> Data("no", because=BECAUSE) >> agent
