"""The parts of one simulated run, wired; the real stages get them as their ports."""

import datetime as dt
from typing import cast

from msgspec import Struct

from lab.prove.simulation.database import SimDatabase
from lab.prove.simulation.faults import Faults
from lab.prove.simulation.queues import SimDeadLetters, SimQueue
from lab.prove.simulation.scheduler import Actor, Scheduler
from lab.prove.simulation.store import SimLedger, SimObjects, SimSeenImages
from lab.support.paths import TEMPLATE
from lab.template import read_template
from receipts.agent.gate import OperatorSettings
from receipts.agent.schedule import Schedule
from receipts.ports import Ledger

DEPLOYED = read_template(TEMPLATE, "reference/template.yaml")
"""Its timeouts and limits are those of the simulated queues and functions."""

START = dt.datetime(2027, 1, 31, 8, tzinfo=dt.UTC)
BURST = 4
"""Rows of the largest transaction: few, so that a run has many transactions."""

FAULTS_END_S = 240.0
DRAINED_WITHIN_S = 7_200.0


class Overrides(Struct, frozen=True, kw_only=True):
    """Settings that a deliberate bug changes; the defaults are as deployed.

    Attributes:
        receipt_visibility_s: the receipt queue's visibility timeout in seconds.
        receipt_max_receives: the receipt queue's maxReceiveCount.
        has_unique_key: whether the inbox has its unique key.
        ignores_all_conflicts: whether ON CONFLICT names no key, and so hides every violation.
        expects_once: whether the expected number is written under its condition.
    """

    receipt_visibility_s: float = float(DEPLOYED.value("ReceiptQueue", "VisibilityTimeout"))
    receipt_max_receives: int = DEPLOYED.max_receives("ReceiptQueue")
    has_unique_key: bool = True
    ignores_all_conflicts: bool = False
    expects_once: bool = True


class World:
    """One run: its parts, its customers and what must be stored in the end."""

    def __init__(self, seed: int, overrides: Overrides) -> None:
        """`seed` decides everything that is random."""
        self.scheduler = Scheduler(seed)
        rng = self.scheduler.random
        self.faults = Faults(self.scheduler, rng.choice([0.0, 0.01, 0.03, 0.08]), FAULTS_END_S)
        self.objects = SimObjects(self.faults)
        self.ledger = SimLedger(self.faults)
        self.ledger.expects_once = overrides.expects_once
        self.seen_images = SimSeenImages(self.faults)
        self.database = SimDatabase(self.scheduler, self.faults)
        self.database.has_unique_key = overrides.has_unique_key
        self.database.ignores_all_conflicts = overrides.ignores_all_conflicts
        self.uploads = self._queue("UploadQueue")
        self.receipts = self._queue("ReceiptQueue")
        self.receipts.visibility_s = overrides.receipt_visibility_s
        self.receipts.max_receives = overrides.receipt_max_receives
        self.results = self._queue("WriteQueue")
        self.upload_dlq, self.receipt_dlq, self.write_dlq = (
            SimDeadLetters(queue, self.faults)
            for queue in (self.uploads, self.receipts, self.results)
        )
        self.settings = OperatorSettings(
            ceiling=rng.choice([1.0, 3.0, 8.0]),
            share=rng.choice([0.1, 1.0]),
            paused=False,
            schedule=Schedule(),
        )
        self.clock_skew = dt.timedelta()
        self.customers = self.busy_customers = rng.randint(3, 6)
        self.agents: list[Actor] = []
        self.good: set[tuple[str, int]] = set()
        """Receipts that must be stored, as (batch id, index)."""

    def clock(self) -> dt.datetime:
        """The wall clock, which may jump."""
        return START + dt.timedelta(seconds=self.scheduler.now) + self.clock_skew

    def now(self) -> float:
        """Monotonic seconds."""
        return self.scheduler.now

    @property
    def path_ledger(self) -> Ledger:
        """The ledger, typed as the stages take it: what they never call is not simulated."""
        return cast("Ledger", self.ledger)

    @property
    def drained(self) -> bool:
        """Whether no customer is busy and no queue holds a message."""
        queues = (self.uploads, self.receipts, self.results)
        return not self.busy_customers and not any(queue.messages for queue in queues)

    def _queue(self, name: str) -> SimQueue:
        return SimQueue(
            name,
            self.scheduler,
            self.faults,
            visibility_s=float(DEPLOYED.value(name, "VisibilityTimeout")),
            max_receives=DEPLOYED.max_receives(name),
            duplicate_chance=0.01,
        )
