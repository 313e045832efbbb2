"""The last stage as a Lambda function that writes over a VPN: the alternative to the agent.

It runs the agent's `Writer`; the messages of the invocation take the queue's place. Its only limit
is the mapping's MaximumConcurrency, which is no rate. `lambda_over_vpn.yaml` in this folder deploys
it; `docs/explanation/push-or-pull.md` says when to choose which.
"""

import datetime as dt
import os
import time
from collections.abc import Sequence
from contextlib import closing
from functools import cache
from typing import Any

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.parameters import get_secret
from aws_lambda_powertools.utilities.typing import LambdaContext
from msgspec import Struct

from receipts.agent.gate import Gate, OperatorSettings
from receipts.agent.pacing import Breaker
from receipts.agent.postgres import PostgresInbox
from receipts.agent.schedule import Schedule
from receipts.agent.writer import Writer
from receipts.aws.dynamodb import DynamoLedger
from receipts.aws.sqs import SqsDeadLetters
from receipts.errors import InboxRefusedError, InboxUnavailableError
from receipts.ports import Delivery
from receipts.settings import from_environment

logger = Logger(service="store")

UNPACED = OperatorSettings(ceiling=1e9, share=1.0, paused=False, schedule=Schedule())
"""No pace: each invocation writes its messages as fast as the database takes them."""

SECRET_MAX_AGE_S = 60
"""How long the secret is cached. Where the login is refused, it is read again at once."""


class Settings(Struct, frozen=True, kw_only=True):
    """The environment, set by the template."""

    ledger_table: str
    write_dlq_url: str
    database_secret: str


class Ports(Struct, frozen=True, kw_only=True):
    """What the writer needs, built once for each Lambda environment."""

    ledger: DynamoLedger
    dead_letters: SqsDeadLetters
    database_secret: str


@cache
def _ports() -> Ports:
    settings = from_environment(Settings, os.environ)
    return Ports(
        ledger=DynamoLedger(settings.ledger_table, boto3.client("dynamodb")),
        dead_letters=SqsDeadLetters(settings.write_dlq_url, boto3.client("sqs")),
        database_secret=settings.database_secret,
    )


def _connect(secret: str) -> PostgresInbox:
    """An inbox, connected with the conninfo in `secret`. Raises `InboxUnavailableError`."""
    conninfo = get_secret(secret, max_age=SECRET_MAX_AGE_S)
    inbox = PostgresInbox(conninfo, alone=False)
    try:
        inbox.ensure_writer()
    except InboxRefusedError:
        rotated = get_secret(secret, max_age=SECRET_MAX_AGE_S, force_fetch=True)
        if rotated == conninfo:
            raise
        inbox = PostgresInbox(rotated, alone=False)
        inbox.ensure_writer()
    return inbox


class InvocationQueue:
    """Implements `ports.WriteQueue`: one invocation's messages; those not deleted come again."""

    def __init__(self, records: Sequence[dict[str, Any]]) -> None:
        """`records` of an SQS event."""
        self._waiting = [_delivery(record) for record in records]
        self.undeleted = {delivery.handle for delivery in self._waiting}

    def receive(self, most: int, wait_s: float) -> Sequence[Delivery]:
        """See `ports.WriteQueue`. There is no wait: no more messages can come."""
        del wait_s
        found, self._waiting = self._waiting[:most], self._waiting[most:]
        return found

    def delete(self, deliveries: Sequence[Delivery]) -> None:
        """See `ports.WriteQueue`. Lambda deletes what is not reported as failed."""
        self.undeleted -= {delivery.handle for delivery in deliveries}

    def release(self, deliveries: Sequence[Delivery]) -> None:
        """See `ports.WriteQueue`. They stay undeleted, so they are reported as failed."""


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Takes an SQS event; answers the messages that failed, as a partial batch response."""
    del context
    ports, records = _ports(), event["Records"]
    queue = InvocationQueue(records)
    try:
        # Closed after each invocation: a frozen environment can't answer a keepalive.
        with closing(_connect(ports.database_secret)) as inbox:
            _write_all(queue, inbox, ports, len(records))
    except InboxUnavailableError as error:
        logger.warning("the database took nothing", reason=str(error))
    except Exception:
        logger.exception("the other messages come again")
    logger.info("stored", received=len(records), failed=len(queue.undeleted))
    return {"batchItemFailures": [{"itemIdentifier": one} for one in sorted(queue.undeleted)]}


def _write_all(queue: InvocationQueue, inbox: PostgresInbox, ports: Ports, most: int) -> None:
    """Write until every message is deleted. Raises `InboxUnavailableError`; the rest is retried."""
    writer = Writer(
        queue=queue,
        dead_letters=ports.dead_letters,
        inbox=inbox,
        ledger=ports.ledger,
        gate=Gate(UNPACED, most, Breaker(1, 60.0, 60.0), time.monotonic() - 1.0),
        poll_s=0,
        clock=lambda: dt.datetime.now(dt.UTC),
        now=time.monotonic,
    )
    while queue.undeleted:
        cycle = writer.cycle()
        if cycle.failure:
            raise InboxUnavailableError(cycle.failure)
        time.sleep(cycle.closed.wait_s if cycle.closed else 0.0)


def _delivery(record: dict[str, Any]) -> Delivery:
    receives = int(record["attributes"]["ApproximateReceiveCount"])
    return Delivery(body=record["body"], handle=record["messageId"], receives=receives)
