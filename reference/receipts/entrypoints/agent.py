"""The pull agent, on the client's premises: reads its configuration, wires, loops, stops cleanly.

It calls out over HTTPS only. Whether AWS or an emulator answers makes no difference here.
"""

import datetime as dt
import signal
import sys
import threading
import time
from pathlib import Path

import boto3
from aws_lambda_powertools import Logger

from receipts.adapters.dynamodb import DynamoLedger
from receipts.adapters.postgres import PostgresInbox
from receipts.adapters.sqs import SqsDeadLetters
from receipts.adapters.write_queue import SqsWriteQueue
from receipts.agent_config import AgentConfig, ConfigError, load
from receipts.breaker import Breaker
from receipts.pacing import Pacer
from receipts.write_receipts import Cycle, Writer

AWAY_S = 5.0
"""How long to wait after AWS was out of reach, beyond the SDK's own retries."""

logger = Logger(service="receipts-agent")


def run(config_path: Path) -> int:
    """Run until SIGTERM or SIGINT. Answers the exit code: 2 where the configuration is wrong."""
    try:
        config = load(config_path)
    except ConfigError as error:
        sys.stderr.write(f"receipts agent: {error}\n")
        return 2
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    inbox = PostgresInbox(config.database)
    writer = wire(config, inbox)
    logger.info("started", extra={"rows_per_second": config.rows_per_second})
    try:
        while not stop.is_set():
            stop.wait(_cycle(writer))
    finally:
        writer.release()
        inbox.close()
    logger.info("stopped")
    return 0


def wire(config: AgentConfig, inbox: PostgresInbox) -> Writer:
    """The stage with its adapters."""
    session = boto3.Session(region_name=config.region)
    sqs = session.client("sqs", endpoint_url=config.endpoint_url)
    dynamodb = session.client("dynamodb", endpoint_url=config.endpoint_url)
    return Writer(
        queue=SqsWriteQueue(config.queue_url, sqs),
        dead_letters=SqsDeadLetters(config.dead_letter_url, sqs),
        inbox=inbox,
        ledger=DynamoLedger(config.ledger_table, dynamodb),
        pacer=Pacer(config.rows_per_second),
        breaker=Breaker(threshold=3, pause_s=1.0, longest_pause_s=60.0),
        rows_per_transaction=config.rows_per_transaction,
        poll_s=config.poll_seconds,
        clock=lambda: dt.datetime.now(dt.UTC),
        now=time.monotonic,
    )


def _cycle(writer: Writer) -> float:
    """One cycle; answer for how many seconds to wait."""
    try:
        cycle = writer.cycle()
    except Exception:  # whatever AWS answered: the messages come again
        logger.exception("AWS is out of reach")
        return AWAY_S
    _report(cycle)
    return cycle.wait_s


def _report(cycle: Cycle) -> None:
    """Never with a receipt's contents."""
    for one in cycle.set_aside:
        logger.warning("set aside", extra={"receipt_id": one.receipt_id, "reason": one.reason})
    if cycle.failure:
        logger.warning("the database took nothing", extra={"reason": cycle.failure})
    if cycle.stored:
        extra = {"stored": cycle.stored, "new": cycle.new, "write_ms": round(1000 * cycle.write_s)}
        logger.info("stored", extra=extra)
