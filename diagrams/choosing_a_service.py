"""A decision tree: which service carries the messages, and what stands before the database."""

from diagrams.aws.analytics import KinesisDataStreams
from diagrams.aws.compute import Lambda
from diagrams.aws.integration import SNS, SQS, Eventbridge
from diagrams.onprem.compute import Server
from diagrams.programming.flowchart import Decision

from drawing.sheet import Data, Request, Sheet, step

PLAN = """
    does-order-carry-meaning several-different-listeners sqs-queue       is-the-database-in-rds sqs-and-pull-agent
    kinesis-stream           each-at-its-own-pace        sns-to-sqs      lambda-with-a-limit    .
    sns-topic                chosen-by-content           eventbridge-bus .                      .
"""  # noqa: E501 - a row of the plan is a line
ASKED = "a question to the one who designs"
CHOSEN = "an answer of the comparison"
SOURCE = "the comparison on the patterns' page"

with Sheet(
    "choosing-a-service",
    "Choosing a service",
    "Five questions. The way of this client is the thick blue one.",
    plan=PLAN,
    stamp="a choice, not a deployment",
    key={"request": "another answer", "data": "this client's way"},
) as sheet:
    order = Decision("Does order\ncarry meaning?", external=ASKED)
    stream = KinesisDataStreams("Kinesis stream", external=CHOSEN, detail="replay\nin order")
    listeners = Decision("Several different\nlisteners?", external=ASKED)
    pace = Decision("Each at its\nown pace?", external=ASKED)
    pair = SNS("SNS to SQS", external=CHOSEN, detail="a queue\neach")
    content = Decision("Chosen\nby content?", external=ASKED)
    bus = Eventbridge("EventBridge bus", external=CHOSEN, detail="rules, accounts,\nproducts")
    topic = SNS("SNS topic", external=CHOSEN, detail="to all\nat once")
    queue = SQS("SQS queue", external=CHOSEN, detail="equal workers\nshare it")
    inside = Decision("Is the database\nin RDS?", external=ASKED)
    limited = Lambda("Lambda with\na limit", external=CHOSEN, detail="RDS Proxy\nbefore it")
    agent = Server("SQS and\npull agent", external=CHOSEN, detail="the client's\nown rate")

    step("Where readers go through the same records in order, or again, it is a stream.")
    order >> Request("yes", evidence=SOURCE) >> stream
    order >> Data("no", evidence=SOURCE) >> listeners

    step("Where one message is news for several different listeners, it is published.")
    listeners >> Request("yes", evidence=SOURCE) >> pace

    step("A listener that may fall behind needs a backlog of its own: a queue behind the topic.")
    pace >> Request("yes", evidence=SOURCE) >> pair
    pace >> Request("no", evidence=SOURCE) >> content

    step("Listeners that take some events and not others, or sit elsewhere, are rules on a bus.")
    content >> Request("yes", evidence=SOURCE) >> bus
    content >> Request("no", evidence=SOURCE) >> topic

    step("A task for one of many equal workers waits in a queue: one receipt, or one row.")
    listeners >> Data("no", evidence=SOURCE) >> queue

    step("Then ask who writes. A database in the same VPC may be written to by functions.")
    queue >> Data("who writes?", evidence=SOURCE) >> inside
    inside >> Request("yes", evidence=SOURCE) >> limited

    step("One on premises is written to by the client's own agent, at the client's own rate.")
    inside >> Data("no", evidence=SOURCE) >> agent
