"""Runs rounds: results arrive, faults come and go, everything settles, the judge looks."""

import contextlib
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import psycopg
from botocore.exceptions import BotoCoreError, ClientError
from msgspec import Struct

from lab.prove.campaign import evidence
from lab.prove.campaign.agent_faults import IDLE_SESSION_S
from lab.prove.campaign.agents import SupervisedAgent, supervised_agents
from lab.prove.campaign.injection import Injection
from lab.prove.campaign.judge import Evidence, Finding, judge
from lab.prove.campaign.schedule import LAST_START_S, PlannedFault, Schedule, fault_called
from lab.prove.campaign.windows import Ceiling, Excess, Rows, worst_excess
from lab.prove.campaign.workload import Workload, make_workload, portions
from lab.prove.drills.environment import (
    ROWS_PER_TRANSACTION,
    DrillEnvironment,
    drill_environment,
)
from lab.run.local.system import QUEUES
from receipts.aws.sqs import SqsQueue
from receipts.ledger import State

PORTIONS = 6
"""In how many parts a round's results arrive, while its faults begin."""

SETTLE_WITHIN_S = 180.0
"""From the end of the last fault: the breaker's and the stand-by's waits, a few times over."""

LOOK_S = 0.25
"""How often a round is looked at while it settles."""

SCALED_ROLE = (
    # Deployed: 45 s. As there, longer than any wait for the pace: ten rows at one a second.
    f"ALTER ROLE receipts_agent SET idle_session_timeout = '{IDLE_SESSION_S}s'",
    "ALTER ROLE receipts_agent SET deadlock_timeout = '200ms'",  # before the lock timeout of 1 s
)


class Outcome(Struct, frozen=True, kw_only=True):
    """A round: its schedule, what the judge found, and how much there was to judge.

    `noticed` counts the messages of the agents' logs.
    """

    schedule: Schedule
    findings: Sequence[Finding]
    messages: int
    rows: int
    set_aside: int
    noticed: Counter[str]
    seconds: float


