"""Faults of the links to the database and to AWS, and of what the queue delivers."""

from collections.abc import Callable

from lab.prove.campaign.injection import Injection
from lab.prove.drills.environment import ROWS_PER_TRANSACTION
from lab.prove.drills.faults import visibility_timeout
from lab.run.links import Link
from receipts.aws.sqs import SqsQueue

LEDGER = b"DynamoDB_20120810"
"""In the head of each request to DynamoDB."""

QUEUE = b"AmazonSQS"
"""In the head of each request to SQS."""


def the_database_link_is_cut(fault: Injection) -> None:
    """Connections are reset, and none is accepted."""
    _while_broken(fault, fault.env.database, fault.env.database.cut)


def the_database_link_is_cut_in_mid_statement(fault: Injection) -> None:
    """The connection is reset when some bytes of a statement were sent, again and again."""
    link = fault.env.database

    def reset_soon() -> None:
        link.reset_after(fault.chance.randint(1, 9_000))

    try:
        fault.repeat(reset_soon, every_s=0.6)
    finally:
        link.restore()


def the_databases_answer_is_lost(fault: Injection) -> None:
    """The connection is reset between a statement and its answer, again and again."""
    link = fault.env.database

    def lose_answer() -> None:
        link.delay_s = 0.15
        fault.wait_about(0.25)
        link.cut()
        link.restore()

    try:
        fault.repeat(lose_answer, every_s=0.3)
    finally:
        link.restore()


def the_database_link_is_slow(fault: Injection) -> None:
    """Up to 300 ms each way."""
    delay_s = fault.chance.uniform(0.01, 0.3)
    _while_broken(fault, fault.env.database, lambda: _slow(fault.env.database, delay_s, 0))


def the_database_link_jitters(fault: Injection) -> None:
    """From none to 400 ms each way, another time for each packet."""
    _while_broken(fault, fault.env.database, lambda: _slow(fault.env.database, 0, 0.4))


def the_database_link_is_silent(fault: Injection) -> None:
    """Nothing arrives, nothing ends; afterwards all of it arrives late."""
    _while_broken(fault, fault.env.database, fault.env.database.silence)


def aws_answers_503(fault: Injection) -> None:
    """Everything of AWS."""
    _while_busy(fault, requests=True)


def the_ledger_answers_503(fault: Injection) -> None:
    """DynamoDB alone: rows are committed, and can't be marked."""
    _while_busy(fault, LEDGER)


def the_queue_answers_503(fault: Injection) -> None:
    """SQS alone: rows are marked, and their messages can't be deleted."""
    _while_busy(fault, QUEUE)


def the_aws_link_is_cut(fault: Injection) -> None:
    """Connections are reset, and none is accepted."""
    _while_broken(fault, fault.env.aws, fault.env.aws.cut)


def the_aws_link_is_slow(fault: Injection) -> None:
    """Up to 200 ms each way, and half of that as jitter."""
    delay_s = fault.chance.uniform(0.02, 0.2)
    _while_broken(fault, fault.env.aws, lambda: _slow(fault.env.aws, delay_s, delay_s / 2))


def the_aws_link_is_silent(fault: Injection) -> None:
    """Nothing arrives, nothing ends; afterwards all of it arrives late."""
    _while_broken(fault, fault.env.aws, fault.env.aws.silence)


def messages_are_sent_twice(fault: Injection) -> None:
    """A quarter of the round's messages, in another order."""
    _send_again(fault, 0.25)


def messages_come_again_after_they_were_deleted(fault: Injection) -> None:
    """Some messages, a while later: by then most are stored."""
    fault.last()
    _send_again(fault, 0.1)


def visibility_ends_early(fault: Injection) -> None:
    """A second: messages are delivered again while they are written."""
    with visibility_timeout(fault.env, 1):
        fault.last()


def another_consumer_takes_messages(fault: Injection) -> None:
    """And never deletes them: they come again when their visibility ends."""
    url = fault.env.outputs["WriteQueueUrl"]

    def take() -> None:
        fault.env.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=ROWS_PER_TRANSACTION)

    fault.repeat(take, every_s=0.5)


def _slow(link: Link, delay_s: float, jitter_s: float) -> None:
    link.delay_s, link.jitter_s = delay_s, jitter_s


def _while_broken(fault: Injection, link: Link, break_it: Callable[[], None]) -> None:
    try:
        break_it()
        fault.last()
    finally:
        link.restore()


def _while_busy(fault: Injection, requests: bytes | bool) -> None:  # noqa: FBT001  all, or these
    def be_busy() -> None:
        fault.env.aws.busy = requests

    _while_broken(fault, fault.env.aws, be_busy)


def _send_again(fault: Injection, share: float) -> None:
    queue = SqsQueue(fault.env.outputs["WriteQueueUrl"], fault.env.sqs)
    messages = fault.results.messages
    some = fault.chance.sample(list(messages), round(share * len(messages)))
    queue.send_results(some)


DATABASE_LINK_FAULTS = (
    the_database_link_is_cut,
    the_database_link_is_cut_in_mid_statement,
    the_databases_answer_is_lost,
    the_database_link_is_slow,
    the_database_link_jitters,
    the_database_link_is_silent,
)

AWS_FAULTS = (
    aws_answers_503,
    the_ledger_answers_503,
    the_queue_answers_503,
    the_aws_link_is_cut,
    the_aws_link_is_slow,
    the_aws_link_is_silent,
)

QUEUE_FAULTS = (
    messages_are_sent_twice,
    messages_come_again_after_they_were_deleted,
    visibility_ends_early,
    another_consumer_takes_messages,
)
