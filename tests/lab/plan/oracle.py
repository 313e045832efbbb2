"""The oracle: the same path as an event calendar in SimPy, written without the model's recurrence.

It knows pollers, a queue, an agent and a clock, and is slow; the model must agree with it.
"""

from collections import deque
from collections.abc import Generator
from itertools import groupby
from operator import itemgetter
from typing import Any

import simpy

from lab.plan import write_windows
from lab.plan.arrivals import HOUR, requests
from lab.plan.durations import draws
from lab.plan.facts import KEEP_WARM
from lab.plan.parameters import DAY
from lab.plan.settings import Settings
from receipts.agent.writer import MAX_AHEAD, MAX_UNMARKED

Steps = Generator[simpy.Event, Any, None]


class Oracle:
    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.env = simpy.Environment()
        self.seconds_of = draws(settings.read_shape, settings.read_seconds)
        self.receipts: deque[float] = deque()
        self.results: deque[float] = deque()
        self.running = 0
        self.slots = settings.ramp.start
        self.opened = 0.0
        self.backlog_since = 0.0
        self.environments = settings.warm
        self.invoked = False
        self.last_end = 0.0
        self.idle = simpy.Container(self.env, init=self.connections(settings))
        self.arrived = self.env.event()
        self.changed = self.env.event()
        self.read_waits: list[float] = []
        self.write_waits: list[float] = []
        self.receipt_depths: dict[float, int] = {}
        self.result_depths: dict[float, int] = {}
        self.peak_concurrency = 0
        self.cold_starts = 0
        self.read_done = self.completion = 0.0
        self.edges = self.openings_and_closings() if settings.windows or settings.outages else []

    @staticmethod
    def connections(settings: Settings) -> int:
        return max(settings.connections, 2) if settings.writer == "lambda" else settings.connections

    def run(self) -> "Oracle":
        self.env.process(self.customers())
        self.env.process(self.scaling())
        self.env.process(self.agent())
        self.env.run()
        return self

    def notify(self) -> None:
        self.changed, event = self.env.event(), self.changed
        event.succeed()

    def customers(self) -> Steps:
        for seconds, together in groupby(requests(self.settings), key=itemgetter(0)):
            count = sum(receipts for _, receipts in together)
            yield self.env.timeout(seconds - self.env.now)
            if not self.running and not self.receipts:
                self.slots = self.settings.ramp.start
                if self.invoked and self.env.now - self.last_end > KEEP_WARM.value:
                    self.environments = 0
            if not self.receipts:
                self.backlog_since = self.env.now
            self.receipts.extend([self.env.now] * count)
            self.start_what_may_start()
            self.notify()

    def start_what_may_start(self) -> None:
        self.receipt_depths[self.env.now] = len(self.receipts)
        while self.receipts and self.running < self.slots:
            batch = min(self.settings.read_batch, len(self.receipts))
            for _ in range(batch):
                self.read_waits.append(self.env.now - self.receipts.popleft())
            self.receipt_depths[self.env.now] = len(self.receipts)
            self.running += 1
            self.peak_concurrency = max(self.peak_concurrency, self.running)
            seconds = sum(next(self.seconds_of) for _ in range(batch))
            self.invoked = True
            if self.running > self.environments:
                self.environments = self.running
                self.cold_starts += 1
                seconds += self.settings.init_seconds
            self.env.process(self.invocation(batch, seconds))

    def invocation(self, batch: int, seconds: float) -> Steps:
        yield self.env.timeout(seconds)
        self.running -= 1
        self.last_end = self.read_done = self.env.now
        self.results.extend([self.env.now] * batch)
        self.result_depths[self.env.now] = len(self.results)
        self.arrived, event = self.env.event(), self.arrived
        event.succeed()
        self.start_what_may_start()
        self.notify()

    def scaling(self) -> Steps:
        curve = self.settings.ramp
        while True:
            if self.receipts and self.slots < curve.ceiling:
                opening = max(self.opened, self.backlog_since) + 1 / curve.per_second
                changed = self.changed
                yield self.env.timeout(max(0.0, opening - self.env.now)) | changed
                if self.receipts and not changed.triggered:
                    self.slots += 1
                    self.opened = opening
                    self.start_what_may_start()
            else:
                yield self.changed

    def agent(self) -> Steps:
        settings = self.settings
        while True:
            while not self.results:
                yield self.arrived
            yield self.idle.get(1)
            yield self.env.timeout(0)  # all that happens at this moment has happened
            now = self.env.now
            while (rate := self.rate_at(now)) <= 0:
                now = self.next_edge(now)
                yield self.env.timeout(now - self.env.now)
            batch = min(settings.write_batch, len(self.results))
            for _ in range(batch):
                self.write_waits.append(self.env.now - self.results.popleft())
            self.result_depths[self.env.now] = len(self.results)
            took = (settings.round_trip_ms + batch * settings.row_ms) / 1000
            self.env.process(self.transaction(took))
            far = settings.aws_round_trip_ms / 1000
            if settings.writer == "agent":  # charged at the answer; AWS is asked beside
                yield self.env.timeout(
                    max(took + max(batch / rate, far / MAX_AHEAD), 2 * far / MAX_UNMARKED)
                )
            else:
                yield self.env.timeout(batch / rate)

    def transaction(self, took: float) -> Steps:
        yield self.env.timeout(took)
        self.completion = self.env.now
        self.idle.put(1)

    def openings_and_closings(self) -> list[float]:
        settings = self.settings
        marks = set()
        for window in settings.windows:
            for hour in (window.start_hour, window.end_hour):
                marks |= {(24 * day + hour - settings.start_hour) * HOUR for day in range(30)}
        for outage in settings.outages:
            marks.add((outage.after_hours + outage.hours) * HOUR)
        return sorted(marks)

    def next_edge(self, seconds: float) -> float:
        # A millionth later: on the edge itself, rounding may still say "shut".
        return next(edge for edge in self.edges if edge > seconds) + 1e-6

    def rate_at(self, seconds: float) -> float:
        settings = self.settings
        for outage in settings.outages:
            if outage.after_hours * HOUR <= seconds < (outage.after_hours + outage.hours) * HOUR:
                return 0.0
        hour = (settings.start_hour * HOUR + seconds) % DAY / HOUR
        if settings.windows and not any(window.contains(hour) for window in settings.windows):
            return 0.0
        if settings.writer != "agent":
            return 1e9
        safe = write_windows.safe_rate(settings, int(hour))
        return min(settings.rate, safe) if settings.yields else settings.rate
