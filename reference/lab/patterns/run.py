"""Runs a pattern on the laptop: deploy, produce, deliver, wait for the last row, count."""

import datetime as dt
import subprocess
import time
import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial

from msgspec import Struct

from lab.local.system import LocalSystem
from lab.patterns.catalogue import Pattern
from lab.patterns.local import Deployed, deploy
from lab.patterns.observed import Invocation, observed
from lab.patterns.plan import Plan, messages
from lab.patterns.producers import Sent, produce
from lab.patterns.relays import Relay, relay
from lab.support.errors import LabError
from receipts.adapters.dynamodb import DynamoLedger
from receipts.batch import Batch
from receipts.ledger import State
from receipts.messages import Source

PATIENCE_S = 180.0
"""How long one pattern may take without a new row before it has failed."""
LOOK_S = 0.25

Progress = Callable[[int, int], None]
"""Rows so far, rows expected."""


class PatternError(LabError):
    """A pattern lost or doubled a receipt, or didn't end; the text says which and what is where."""


class Measured(Struct, frozen=True, kw_only=True):
    """One pattern's run, all of it on the local emulator.

    `stored` receipts have one row in PostgreSQL each; `doubled` have more, `lost` none. `delivered`
    counts records handed to the function, again and again where they came again. `calls` are the
    function's own, by service and operation.
    """

    stored: int
    doubled: int
    lost: int
    produced_calls: int
    produced_bytes: int
    invocations: int
    delivered: int
    event_bytes: int
    calls: dict[str, int]
    dead_letters: int
    dead_letter_bytes: int
    dead_letter_holds_message: bool
    ledger_knows: bool
    seconds: float


def run_pattern(
    system: LocalSystem,
    pattern: Pattern,
    plan: Plan,
    sources: Sequence[Source],
    *,
    concurrency: int,
    progress: Progress,
    agent: subprocess.Popen[bytes],
) -> Measured:
    """Run it, the agent running beside.

    Raises `PatternError` where a good receipt isn't stored exactly once.
    """
    deployed = deploy(system, pattern, concurrency, plan.faults)
    batch_id = uuid.uuid4().hex
    ledger = _open(system, plan, batch_id, pattern.name)
    started = time.monotonic()
    with relay(deployed, concurrency) as delivering:
        sent = produce(deployed, messages(plan, sources, batch_id, pattern.name))
        rows = _wait(
            system, deployed, delivering, plan, batch_id, progress, partial(_alive, system, agent)
        )
    seconds = time.monotonic() - started
    invocations = observed(deployed.folder)
    return _measured(deployed, plan, sent, rows, invocations, ledger, batch_id, seconds)


def _open(system: LocalSystem, plan: Plan, batch_id: str, whose: str) -> DynamoLedger:
    deployment = system.deployment
    client = deployment.emulator.client("dynamodb")
    ledger = DynamoLedger(deployment.outputs["LedgerTable"], client)
    batch = Batch(
        batch_id=batch_id,
        owner="patterns",
        customer_reference=whose,
        archive=False,
        request_digest="",
        accepted_at=dt.datetime.now(dt.UTC),
        expected=plan.receipts,
    )
    ledger.open_batch(batch, [])
    return ledger


def _wait(
    system: LocalSystem,
    deployed: Deployed,
    delivering: Relay,
    plan: Plan,
    batch_id: str,
    progress: Progress,
    alive: Callable[[], None],
) -> dict[int, int]:
    """Rows by receipt, once nothing is on its way any more."""
    seen, quiet_until = -1, time.monotonic() + PATIENCE_S
    while True:
        delivering.check()
        alive()
        rows = _rows(system, batch_id)
        progress(len(rows), len(plan.good))
        if len(rows) > seen:
            seen, quiet_until = len(rows), time.monotonic() + PATIENCE_S
        dead = deployed.depth(deployed.dlq_url)
        waiting = delivering.busy or _on_its_way(system, deployed)
        if len(rows) >= len(plan.good) and dead and not waiting:
            return _rows(system, batch_id)
        if time.monotonic() > quiet_until:
            raise PatternError(
                f"{deployed.pattern.name}: no new row for {PATIENCE_S:.0f} s; "
                f"{len(rows)} of {len(plan.good)} receipts are stored, {dead} dead letters. "
                f"The emulator's log: {deployed.emulator.log}"
            )
        time.sleep(LOOK_S)


def _alive(system: LocalSystem, agent: subprocess.Popen[bytes]) -> None:
    if agent.poll() is not None:
        raise PatternError(f"the agent stopped: {system.agent_log.read_text()[-1000:]}")


def _rows(system: LocalSystem, batch_id: str) -> dict[int, int]:
    with system.connect() as connection:
        found = connection.execute(
            "SELECT position, count(*) FROM receipts_inbox.receipt"
            " WHERE batch_id = %s GROUP BY position",
            [batch_id],
        ).fetchall()
    return {int(index): int(count) for index, count in found}


def _on_its_way(system: LocalSystem, deployed: Deployed) -> int:
    queues = [system.deployment.outputs["WriteQueueUrl"], deployed.relay_url, deployed.queue_url]
    return sum(deployed.depth(url) for url in queues if url)


def _measured(
    deployed: Deployed,
    plan: Plan,
    sent: Sent,
    rows: dict[int, int],
    invocations: Sequence[Invocation],
    ledger: DynamoLedger,
    batch_id: str,
    seconds: float,
) -> Measured:
    lost = plan.good - rows.keys()
    doubled = [index for index, count in rows.items() if count > 1]
    stray = rows.keys() - plan.good
    if lost or doubled or stray:
        raise PatternError(
            f"{deployed.pattern.name}: lost {sorted(lost)}, doubled {sorted(doubled)}, "
            f"stored and poison {sorted(stray)}"
        )
    calls: Counter[str] = Counter()
    for one in invocations:
        calls.update(one.calls)
    [poison] = plan.faults.poison
    bodies = _dead_letters(deployed)
    return Measured(
        stored=len(rows),
        doubled=len(doubled),
        lost=len(lost),
        produced_calls=sent.calls,
        produced_bytes=sent.bytes,
        invocations=len(invocations),
        delivered=sum(one.records for one in invocations),
        event_bytes=sum(one.event_bytes for one in invocations),
        calls=dict(sorted(calls.items())),
        dead_letters=len(bodies),
        dead_letter_bytes=sum(map(len, bodies)),
        dead_letter_holds_message=all(batch_id in body for body in bodies),
        ledger_knows=ledger.state(batch_id, poison) is State.DEAD_LETTERED,
        seconds=round(seconds, 1),
    )


def _dead_letters(deployed: Deployed) -> list[str]:
    found = deployed.sqs.receive_message(QueueUrl=deployed.dlq_url, MaxNumberOfMessages=10)
    return [message["Body"] for message in found.get("Messages", [])]
