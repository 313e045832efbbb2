"""What drills run on: the local system, links that can fail, agents, and the checks afterwards."""

import contextlib
import datetime as dt
import signal
import subprocess
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import psycopg
from msgspec import DecodeError, Struct, json
from psycopg.conninfo import make_conninfo

from lab.run.links import Link, link_to
from lab.run.local.deployment import Choices
from lab.run.local.system import DLQS, QUEUES, LocalSystem, local_system
from lab.run.made_up_results import made_up_results, mark_read
from lab.support.free_port import free_port
from reading.receipt import Receipt
from receipts.aws.dynamodb import DynamoLedger
from receipts.aws.sqs import SqsQueue
from receipts.batch import Batch
from receipts.ledger import State
from receipts.messages import ResultMessage

MAX_WAIT_S = 180.0
"""How long anything that a drill waits for may take."""

RECEIPTS = 40
"""In the batch of a drill around the agent: several transactions."""

ROWS_PER_TRANSACTION = 10
"""Few, so that a drill of some dozens of rows has several transactions."""

CEILING_ROWS_PER_S = 100.0

VISIBILITY_S = 5
"""When messages of a killed agent are delivered again; deployed it is two minutes."""


class DrillError(AssertionError):
    """A row was lost or doubled, or something that must happen never did."""


class _LogLine(Struct):
    reason: str


