"""Reads the agent's configuration, starts, loops, stops cleanly."""

import contextlib
import logging
import os
import signal
import socket
import sys
import threading
import time
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from receipts.agent.config import ConfigFile, load
from receipts.agent.gate import MAX_WAIT_S, Gate
from receipts.agent.log import json_lines
from receipts.agent.metrics import Metrics
from receipts.agent.pacing import Breaker
from receipts.agent.start import WRONG, StartError, start
from receipts.agent.writer import Cycle, Writer
from receipts.errors import ConfigError, TransientError

AWS_PAUSE_S = 5.0
"""How long to wait after AWS was out of reach, beyond the SDK's own retries."""

logger = logging.getLogger(__name__)


def run(config_path: Path) -> int:
    """Run until SIGTERM or SIGINT. Answers the exit code: 0, `WRONG` or `MAY_PASS`."""
    with json_lines(sys.stdout):
        return _run(config_path)


def _run(config_path: Path) -> int:
    metrics = Metrics()
    with contextlib.ExitStack() as stack:
        try:
            config = load(config_path)
            # Three, because one failure may be a deadlock; a minute, as a restart takes about that.
            breaker = Breaker(threshold=3, pause_s=1.0, longest_pause_s=60.0)
            settings, burst = config.operator_settings(), config.rows_per_transaction
            gate = Gate(settings, burst, breaker, time.monotonic())
            writer = start(config, gate, metrics, stack)
        except ConfigError as error:
            return _end(str(error), WRONG)
        except StartError as error:
            return _end(f"{config_path}: {error}", error.code)
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        logger.info("started", extra={"ceiling_rows_per_second": config.rows_per_second})
        _loop(stop, ConfigFile(config_path, config, gate), writer, gate, metrics)
    logger.info("stopped")
    return 0


def notify_service_manager(message: bytes) -> None:
    """Tell systemd, where it asks to be told (`sd_notify`): it restarts an agent that is silent."""
    if address := os.environ.get("NOTIFY_SOCKET"):
        address = "\0" + address[1:] if address.startswith("@") else address
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as it:
            it.sendto(message, address)


def _end(why: str, code: int) -> int:
    sys.stderr.write(f"receipts agent: {why}\n")
    return code


def _loop(
    stop: threading.Event, config_file: ConfigFile, writer: Writer, gate: Gate, metrics: Metrics
) -> None:
    while not stop.is_set():
        notify_service_manager(b"WATCHDOG=1")
        config_file.reload_if_changed()
        stop.wait(min(_cycle(writer, gate, metrics), MAX_WAIT_S))


def _cycle(writer: Writer, gate: Gate, metrics: Metrics) -> float:
    """One cycle; answer for how many seconds nothing can be done."""
    try:
        cycle = writer.cycle()
    except (BotoCoreError, ClientError, TransientError) as error:
        # Whatever AWS answered: the messages come again. One line, no traceback.
        logger.error("AWS is out of reach", extra={"reason": f"{type(error).__name__}: {error}"})  # noqa: TRY400
    except Exception:
        # A fault of our own must not end what only a person would start again.
        logger.exception("a cycle failed")
    else:
        metrics.cycled(cycle, gate.rate)
        _report(cycle)
        return cycle.closed.wait_s if cycle.closed else 0.0
    metrics.out_of_reach()
    return AWS_PAUSE_S


def _report(cycle: Cycle) -> None:
    """Never with a receipt's contents."""
    for one in cycle.set_aside:
        logger.warning("set aside", extra={"receipt_id": one.receipt_id, "reason": one.reason})
    if cycle.closed and cycle.closed.detail:
        logger.info(cycle.closed.reason, extra={"detail": cycle.closed.detail})
    if cycle.failure:
        logger.warning("the database took nothing", extra={"reason": cycle.failure})
    if cycle.stored:
        extra = {"stored": cycle.stored, "new": cycle.new, "write_ms": round(1000 * cycle.write_s)}
        logger.info("stored", extra=extra)
