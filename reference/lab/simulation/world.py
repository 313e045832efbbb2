"""Everything that one simulated run consists of, wired; the real stages get these as ports."""

import datetime as dt

from msgspec import Struct

from lab.simulation.database import SimDatabase
from lab.simulation.faults import Faults
from lab.simulation.queues import SimDeadLetters, SimQueue
from lab.simulation.scheduler import Actor, Scheduler
from lab.simulation.store import SimLedger, SimObjects, SimSeenImages
from receipts.gate import Orders
from receipts.schedule import Schedule

START = dt.datetime(2027, 1, 31, 8, tzinfo=dt.UTC)
BURST = 4
"""Rows of the largest transaction: small, so that a run has many."""

FAULTS_END_S = 240.0
DRAINED_WITHIN_S = 7_200.0


class Knobs(Struct, kw_only=True):
    """What the deliberate bugs turn; as it stands here it is as deployed, times in seconds."""

    upload_visibility_s: float = 720
    receipt_visibility_s: float = 360
    write_visibility_s: float = 120
    unique: bool = True
    swallows: bool = False


class World:
    """One run's parts."""

    def __init__(self, seed: int, knobs: Knobs) -> None:
        """`seed` decides everything."""
        self.scheduler = Scheduler(seed)
        chance = self.scheduler.random
        self.faults = Faults(self.scheduler, chance.choice([0.0, 0.01, 0.03, 0.08]), FAULTS_END_S)
        self.objects = SimObjects(self.faults)
        self.ledger = SimLedger(self.faults)
        self.seen = SimSeenImages(self.faults)
        self.database = SimDatabase(self.scheduler, self.faults)
        self.database.unique = knobs.unique
        self.database.swallows = knobs.swallows
        self.uploads = self._queue("upload queue", knobs.upload_visibility_s, 5)
        self.receipts = self._queue("receipt queue", knobs.receipt_visibility_s, 5)
        self.results = self._queue("write queue", knobs.write_visibility_s, 100)
        self.upload_dlq, self.receipt_dlq, self.write_dlq = (
            SimDeadLetters(queue, self.faults)
            for queue in (self.uploads, self.receipts, self.results)
        )
        self.orders = Orders(
            ceiling=chance.choice([1.0, 3.0, 8.0]),
            share=chance.choice([0.1, 1.0]),
            paused=False,
            schedule=Schedule(),
        )
        self.skew = dt.timedelta()
        self.customers = self.busy_customers = chance.randint(1, 4)
        self.agents: list[Actor] = []
        self.good: set[str] = set()

    def clock(self) -> dt.datetime:
        """The wall clock, which may jump."""
        return START + dt.timedelta(seconds=self.scheduler.now) + self.skew

    def now(self) -> float:
        """Monotonic seconds."""
        return self.scheduler.now

    @property
    def drained(self) -> bool:
        """Whether nothing is on its way any more."""
        queues = (self.uploads, self.receipts, self.results)
        return not self.busy_customers and not any(queue.kept for queue in queues)

    def _queue(self, name: str, visibility_s: float, max_receives: int) -> SimQueue:
        return SimQueue(
            name,
            self.scheduler,
            self.faults,
            visibility_s=visibility_s,
            max_receives=max_receives,
            doubles=0.01,
        )
