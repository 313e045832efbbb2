"""Lambda behind the write queue, for the other deployment: over a VPN, without an agent.

The same stage as the agent's; what the invocation brought takes the queue's place. Only the
mapping's MaximumConcurrency limits it: concurrency, not a rate. `lambda_over_vpn.yaml` beside this
file deploys it; when to choose which: `docs/explanation/push-or-pull.md`.
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
"""Nobody paces here: each invocation writes what it was given, as fast as it can."""

SECRET_MAX_AGE_S = 60
"""How old the database's secret may be, in seconds; where the login is refused it is read anew."""


class Settings(Struct, frozen=True, kw_only=True):
    """The environment, set by the template."""

    ledger_table: str
    write_dlq_url: str
    database_secret: str


class Ports(Struct, frozen=True, kw_only=True):
    """What the stage needs, built once a worker."""

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
    """The inbox, held, by the conninfo in `secret`. Raises `InboxUnavailableError`."""
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
    """The invocation's messages as a write queue: what is not deleted fails, and comes again."""

    def __init__(self, records: Sequence[dict[str, Any]]) -> None:
        """`records` of an SQS event."""
        self._waiting = [_delivery(record) for record in records]
        self.undeleted = {delivery.handle for delivery in self._waiting}

    def receive(self, most: int, wait_s: float) -> Sequence[Delivery]:
        """See `ports.WriteQueue`. Nothing more will come, however long one waits."""
        del wait_s
        found, self._waiting = self._waiting[:most], self._waiting[most:]
        return found

    def delete(self, deliveries: Sequence[Delivery]) -> None:
        """See `ports.WriteQueue`; Lambda deletes what is not reported as failed."""
        self.undeleted -= {delivery.handle for delivery in deliveries}

    def release(self, deliveries: Sequence[Delivery]) -> None:
        """See `ports.WriteQueue`: they stay reported as failed."""


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """SQS event, partial batch response."""
    del context
    ports, records = _ports(), event["Records"]
    queue = InvocationQueue(records)
    try:
        # Not kept for the next invocation: a frozen environment can't answer a keepalive.
        with closing(_connect(ports.database_secret)) as inbox:
            _write_all(queue, inbox, ports, len(records))
    except InboxUnavailableError as error:
        logger.warning("the database took nothing", reason=str(error))
    except Exception:
        logger.exception("the rest comes again")
    logger.info("stored", received=len(records), failed=len(queue.undeleted))
    return {"batchItemFailures": [{"itemIdentifier": one} for one in sorted(queue.undeleted)]}


def _write_all(queue: InvocationQueue, inbox: PostgresInbox, ports: Ports, most: int) -> None:
    """Until nothing is left. Raises `InboxUnavailableError`; what is left then comes again."""
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
