"""The pull agent, on the client's premises: reads its configuration, wires, loops, stops cleanly.

It calls out over HTTPS only. Whether AWS or an emulator answers makes no difference here.
"""

import contextlib
import datetime as dt
import signal
import sys
import threading
import time
from pathlib import Path

import boto3
from aws_lambda_powertools import Logger
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from receipts.adapters.dynamodb import DynamoLedger
from receipts.adapters.postgres import PostgresInbox
from receipts.adapters.sqs import SqsDeadLetters
from receipts.adapters.write_queue import SqsWriteQueue
from receipts.agent_config import AgentConfig, ConfigError, load
from receipts.breaker import Breaker
from receipts.cycle import Cycle
from receipts.entrypoints.agent_metrics import Metrics, serving
from receipts.entrypoints.agent_orders import Standing
from receipts.gate import Gate
from receipts.ports import (
    InboxMisfitError,
    InboxRefusedError,
    InboxUnavailableError,
    StandingByError,
)
from receipts.write_receipts import Writer

WRONG = 2
"""The exit code after which a restart mends nothing."""

AWAY_S = 5.0
"""How long to wait after AWS was out of reach, beyond the SDK's own retries."""

logger = Logger(service="receipts-agent")


def run(config_path: Path) -> int:
    """Run until SIGTERM or SIGINT. Answers the exit code.

    `WRONG` where only a person can mend it; 1 where the database lets the agent not in, which may
    pass (no connection is free) or not (the password).
    """
    try:
        config = load(config_path)
        inbox = PostgresInbox(config.database, config.connections)
        _reach(inbox)
    except (ConfigError, InboxMisfitError, InboxRefusedError) as error:
        key = "" if isinstance(error, ConfigError) else f"{config_path}: database: "
        sys.stderr.write(f"receipts agent: {key}{error}\n")
        return 1 if isinstance(error, InboxRefusedError) else WRONG
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    gate = Gate(config.orders(), config.rows_per_transaction, _breaker(), time.monotonic())
    writer = wire(config, inbox, gate)
    standing = Standing(config_path, config, gate)
    metrics = Metrics()
    with contextlib.ExitStack() as stack:
        stack.callback(inbox.close)
        stack.callback(writer.release)
        if config.metrics_port:
            stack.enter_context(serving(metrics, config.metrics_port))
        logger.info("started", extra={"ceiling_rows_per_second": config.rows_per_second})
        while not stop.is_set():
            standing.look()
            stop.wait(_cycle(writer, gate, metrics))
    logger.info("stopped")
    return 0


def wire(config: AgentConfig, inbox: PostgresInbox, gate: Gate) -> Writer:
    """The stage with its adapters."""
    session = boto3.Session(region_name=config.region)
    # Few tries and short ones: a message that is not taken now is taken in the next cycle.
    patience = Config(
        retries={"mode": "standard", "max_attempts": 3},
        connect_timeout=5,
        read_timeout=config.poll_seconds + 10,
    )
    sqs = session.client("sqs", endpoint_url=config.endpoint_url, config=patience)
    dynamodb = session.client("dynamodb", endpoint_url=config.endpoint_url, config=patience)
    return Writer(
        queue=SqsWriteQueue(config.queue_url, sqs),
        dead_letters=SqsDeadLetters(config.dead_letter_url, sqs),
        inbox=inbox,
        ledger=DynamoLedger(config.ledger_table, dynamodb),
        gate=gate,
        poll_s=config.poll_seconds,
        clock=lambda: dt.datetime.now(dt.UTC),
        now=time.monotonic,
    )


def _breaker() -> Breaker:
    # Three, because one failure may be a deadlock; a minute, because a restart takes about that.
    return Breaker(threshold=3, pause_s=1.0, longest_pause_s=60.0)


def _reach(inbox: PostgresInbox) -> None:
    """Say at once what only a person can mend. A database that is away may come: go on."""
    try:
        inbox.hold()
    except StandingByError:
        pass
    except (InboxMisfitError, InboxRefusedError):
        raise
    except InboxUnavailableError as error:
        logger.warning("the database is away", extra={"reason": str(error)})


def _cycle(writer: Writer, gate: Gate, metrics: Metrics) -> float:
    """One cycle; answer for how many seconds to wait."""
    try:
        cycle = writer.cycle()
    except (BotoCoreError, ClientError) as error:
        # Whatever AWS answered: the messages come again. One line, no traceback.
        logger.error("AWS is out of reach", extra={"reason": f"{type(error).__name__}: {error}"})  # noqa: TRY400
        metrics.out_of_reach()
        return AWAY_S
    except Exception:
        # A fault of our own must not end what only a person would start again.
        logger.exception("a cycle failed")
        metrics.out_of_reach()
        return AWAY_S
    metrics.cycled(cycle, gate.rate)
    _report(cycle)
    return cycle.closed.wait_s if cycle.closed else 0.0


def _report(cycle: Cycle) -> None:
    """Never with a receipt's contents."""
    for one in cycle.set_aside:
        logger.warning("set aside", extra={"receipt_id": one.receipt_id, "reason": one.reason})
    if cycle.failure:
        logger.warning("the database took nothing", extra={"reason": cycle.failure})
    if cycle.stored:
        extra = {"stored": cycle.stored, "new": cycle.new, "write_ms": round(1000 * cycle.write_s)}
        logger.info("stored", extra=extra)
