"""Runs a pattern on the laptop: deploys, sends, waits for the last row, counts."""

import datetime as dt
import subprocess
import time
import uuid
from collections import Counter
from collections.abc import Callable, Sequence

from msgspec import Struct

from lab.measure.patterns.catalogue import Pattern
from lab.measure.patterns.deployment import DeployedPattern, deploy
from lab.measure.patterns.instrumented_handler import read_invocations
from lab.measure.patterns.producers import ProducerCall, produce
from lab.measure.patterns.workload import Workload, messages
from lab.run.local.system import LocalSystem, depth
from lab.support.errors import LabError
from receipts.aws.dynamodb import DynamoLedger
from receipts.batch import Batch
from receipts.ledger import State
from receipts.messages import Source

STALL_TIMEOUT_S = 180.0
"""A pattern without a delivery or a new row for this long has failed."""
POLL_S = 0.25

Progress = Callable[[int, int], None]
"""Called with the rows so far and the rows expected."""


class PatternError(LabError):
    """A pattern lost or doubled a receipt, or didn't end; the text says which receipts."""


class PatternMeasurement(Struct, frozen=True, kw_only=True):
    """One pattern's run on the local emulator.

    `stored` receipts have exactly one row in PostgreSQL each; there are no other rows. `delivered`
    counts the records that reached the function without an injected failure, `failed` those with
    one. `invocations` and `event_bytes` leave failed invocations out, so that patterns with and
    without failures can be compared. `calls` are the function's own, by service and operation. The
    two fields about the poison message are None where there is none.
    """

    stored: int
    produced_calls: int
    produced_bytes: int
    invocations: int
    delivered: int
    failed: int
    event_bytes: int
    calls: dict[str, int]
    dead_letters: int
    dead_letter_holds_message: bool | None
    ledger_knows: bool | None
    seconds: float


class _PatternRun(Struct, frozen=True, kw_only=True):
    """A deployed pattern with its system, workload and batch."""

    system: LocalSystem
    deployed: DeployedPattern
    workload: Workload
    batch_id: str
    agent: subprocess.Popen[bytes]
    progress: Progress

    def open_batch(self) -> DynamoLedger:
        """Open the batch; returns the ledger."""
        deployment = self.system.deployment
        client = deployment.emulator.client("dynamodb")
        ledger = DynamoLedger(deployment.outputs["LedgerTable"], client)
        batch = Batch(
            batch_id=self.batch_id,
            owner="patterns",
            customer_reference=self.deployed.pattern.name,
            archive=False,
            accepted_at=dt.datetime.now(dt.UTC),
            expected=self.workload.receipts,
        )
        ledger.open_batch(batch, [])
        return ledger

    def rows(self) -> dict[int, int]:
        """Each receipt's number of rows, by index."""
        with self.system.connect() as connection:
            found = connection.execute(
                "SELECT position, count(*) FROM receipts_inbox.receipt"
                " WHERE batch_id = %s GROUP BY position",
                [self.batch_id],
            ).fetchall()
        return {int(index): int(count) for index, count in found}

    def handled(self) -> int:
        """Records of all finished invocations, failed ones included."""
        return sum(one.records for one in read_invocations(self.deployed.folder))

    def settled(self) -> bool:
        """Whether good receipts have rows, poison is dead-lettered, and the queues are empty."""
        url, sqs = self.deployed.queue_url, self.deployed.sqs
        waiting = self.system.depth("WriteQueueUrl") + (depth(sqs, url) if url else 0)
        dead = depth(sqs, self.deployed.dlq_url)
        return (
            len(self.rows()) >= len(self.workload.good)
            and dead >= len(self.workload.faults.poison)
            and not waiting
        )

    def wait_until(self, done: Callable[[], bool]) -> None:
        """Wait. Raises `PatternError` where nothing progresses, or the agent has stopped."""
        progress, give_up_at = (-1, -1), time.monotonic() + STALL_TIMEOUT_S
        while not done():
            if self.agent.poll() is not None:
                log = self.system.agent_log.read_text()
                raise PatternError(f"the agent stopped: {log[-1000:]}")
            rows = len(self.rows())
            self.progress(rows, len(self.workload.good))
            if (now := (rows, self.handled())) != progress:
                progress, give_up_at = now, time.monotonic() + STALL_TIMEOUT_S
            if time.monotonic() > give_up_at:
                raise PatternError(
                    f"{self.deployed.pattern.name}: no progress for {STALL_TIMEOUT_S:.0f} s; "
                    f"{rows} of {len(self.workload.good)} receipts are stored. "
                    f"The emulator's log: {self.deployed.emulator.log}"
                )
            time.sleep(POLL_S)


def run_pattern(
    system: LocalSystem,
    pattern: Pattern,
    workload: Workload,
    sources: Sequence[Source],
    *,
    concurrency: int,
    progress: Progress,
    agent: subprocess.Popen[bytes],
) -> PatternMeasurement:
    """Run a pattern beside a running agent.

    Raises `PatternError` where a good receipt isn't stored exactly once.
    """
    deployed = deploy(system, pattern, concurrency, workload.faults)
    run = _PatternRun(
        system=system,
        deployed=deployed,
        workload=workload,
        batch_id=uuid.uuid4().hex,
        agent=agent,
        progress=progress,
    )
    ledger = run.open_batch()
    started, calls, sent = time.monotonic(), list[ProducerCall](), 0
    for call in produce(deployed, messages(workload, sources, run.batch_id, pattern.name)):
        calls.append(call)
        sent += call.messages
        if not pattern.has_queue:  # all pushed at once, each would start a worker on this machine
            run.wait_until(lambda sent=sent: run.handled() >= sent)  # type: ignore[misc]
    run.wait_until(run.settled)
    return _measured(run, ledger, calls, time.monotonic() - started)


def _measured(
    run: _PatternRun, ledger: DynamoLedger, sent: Sequence[ProducerCall], seconds: float
) -> PatternMeasurement:
    rows, good = run.rows(), run.workload.good
    doubled = [index for index, count in rows.items() if count > 1]
    if doubled or rows.keys() != good:
        raise PatternError(
            f"{run.deployed.pattern.name}: lost {sorted(good - rows.keys())}, doubled "
            f"{sorted(doubled)}, stored and poison {sorted(rows.keys() - good)}"
        )
    calls: Counter[str] = Counter()
    invocations = read_invocations(run.deployed.folder)
    for one in invocations:
        calls.update(one.calls)
    done = [one for one in invocations if not one.failed]
    found = run.deployed.sqs.receive_message(QueueUrl=run.deployed.dlq_url, MaxNumberOfMessages=10)
    dead = [message["Body"] for message in found.get("Messages", [])]
    poison = run.workload.faults.poison
    states = {ledger.state(run.batch_id, index) for index in poison}
    return PatternMeasurement(
        stored=len(rows),
        produced_calls=len(sent),
        produced_bytes=sum(it.bytes for it in sent),
        invocations=len(done),
        delivered=sum(one.records for one in done),
        failed=sum(one.records for one in invocations if one.failed),
        event_bytes=sum(one.event_bytes for one in done),
        calls=dict(sorted(calls.items())),
        dead_letters=len(dead),
        dead_letter_holds_message=all(run.batch_id in it for it in dead) if poison else None,
        ledger_knows=states == {State.DEAD_LETTERED} if poison else None,
        seconds=round(seconds, 1),
    )