class Campaign:
    """Rounds on one running system; `run` runs one."""

    def __init__(self, env: DrillEnvironment, agents: Sequence[SupervisedAgent]) -> None:
        """`agents` are running already."""
        self.commits: list[Rows] = []
        self.arrivals: list[Rows] = []
        self.ceilings: set[Ceiling] = set()
        self._env = env
        self._agents = agents
        self._stopped = threading.Event()
        self._batches: list[str] = []
        self._rows = 0
        self._log_end = 0

    @property
    def logs(self) -> Sequence[Path]:
        """The logs of the agents since the last round, that of each process."""
        return [log for agent in self._agents for log in agent.logs]

    def worst_by_commit(self) -> Excess | None:
        """The worst window of the whole campaign, by the server's commit timestamps."""
        return worst_excess(self.commits, self.ceilings)

    def worst_by_arrival(self) -> Excess | None:
        """The worst window of the whole campaign, by arrival in the server's log."""
        return worst_excess(self.arrivals, self.ceilings)

    def run(self, schedule: Schedule) -> Outcome:
        """Run a round, and judge it. Whatever it left is removed before the next one."""
        began = time.monotonic()
        self._env.restore()
        self._forget_old_logs()
        started = time.time()
        work = self._begin(schedule)
        settled, failed_faults = self._break(schedule, work)
        found = self._look(work, started, settled=settled, failed_faults=failed_faults)
        return Outcome(
            schedule=schedule,
            findings=judge(work, found, ROWS_PER_TRANSACTION),
            messages=len(work.results.messages) + len(work.foreign),
            rows=len(found.rows),
            set_aside=len(found.letters),
            noticed=evidence.noticed(self.logs, started),
            seconds=round(time.monotonic() - began, 1),
        )

    def stop(self) -> None:
        """End the round that runs, from another thread: each fault repairs what it broke."""
        self._stopped.set()

    def _begin(self, schedule: Schedule) -> Workload:
        trigger = any(one.name == "a_trigger_refuses_some_rows" for one in schedule.faults)
        work = make_workload(self._env, schedule.chance("results"), trigger=trigger)
        self._batches.append(work.results.batch_id)
        return work

    def _break(self, schedule: Schedule, work: Workload) -> tuple[bool, Sequence[str]]:
        """Inject the faults while results arrive; answers whether all settled, and what failed."""
        with ThreadPoolExecutor() as pool:
            try:
                began = time.monotonic()
                faults = [
                    pool.submit(self._inject, schedule, one, work, began) for one in schedule.faults
                ]
                self._send(work, schedule.chance("arrivals"), began)
                failed = [text for fault in faults if (text := self._failure(fault))]
                return self._settle(work), failed
            except BaseException:
                self.stop()
                raise

    def _inject(
        self, schedule: Schedule, planned: PlannedFault, work: Workload, began: float
    ) -> None:
        self._stopped.wait(max(0.0, began + planned.at_s - time.monotonic()))
        fault = Injection(
            self._env,
            self._agents,
            work.results,
            schedule.chance(planned.name),
            planned.lasts_s,
            self._stopped,
        )
        if fault.is_on:
            fault_called(planned.name)(fault)

    def _failure(self, fault: Future[None]) -> str | None:
        error = fault.exception()
        return f"{type(error).__name__}: {error}" if error else None

    def _send(self, work: Workload, chance: random.Random, began: float) -> None:
        queue = SqsQueue(self._env.outputs["WriteQueueUrl"], self._env.sqs)
        messages = work.results.messages
        for at_s, some in portions(messages, chance, count=PORTIONS, within_s=LAST_START_S):
            self._stopped.wait(max(0.0, began + at_s - time.monotonic()))
            queue.send_results(some)
        for body in work.foreign:
            self._env.send(body)

    def _settle(self, work: Workload) -> bool:
        """Wait until nothing is left to do, and both agents run."""
        deadline = time.monotonic() + SETTLE_WITHIN_S
        while time.monotonic() < deadline and not self._stopped.is_set():
            with contextlib.suppress(BotoCoreError, ClientError, psycopg.Error):
                if self._is_settled(work):
                    return True
            time.sleep(LOOK_S)
        return False

    def _is_settled(self, work: Workload) -> bool:
        if self._env.system.depth(QUEUES["write queue"]) or not all(a.is_up for a in self._agents):
            return False
        states = evidence.ledger_states(self._env, work.results.batch_id).values()
        return not {State.READ} & set(states)

    def _look(
        self, work: Workload, started: float, *, settled: bool, failed_faults: Sequence[str]
    ) -> Evidence:
        batch_id = work.results.batch_id
        rows = evidence.stored_rows(self._env, batch_id)
        before, self._rows = self._rows, evidence.count_rows(self._env)
        self.commits += evidence.commits(self._env, batch_id)
        log = self._env.system.database.log
        arrived, self._log_end = evidence.arrivals(log, self._log_end)
        self.arrivals += arrived
        for agent in self._agents:
            self.ceilings |= evidence.ceilings(agent.name, agent.logs)
        return Evidence(
            settled=settled,
            rows=rows,
            stray_rows=self._rows - before - len(rows),
            ledger=evidence.ledger_states(self._env, batch_id),
            letters=evidence.take_letters(self._env),
            left=evidence.left_on_queues(self._env),
            commits=self.commits,
            arrivals=self.arrivals,
            ceilings=sorted(self.ceilings),
            started=started,
            own_errors=evidence.own_errors(self.logs, started),
            failed_faults=failed_faults,
        )

    def _forget_old_logs(self) -> None:
        """Keep each agent's current log: what is in the others was judged."""
        for agent in self._agents:
            del agent.logs[:-1]


@contextlib.contextmanager
def running_campaign() -> Iterator[Campaign]:
    """Start everything; stop and remove it on the way out, whatever happens."""
    with drill_environment(postgres_settings=evidence.SERVER_SETTINGS) as env:
        with env.admin() as admin:
            for statement in SCALED_ROLE:
                admin.execute(statement.encode())
        with supervised_agents(env) as agents:
            yield Campaign(env, agents)
