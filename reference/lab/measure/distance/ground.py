"""The ground of a block: the emulator behind a delay, a real PostgreSQL beside the agent."""

import contextlib
import os
import statistics
import sys
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import Executor
from pathlib import Path
from typing import Any
from unittest.mock import patch

import httpx
import psycopg

from diagram_check.template import read_template
from lab.run.local.emulator import REGION, Emulator, running_emulator
from lab.run.local.processes import running_process
from lab.run.local.system import depth
from lab.run.made_up_results import made_up_results, mark_read
from lab.run.postgres import Postgres, running_postgres
from lab.support.errors import LabError
from lab.support.free_port import free_port
from lab.support.paths import REFERENCE, TEMPLATE
from reading.receipt import Receipt
from receipts.agent.config import AgentConfig
from receipts.agent.gate import Gate
from receipts.agent.pacing import Breaker
from receipts.agent.postgres import PostgresInbox
from receipts.agent.start import wire
from receipts.aws.dynamodb import DynamoLedger
from receipts.aws.sqs import SqsQueue
from receipts.ledger import State

WARM_UP_TRANSACTIONS = 4
"""Not counted: connections are opened."""

START_TIMEOUT_S = 120.0


class DistanceError(LabError):
    """A part did not start, or what was written is not what the ledger says."""


class Ground:
    """Queues and a ledger in the emulator, nothing else that polls, and PostgreSQL."""

    def __init__(self, emulator: Emulator, database: Postgres, folder: Path) -> None:
        """Creates queues and ledger; `folder` takes logs."""
        self._emulator = emulator
        self._database = database
        self._folder = folder
        self._sqs: Any = emulator.client("sqs")
        dynamodb = emulator.client("dynamodb")
        ledger = read_template(TEMPLATE, "reference/template.yaml").resources["Ledger"].properties
        dynamodb.create_table(
            TableName="ledger",
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=ledger["AttributeDefinitions"],
            KeySchema=ledger["KeySchema"],
        )
        self._ledger = DynamoLedger("ledger", dynamodb)
        self._queue, self._dead = (
            self._sqs.create_queue(QueueName=name)["QueueUrl"] for name in ("write", "dead")
        )

    @contextlib.contextmanager
    def at(self, round_trip_ms: float) -> Iterator[str]:
        """The emulator's URL at this distance."""
        port, log = free_port(), self._folder / "delay.log"
        target = self._emulator.url.rpartition(":")[2]
        command = [sys.executable, "-m", "lab.measure.distance.delay"]
        with running_process(
            [*command, str(port), target, str(round_trip_ms)],
            env={"PYTHONPATH": str(REFERENCE)},
            cwd=self._folder,
            log=log,
        ):
            url = f"http://127.0.0.1:{port}"
            deadline = time.monotonic() + START_TIMEOUT_S
            while time.monotonic() < deadline:
                with contextlib.suppress(httpx.TransportError):
                    httpx.get(f"{url}/_ministack/ready")
                    yield url
                    return
                time.sleep(0.05)
            raise DistanceError(f"the delay did not start:\n{log.read_text()[-1000:]}")

    def rows_per_second(
        self,
        url: str,
        ceiling: float,
        *,
        rows: int,
        per_transaction: int,
        background: Executor | None,
    ) -> tuple[float, float]:
        """Have the agent write `rows` rows; how many a second after its first transactions.

        Answers the median seconds of a transaction as well.

        Raises `DistanceError` where rows, ledger and queue disagree afterwards.
        """
        sent = rows + (WARM_UP_TRANSACTIONS + 2) * per_transaction
        batch_id = self._fill(sent)
        config = AgentConfig(
            queue_url=self._queue,
            dead_letter_url=self._dead,
            ledger_table="ledger",
            database=self._database.conninfo("receipts_agent"),
            rows_per_second=ceiling,
            rows_per_transaction=per_transaction,
            share=1.0,
            region=REGION,
            endpoint_url=url,
        )
        inbox = PostgresInbox(config.database)
        gate = Gate(
            config.operator_settings(), per_transaction, Breaker(3, 1.0, 60.0), time.monotonic()
        )
        committed: list[tuple[float, int]] = []
        write_s: list[float] = []
        with patch.dict(os.environ, self._emulator.environment), contextlib.closing(inbox):
            inbox.ensure_writer()
            writer = wire(config, inbox, gate, background)
            while sum(stored for _, stored in committed[WARM_UP_TRANSACTIONS:]) < rows:
                cycle = writer.cycle()
                if cycle.stored:
                    committed.append((time.monotonic(), cycle.stored))
                    write_s.append(cycle.write_s)
                time.sleep(cycle.closed.wait_s if cycle.closed else 0.0)
            writer.stop()
        self._check(batch_id, sum(stored for _, stored in committed), sent)
        (began, _), *counted = committed[WARM_UP_TRANSACTIONS - 1 :]
        rate = sum(stored for _, stored in counted) / (counted[-1][0] - began)
        return rate, statistics.median(write_s)

    def _fill(self, count: int) -> str:
        """Put results on the write queue, and into the ledger as read."""
        self._sqs.purge_queue(QueueUrl=self._queue)
        batch_id = uuid.uuid4().hex
        results = made_up_results(batch_id, [Receipt(merchant="Shop")] * count, by="distance")
        mark_read(self._ledger, results)
        SqsQueue(self._queue, self._sqs).send_results(results)
        return batch_id

    def _check(self, batch_id: str, committed: int, sent: int) -> None:
        with psycopg.connect(self._database.conninfo()) as connection:
            found = connection.execute(
                "SELECT count(*) FROM receipts_inbox.receipt WHERE batch_id = %s", [batch_id]
            ).fetchone()
        rows = found[0] if found else 0
        stored = sum(
            self._ledger.state(batch_id, index) is State.STORED for index in range(1, sent + 1)
        )
        deleted = sent - depth(self._sqs, self._queue)
        if not rows == stored == deleted == committed:
            raise DistanceError(
                f"{committed} rows were committed; the database has {rows}, the ledger {stored}, "
                f"{deleted} messages were deleted"
            )


@contextlib.contextmanager
def running_ground(folder: Path) -> Iterator[Ground]:
    """Start emulator and PostgreSQL; stop them on the way out."""
    with running_postgres() as database, running_emulator() as emulator:
        yield Ground(emulator, database, folder)
