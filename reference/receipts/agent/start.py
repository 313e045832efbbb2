"""Starts the agent, or says why it can't: which key of its file, the reason, what to give."""

import contextlib
import datetime as dt
import errno
import logging
import sys
import time
from concurrent.futures import Executor, ThreadPoolExecutor
from pathlib import Path

import boto3
from botocore.exceptions import BotoCoreError, ClientError, InvalidRegionError, NoRegionError

from receipts.agent.config import REMEDIES, AgentConfig, load
from receipts.agent.databases import open_inbox
from receipts.agent.gate import Gate
from receipts.agent.metrics import Metrics, serving
from receipts.agent.page import watching
from receipts.agent.rows import EXAMPLE
from receipts.agent.writer import MAX_UNMARKED, Writer
from receipts.aws.dynamodb import DynamoLedger
from receipts.aws.patience import patience
from receipts.aws.sqs import SqsDeadLetters, SqsWriteQueue
from receipts.errors import (
    ConfigError,
    InboxMisconfiguredError,
    InboxRefusedError,
    InboxUnavailableError,
    StandbyError,
    TransientError,
)
from receipts.ports import Inbox

WRONG = 2
"""Exit code: only a person can mend it; a restart doesn't help."""

MAY_PASS = 1
"""Exit code: a restart may help. No connection or port is free, or a password is refused: the
database doesn't tell these apart."""

logger = logging.getLogger(__name__)


class StartError(Exception):
    """Why the agent can't start; `code` is what to exit with."""

    def __init__(self, key: str, why: object, code: int = WRONG) -> None:
        """`key` of the agent's file, or what else is to be looked at."""
        super().__init__(f"{key}: {why}")
        self.code = code


def start(config: AgentConfig, gate: Gate, metrics: Metrics, stack: contextlib.ExitStack) -> Writer:
    """Wire, serve metrics, reach the database; closing `stack` undoes it. Raises `StartError`."""
    try:
        inbox = open_inbox(config.database, config.connections, metrics.audited)
    except InboxMisconfiguredError as error:
        raise _wrong("database", error) from error
    stack.callback(inbox.close)
    background = ThreadPoolExecutor(MAX_UNMARKED, thread_name_prefix="mark")
    writer = wire(config, inbox, gate, background)
    if port := config.metrics_port:
        try:
            page = stack.enter_context(watching(gate, writer, metrics)) if config.page else None
            stack.enter_context(serving(metrics, port, page))
        except OSError as error:
            # One in use may become free, for example when another agent on this host stops. One
            # that this user may not open stays closed.
            code = MAY_PASS if error.errno == errno.EADDRINUSE else WRONG
            raise _wrong("metrics_port", f"{port}: {error.strerror}", code) from error
    elif config.page:
        raise _wrong("page", "there is no metrics_port to show it at")
    stack.callback(_release, writer)  # first of all when it stops
    _reach(inbox)
    gate.took_over(time.monotonic())  # until just now another agent may have written
    return writer


def check(config_path: Path) -> int:
    """Say what the agent finds in its database; nothing is received, and the one row rolled back.

    Answers 0 where it would write, 1 where it is not as `inbox.sql` made it, 2 where it can't.
    """
    found: list[str] = []
    try:
        config = load(config_path)
        inbox = open_inbox(config.database, config.connections, found.extend)
        with contextlib.closing(inbox):
            inbox.ensure_writer()
            inbox.check_control_row(EXAMPLE)
        said, code = "a row was taken, and rolled back", MAY_PASS if found else 0
    except StandbyError as error:
        said, code = f"another agent writes, so no row was tried: {error}", MAY_PASS
    except (ConfigError, InboxUnavailableError) as error:
        said, code = f"it can't write: {error}", WRONG
    sys.stdout.write("\n".join([*found, said, ""]))
    return code


def _release(writer: Writer) -> None:
    """Give back what was received, mark the rest. With AWS away it comes again: no failure."""
    try:
        writer.stop()
    except (BotoCoreError, ClientError, TransientError) as error:
        reason = f"{type(error).__name__}: {error}"
        logger.warning("not given back, comes again by itself", extra={"reason": reason})


def wire(
    config: AgentConfig, inbox: Inbox, gate: Gate, background: Executor | None = None
) -> Writer:
    """The stage with its adapters. Raises `StartError`."""
    # Few tries and short ones: a message that is not taken now is taken in the next cycle.
    # Several transactions are marked and deleted at a time, each in several calls.
    few = patience(tries=4, connect_s=5, read_s=config.poll_seconds + 10, connections=32)
    try:
        session = boto3.Session(region_name=config.region)
        session.get_credentials()  # here, so that below a ValueError is the address and no other
    except (BotoCoreError, OSError, ValueError) as error:
        # A profile, or the program that fetches credentials: the network may be what it lacks.
        raise StartError("AWS", error, MAY_PASS) from error
    try:
        sqs = session.client("sqs", endpoint_url=config.endpoint_url, config=few)
        dynamodb = session.client("dynamodb", endpoint_url=config.endpoint_url, config=few)
    except (NoRegionError, InvalidRegionError) as error:
        raise _wrong("region", error) from error
    except ValueError as error:
        raise _wrong("endpoint_url", error) from error
    return Writer(
        queue=SqsWriteQueue(config.queue_url, sqs),
        dead_letters=SqsDeadLetters(config.dead_letter_url, sqs),
        inbox=inbox,
        ledger=DynamoLedger(config.ledger_table, dynamodb),
        gate=gate,
        poll_s=config.poll_seconds,
        clock=lambda: dt.datetime.now(dt.UTC),
        now=time.monotonic,
        background=background,
    )


def _reach(inbox: Inbox) -> None:
    """Fail at once where only a person can mend it; go on where the database is only away."""
    try:
        inbox.ensure_writer()
    except StandbyError:
        pass
    except InboxMisconfiguredError as error:
        raise StartError("database", error) from error
    except InboxRefusedError as error:  # no connection is free, or the password: who knows
        raise StartError("database", error, MAY_PASS) from error
    except InboxUnavailableError as error:
        logger.warning("the database is away", extra={"reason": str(error)})


def _wrong(key: str, why: object, code: int = WRONG) -> StartError:
    reason = str(why).rstrip(". \n")
    return StartError(key, f"{reason}; give {REMEDIES[key]}", code)
