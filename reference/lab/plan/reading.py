"""From the receipt queue to the write queue: the recurrence over invocations.

An invocation starts at the earliest of: its receipt arrives at a free slot, the ramp opens a slot,
another invocation ends. The ends are kept in a heap that is never longer than the concurrency; they
leave it in order of time, so the write queue's arrivals come out sorted and nothing else is stored.
"""

import math
from collections.abc import Iterator
from heapq import heappop, heappush

from lab.plan import facts, fanout
from lab.plan.arrivals import requests
from lab.plan.durations import draws
from lab.plan.parameters import DAY
from lab.plan.settings import Settings
from lab.plan.timeline import Timeline

Read = tuple[float, int, int]
"""When results are ready (s), how many, and how many invocations ran when theirs began."""


class Slots:
    """The running invocations, under a ramp that grows only while receipts wait."""

    def __init__(self, curve: fanout.Ramp, warm: int) -> None:
        self._curve = curve
        self._open = curve.start
        self._opened = 0.0
        self._backlog_since = 0.0
        self._last_start = -1.0
        self._last_end = 0.0
        self._environments = warm
        self._ends: list[Read] = []
        self.ended: list[Read] = []
        self.peak = 0

    def start(self, arrival: float) -> float:
        """When the oldest waiting receipt starts; invocations that end by then move to `ended`."""
        if arrival > self._last_start:
            self._backlog_since = arrival
            self._end(arrival)
            if not self._ends:
                self._idle(arrival - self._last_end)
        if len(self._ends) < self._open:
            # Not before the receipt ahead of it: several may have ended at the same time.
            self._last_start = max(arrival, self._last_start)
            return self._last_start
        first_end = self._ends[0][0]
        opening = math.inf
        if self._open < self._curve.ceiling:
            opening = max(self._opened, self._backlog_since) + 1 / self._curve.per_second
        if opening < first_end:
            self._open += 1
            self._opened = opening
            self._last_start = opening
        else:
            self._last_start = first_end
            self._end(first_end)
        return self._last_start

    def begin(self, end: float, receipts: int, init_seconds: float) -> bool:
        """Start an invocation; returns whether it is a cold start, which makes it end later."""
        running = len(self._ends) + 1
        cold = running > self._environments
        if cold:
            self._environments = running
            end += init_seconds
        self.peak = max(self.peak, running)
        heappush(self._ends, (end, receipts, running))
        return cold

    def end_all(self) -> list[Read]:
        """End all running invocations; returns them in order of time."""
        self._end(math.inf)
        return self.ended

    def _end(self, seconds: float) -> None:
        ends = self._ends
        while ends and ends[0][0] <= seconds:
            self.ended.append(heappop(ends))
            self._last_end = self.ended[-1][0]

    def _idle(self, seconds: float) -> None:
        # How fast a mapping scales down is undocumented; assume the worst case, at once.
        self._open = self._curve.start
        if seconds > facts.KEEP_WARM.value and self.peak:
            self._environments = 0


class Reading:
    """The read stage; its counts are complete once `results` is exhausted."""

    def __init__(self, settings: Settings, timeline: Timeline) -> None:
        self._settings = settings
        self._timeline = timeline
        self.waited = 0.0
        self.longest_wait = 0.0
        self.longest_invocation = 0.0
        self.billed_seconds = 0.0
        self.invocations = 0
        self.cold_starts = 0
        self.peak_concurrency = 0
        self.expired = 0
        self.last_arrival = 0.0
        self.done = 0.0
        self._to_come = requests(settings)
        self._next_on_queue = next(self._to_come)

    def results(self) -> Iterator[Read]:
        """The results in order of time."""
        settings, timeline = self._settings, self._timeline
        slots = Slots(settings.ramp, settings.warm)
        times = draws(settings.read_shape, settings.read_seconds)
        retention = settings.read_retention_days * DAY
        most, init_seconds = settings.read_batch, settings.init_seconds
        coming = requests(settings)
        arrival, waiting = self._next(coming)
        while waiting:
            start = slots.start(arrival)
            if slots.ended:
                yield from self._noted(slots.ended)
                slots.ended.clear()
            self._put_until(start)
            if start - arrival > retention:
                self.longest_wait = retention
                self.expired += waiting
                timeline.receipts.take(start, waiting, arrival)
                timeline.lose(start, waiting)
                arrival, waiting = self._next(coming)
                continue
            oldest, receipts, seconds = arrival, 0, 0.0
            self.longest_wait = max(self.longest_wait, start - oldest)
            while waiting and arrival <= start and receipts < most:
                self.waited += start - arrival
                seconds += next(times)
                receipts += 1
                waiting -= 1
                if not waiting:
                    arrival, waiting = self._next(coming)
            timeline.receipts.take(start, receipts, oldest)
            self.invocations += 1
            self.billed_seconds += seconds
            self.longest_invocation = max(self.longest_invocation, seconds)
            if slots.begin(start + seconds, receipts, init_seconds):
                self.cold_starts += 1
                self.billed_seconds += init_seconds
        self.peak_concurrency = slots.peak
        yield from self._noted(slots.end_all())

    def _next(self, coming: Iterator[tuple[float, int]]) -> tuple[float, int]:
        """The next request's arrival and receipts; 0 receipts after the last."""
        arrival, receipts = next(coming, (self.last_arrival, 0))
        self.last_arrival = arrival
        return arrival, receipts

    def _put_until(self, seconds: float) -> None:
        """Put all requests that arrive by `seconds` on the queue."""
        arrival, receipts = self._next_on_queue
        while arrival <= seconds:
            self._timeline.receipts.put(arrival, receipts)
            arrival, receipts = next(self._to_come, (math.inf, 0))
        self._next_on_queue = arrival, receipts

    def _noted(self, ended: list[Read]) -> Iterator[Read]:
        for read in ended:
            self.done = read[0]
            index = self._timeline.index(read[0])
            self._timeline.read.steps[index] += read[1]
            yield read
