"""The parts of one simulated run, wired; the real stages get them as their ports."""

import datetime as dt
from collections.abc import Mapping
from typing import cast

from msgspec import Struct, field

from diagram_check.template import read_template
from lab.prove.simulation.database import IDLE_SESSION_TIMEOUT_S, SimDatabase
from lab.prove.simulation.faults import Faults
from lab.prove.simulation.knobs import CHANCES, Knob
from lab.prove.simulation.queues import SimDeadLetters, SimQueue
from lab.prove.simulation.scheduler import Actor, Scheduler
from lab.prove.simulation.store import SimLedger, SimObjects, SimSeenImages, SimVotes
from lab.support.paths import TEMPLATE
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
LONG_OUTAGE_S = 14_400.0
"""How long the database may be there and refuse every write."""


class Overrides(Struct, frozen=True, kw_only=True):
    """Settings that a deliberate bug changes; the defaults are as deployed.

    Attributes:
        receipt_visibility_s: the receipt queue's visibility timeout in seconds.
        receipt_max_receives: the receipt queue's maxReceiveCount.
        has_unique_key: whether the inbox has its unique key.
        ignores_all_conflicts: whether ON CONFLICT names no key, and hides every unique key.
        expects_once: whether the expected number is written under its condition.
        role_is_durable: whether the agent's role commits synchronously.
        checks_session: whether the agent refuses a session that is pooled or not durable.
        idle_session_timeout_s: when the server ends a silent session, in seconds.
        raises_if_some_refused: whether the SQS adapter raises where some of a batch are refused.
        chances: of each knob; see `knobs.CHANCES`.
    """

    receipt_visibility_s: float = float(DEPLOYED.value("ReceiptQueue", "VisibilityTimeout"))
    receipt_max_receives: int = DEPLOYED.max_receives("ReceiptQueue")
    has_unique_key: bool = True
    ignores_all_conflicts: bool = False
    expects_once: bool = True
    role_is_durable: bool = True
    checks_session: bool = True
    idle_session_timeout_s: float = IDLE_SESSION_TIMEOUT_S
    raises_if_some_refused: bool = True
    chances: Mapping[Knob, float] = field(default_factory=lambda: CHANCES)


class World:
    """One run: its parts, its customers and what must be stored in the end."""

    def __init__(self, seed: int, overrides: Overrides) -> None:
        """`seed` decides everything that is random."""
        self.scheduler = Scheduler(seed)
        rng = self.scheduler.random
        self.clock_skew = dt.timedelta()
        self.calendar = dt.timedelta()
        self.overrides = overrides
        self.faults = Faults(
            self.scheduler, rng.choice([0.0, 0.01, 0.03, 0.08]), FAULTS_END_S, overrides.chances
        )
        self.objects = SimObjects(self.faults, self.true_time)
        self.ledger = SimLedger(self.faults)
        self.ledger.expects_once = overrides.expects_once
        self.seen_images = SimSeenImages(self.faults)
        self.votes = SimVotes(self.faults)
        self.database = SimDatabase(self.scheduler, self.faults)
        self.database.has_unique_key = overrides.has_unique_key
        self.database.ignores_all_conflicts = overrides.ignores_all_conflicts
        self.database.role_is_durable = overrides.role_is_durable
        self.database.checks_session = overrides.checks_session
        self.database.idle_session_timeout_s = overrides.idle_session_timeout_s
        self.uploads = self._queue("UploadQueue")
        self.receipts = self._queue("ReceiptQueue")
        self.receipts.visibility_s = overrides.receipt_visibility_s
        self.receipts.max_receives = overrides.receipt_max_receives
        self.results = self._queue("WriteQueue")
        for queue in self.queues:
            queue.raises_if_some_refused = overrides.raises_if_some_refused
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
        self.customers = self.busy_customers = rng.randint(3, 6)
        self.agents: list[Actor] = []
        self.agents_known_version = 1
        self.good: set[tuple[str, int]] = set()
        """Receipts that must be stored, as (batch id, index)."""
        self.archived: dict[str, set[int]] = {}
        """How many entries the archives have that were uploaded for a batch."""
        self.lost_by_database: set[tuple[str, int]] = set()
        """Receipts that had a row, until a crash, a restore or a failover."""
        self.waits_for_operators = False
        """Whether something is lost on the way that only reconcile, or an audit, can bring back."""

    def clock(self) -> dt.datetime:
        """The wall clock, which may jump."""
        return self.true_time() + self.clock_skew

    def true_time(self) -> dt.datetime:
        """The time as AWS has it."""
        return START + dt.timedelta(seconds=self.scheduler.now) + self.calendar

    def let_days_pass(self, days: float) -> list[str]:
        """Advance the calendar while nobody works; answers what the queues dropped meanwhile."""
        self.calendar += dt.timedelta(days=days)
        return [body for queue in self.queues for body in queue.expire()]

    @property
    def queues(self) -> tuple[SimQueue, SimQueue, SimQueue]:
        """Those between the stages, in their order."""
        return self.uploads, self.receipts, self.results

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
        return not self.busy_customers and not any(queue.messages for queue in self.queues)

    def _queue(self, name: str) -> SimQueue:
        return SimQueue(
            name,
            self.scheduler,
            self.faults,
            visibility_s=float(DEPLOYED.value(name, "VisibilityTimeout")),
            max_receives=DEPLOYED.max_receives(name),
            duplicate_chance=0.01,
            retention=dt.timedelta(days=DEPLOYED.retention_days(name)),
            clock=self.true_time,
        )