class Agent(Struct, frozen=True, kw_only=True):
    """A running agent: its process, its log, and the port of its metrics."""

    process: subprocess.Popen[bytes]
    log: Path
    metrics_port: int

    def logged(self, text: str) -> bool:
        """Whether its log contains `text`."""
        return text in self.log.read_text(errors="replace")

    def logged_reason(self, text: str) -> str:
        """The reason in the first line of its log that contains `text`.

        Raises `DrillError` where there is no such line, or no reason in it.
        """
        for line in self.log.read_text(errors="replace").splitlines():
            if text in line:
                with contextlib.suppress(DecodeError):
                    return json.decode(line, type=_LogLine).reason
                raise DrillError(f"the agent's log gives no reason: {line}")
        raise DrillError(f"the agent's log doesn't contain {text}")

    def metric(self, name: str) -> float:
        """The value of a metric; 0 while it doesn't exist."""
        metrics = httpx.get(f"http://127.0.0.1:{self.metrics_port}/metrics", timeout=120).text
        found = [
            line for line in metrics.splitlines() if line.startswith(f"receipts_agent_{name} ")
        ]
        return float(found[0].rsplit(" ", 1)[1]) if found else 0.0

    def kill(self) -> None:
        """Send SIGKILL, and wait until it is gone."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


class DrillEnvironment:
    """All that a drill needs. Drills share it, and each has a batch of its own."""

    def __init__(self, system: LocalSystem, database: Link, aws: Link) -> None:
        """`database` and `aws` are the links that the agents use."""
        self.system = system
        self.database = database
        self.aws = aws
        emulator = system.deployment.emulator
        self.outputs = system.deployment.outputs
        self.sqs = emulator.client("sqs")
        self.ledger = DynamoLedger(self.outputs["LedgerTable"], emulator.client("dynamodb"))
        self._agents = 0
        self.sqs.set_queue_attributes(
            QueueUrl=self.outputs["WriteQueueUrl"],
            Attributes={"VisibilityTimeout": str(VISIBILITY_S)},
        )

    def restore(self) -> None:
        """Repair what the last drill may have left: links, PostgreSQL, queues."""
        self.database.restore()
        self.aws.restore()
        if not self.system.database.is_up:
            self.system.database.start()
        with self.admin() as admin:
            admin.execute("SET default_transaction_read_only = off")
            admin.execute("ALTER SYSTEM RESET ALL")
            admin.execute("SELECT pg_reload_conf()")
            admin.execute(
                "DROP FUNCTION IF EXISTS public.drill CASCADE"
            )  # from `faults.insert_trigger`
        for output in (*QUEUES.values(), *DLQS.values()):
            self.sqs.purge_queue(QueueUrl=self.outputs[output])

    def admin(self) -> psycopg.Connection:
        """A superuser's connection that doesn't use the link."""
        return self.system.connect()

    def add_results(
        self, good: int, bad: Sequence[Receipt] = (), *, send: bool = True
    ) -> "ResultBatch":
        """Add results as the reader does, to the ledger and, with `send`, to the write queue."""
        batch_id, now = uuid.uuid4().hex, dt.datetime.now(dt.UTC)
        receipts = [Receipt(merchant="Drill")] * good + list(bad)
        messages = made_up_results(batch_id, receipts, by="drills")
        batch = Batch(
            batch_id=batch_id,
            owner="drills",
            customer_reference="drills",
            archive=True,
            accepted_at=now,
            expected=len(messages),
        )
        self.ledger.open_batch(batch, [])
        mark_read(self.ledger, messages)
        if send:
            SqsQueue(self.outputs["WriteQueueUrl"], self.sqs).send_results(messages)
        return ResultBatch(batch_id=batch_id, messages=messages, good=good)

    @contextlib.contextmanager
    def agent(
        self, rows_per_second: float = CEILING_ROWS_PER_S, **settings: str | float
    ) -> Iterator[Agent]:
        """An agent that uses the links; on the way out it is stopped cleanly, if it still runs."""
        self._agents += 1
        folder = self.system.folder / f"agent-{self._agents}"
        folder.mkdir()
        port = free_port()
        conninfo = self.system.database.conninfo(user="receipts_agent")
        with self.system.agent(
            rows_per_second,
            folder=folder,
            aws_url=f"http://127.0.0.1:{self.aws.port}",
            database=make_conninfo(conninfo, port=self.database.port),
            rows_per_transaction=ROWS_PER_TRANSACTION,
            metrics_port=port,
            **settings,
        ) as process:
            agent = Agent(process=process, log=folder / "agent.log", metrics_port=port)
            self.wait_until(
                lambda: agent.logged('"started"') or process.poll() is not None, "agent start"
            )
            yield agent

    def wait_until(self, condition: Callable[[], bool], what: str) -> None:
        """Wait until `condition` is true. Raises `DrillError` with `what` where it never is."""
        deadline = time.monotonic() + MAX_WAIT_S
        while time.monotonic() < deadline:
            if condition():
                return
            time.sleep(0.03)
        raise DrillError(f"never happened within {MAX_WAIT_S:.0f} s: {what}")

    def rows(self, batch_id: str) -> Counter[str]:
        """Rows in PostgreSQL, counted by receipt id."""
        with self.admin() as connection:
            query = "SELECT receipt_id FROM receipts_inbox.receipt WHERE batch_id = %s"
            return Counter(row[0] for row in connection.execute(query, [batch_id]))

    def states(self, batch_id: str) -> Counter[State]:
        """Receipts in the ledger, counted by state."""
        statement = self.ledger.snapshot(batch_id)
        return Counter(e.state for e in statement.entries) if statement else Counter()

    def assert_settled(self, results: "ResultBatch") -> None:
        """Wait until every good result is a row, once, and every bad one is set aside.

        Raises `DrillError` where a row is lost or doubled, or it never settles.
        """
        bad = len(results.messages) - results.good
        counts = {State.STORED: results.good, State.DEAD_LETTERED: bad}
        expected = Counter({state: count for state, count in counts.items() if count})
        self.wait_until(
            lambda: self.states(results.batch_id) == expected, f"the ledger says {expected}"
        )
        self.wait_until(
            lambda: self.system.depth(QUEUES["write queue"]) == 0, "the write queue is empty"
        )
        good = [message.receipt_id for message in results.messages[: results.good]]
        rows = self.rows(results.batch_id)
        if rows != Counter(good):
            lost, extra = Counter(good) - rows, rows - Counter(good)
            raise DrillError(f"lost {sorted(lost)}, doubled or unexpected {sorted(extra)}")

    def send(self, body: str) -> None:
        """Put any text on the write queue."""
        self.sqs.send_message(QueueUrl=self.outputs["WriteQueueUrl"], MessageBody=body)

    def take_letters(self) -> list[tuple[str, str | None]]:
        """Receive and delete what is on the write DLQ: each body, and its reason if it has one."""
        found: list[tuple[str, str | None]] = []
        url = self.outputs[DLQS["write DLQ"]]
        while messages := self.sqs.receive_message(
            QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["reason"]
        ).get("Messages"):
            for message in messages:
                reason = message.get("MessageAttributes", {}).get("reason", {}).get("StringValue")
                found.append((message["Body"], reason))
                self.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return found

    def dead_letters(self) -> Mapping[str, str]:
        """The same where all have reasons, by body. Raises `DrillError` where one has none."""
        reasons = {}
        for body, reason in self.take_letters():
            if reason is None:
                raise DrillError(f"a dead letter without a reason: {body}")
            reasons[body] = reason
        return reasons


class ResultBatch(Struct, frozen=True, kw_only=True):
    """A drill's batch: the first `good` messages become rows, the others are refused."""

    batch_id: str
    messages: Sequence[ResultMessage]
    good: int


@contextlib.contextmanager
def drill_environment(
    concurrency: int = 2, postgres_settings: Mapping[str, str | int] | None = None
) -> Iterator[DrillEnvironment]:
    """Start everything; stop and remove it on the way out, whatever happens."""
    with contextlib.ExitStack() as stack:
        choices = Choices(concurrency=concurrency, ocr_engine="tesseract")
        system = stack.enter_context(local_system(choices, postgres_settings))
        aws_port = urlsplit(system.deployment.emulator.url).port or 0
        database = stack.enter_context(link_to(system.database.port))
        yield DrillEnvironment(system, database, stack.enter_context(link_to(aws_port)))
