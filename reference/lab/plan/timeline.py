"""A run over time, in at most `MAX_STEPS` steps of equal length: bounded memory for any run.

When time passes the last step, neighbours are joined and each step covers twice the time.
"""

import operator
from collections.abc import Callable
from typing import Final

MAX_STEPS: Final = 512
FINEST_STEP_S: Final = 1 / 16
"""The first length of a step; a power of two, so that doubling is exact."""

NONE: Final = -1.0
"""The value of a step in which nothing happened."""


def earlier(first: float, second: float) -> float:
    """The value of the first step, or of the second if that has none."""
    return first if first != NONE else second


def later(first: float, second: float) -> float:
    """The value of the second step, or of the first if that has none."""
    return second if second != NONE else first


class Track:
    """One value for each step; `join` combines the values of two neighbours."""

    def __init__(self, join: Callable[[float, float], float], empty: float = NONE) -> None:
        self.steps = [empty] * MAX_STEPS
        self._join = join
        self._empty = empty

    def double(self) -> None:
        """Join neighbouring steps."""
        joined = map(self._join, self.steps[::2], self.steps[1::2])
        self.steps = [*joined, *[self._empty] * (MAX_STEPS // 2)]


class Queue:
    """A queue over time: its exact depth, and the age of its oldest message by step."""

    def __init__(self, timeline: "Timeline") -> None:
        self._timeline = timeline
        self._now = 0.0
        self.depth = 0
        self.peak = 0
        self.highest = timeline.track(max)
        self.last = timeline.track(later)
        self.head = timeline.track(earlier)

    def put(self, seconds: float, receipts: int) -> None:
        """Record receipts put on the queue; `seconds` never decreases."""
        if seconds > self._now:
            self.settle(seconds)
        self.depth += receipts

    def take(self, seconds: float, receipts: int, put_at: float) -> None:
        """Record receipts taken; the oldest was put at `put_at`."""
        if seconds > self._now:
            self.settle(seconds)
        self.depth -= receipts
        index = self._timeline.index(seconds)
        if self.head.steps[index] == NONE:
            self.head.steps[index] = put_at

    def settle(self, seconds: float) -> None:
        """Record the depth at the end of an instant: what came and went within it never waited."""
        index = self._timeline.index(self._now)
        self.last.steps[index] = self.depth
        if self.depth > self.highest.steps[index]:
            self.highest.steps[index] = self.depth
            self.peak = max(self.peak, self.depth)
        self._now = seconds

    def depths(self, steps: int) -> list[int]:
        """The greatest depth in each step."""
        depths, before = [], 0.0
        for high, end in zip(self.highest.steps[:steps], self.last.steps, strict=False):
            depths.append(int(max(before, high)))
            before = end if end != NONE else before
        return depths

    def ages(self, steps: int) -> list[float]:
        """The oldest message's age in seconds, at the end of each step."""
        ages, head = [0.0] * steps, NONE
        for step in range(steps - 1, -1, -1):
            # The oldest message at a step's end is the first that a later step takes.
            if head != NONE:
                ages[step] = max(0.0, (step + 1) * self._timeline.step - head)
            head = earlier(self.head.steps[step], head)
        return ages


class Timeline:
    """The steps, and all tracks on them."""

    def __init__(self, start_hour: float = 0.0) -> None:
        self._start_hour = start_hour
        self.step = FINEST_STEP_S
        self.last = 0.0
        self._tracks: list[Track] = []
        self.receipts = Queue(self)
        self.results = Queue(self)
        self.read = self.track(operator.add, empty=0.0)
        self.written = self.track(operator.add, empty=0.0)
        self.offered = self.track(max, empty=0.0)
        self.connections = self.track(max, empty=0.0)
        self.refused = self.track(operator.add, empty=0.0)
        self.lost = self.track(operator.add, empty=0.0)
        self._second, self._rows = 0, 0
        self.busiest_seconds = [0] * 24
        """Rows offered in the busiest clock second of each hour of the day."""

    def track(self, join: Callable[[float, float], float], *, empty: float = NONE) -> Track:
        """A new track on these steps."""
        self._tracks.append(Track(join, empty))
        return self._tracks[-1]

    def index(self, seconds: float) -> int:
        """The step that has `seconds`, after making room for it."""
        if seconds > self.last:
            self.last = seconds
            while seconds >= self.step * MAX_STEPS:
                self.step *= 2
                for track in self._tracks:
                    track.double()
        return int(seconds / self.step)

    @property
    def steps(self) -> int:
        """The number of steps up to the last event."""
        return int(self.last / self.step) + 1

    def want(self, seconds: float, connections: int) -> None:
        """Record connections to the database, held or wanted."""
        index = self.index(seconds)
        self.connections.steps[index] = max(self.connections.steps[index], connections)

    def refuse(self, begin: float, end: float, tries: float) -> None:
        """Record tries in vain, evenly from `begin` to `end`."""
        last, first = self.index(end), int(begin / self.step)
        if first == last:
            self.refused.steps[last] += tries
            return
        rate = tries / (end - begin)
        for index in range(first, last + 1):
            within = min(end, (index + 1) * self.step) - max(begin, index * self.step)
            self.refused.steps[index] += within * rate

    def lose(self, seconds: float, receipts: int) -> None:
        """Record receipts that nothing will store any more."""
        self.lost.steps[self.index(seconds)] += receipts

    def close(self) -> None:
        """End the last instant."""
        for queue in (self.receipts, self.results):
            queue.settle(self.last)

    def offer(self, seconds: float, rows: int) -> None:
        """Record rows offered to the database, and each step's busiest clock second."""
        index = self.index(seconds)
        self.written.steps[index] += rows
        second = int(seconds)
        if second != self._second:
            self._second, self._rows = second, 0
        self._rows += rows
        hour = int((self._start_hour + second / 3600) % 24)
        self.busiest_seconds[hour] = max(self.busiest_seconds[hour], self._rows)
        # Steps shorter than a second share that second's rows.
        index = self.index(float(second))
        self.offered.steps[index] = max(self.offered.steps[index], self._rows)
