"""What happened when, in at most `MOST` steps of equal length: memory stays flat for any run.

When time runs past the last step, neighbours are added together and a step covers twice the time.
"""

from typing import Final

MOST: Final = 512
FINEST: Final = 1 / 16
"""Seconds of a step at first; a power of two, so that doubling is exact."""

EVENTS = ("arrived", "started", "unread", "read", "taken", "stored", "refused", "unwritten")
"""Counts of receipts: put on the receipt queue, taken off it, deleted there by its retention; put
on the write queue, taken off it, committed, refused by the database, deleted by its retention."""


class Timeline:
    """Counts of receipts by step, and the age of what was taken off each queue."""

    def __init__(self) -> None:
        self.step = FINEST
        self.counts = {event: [0] * MOST for event in EVENTS}
        # Of the first receipt taken in a step: when it had been put on the queue. -1: none taken.
        self.heads = {"started": [-1.0] * MOST, "taken": [-1.0] * MOST}
        self.last = 0

    def index(self, seconds: float) -> int:
        """The step that `seconds` falls into, after making room for it."""
        index = int(seconds / self.step)
        while index >= MOST:
            self._halve()
            index = int(seconds / self.step)
        self.last = max(self.last, index)
        return index

    def add(self, event: str, seconds: float, receipts: int) -> None:
        """Count `receipts` at `seconds`."""
        self.counts[event][self.index(seconds)] += receipts

    def take(self, event: str, seconds: float, receipts: int, put_at: float) -> None:
        """Count `receipts` taken off a queue; the oldest of them was put there at `put_at`."""
        index = self.index(seconds)
        self.counts[event][index] += receipts
        heads = self.heads[event]
        if heads[index] < 0:
            heads[index] = put_at

    def _halve(self) -> None:
        self.step *= 2
        self.last //= 2
        empty = MOST // 2
        for event, steps in self.counts.items():
            pairs = zip(steps[::2], steps[1::2], strict=True)
            self.counts[event] = [first + second for first, second in pairs] + [0] * empty
        for event, heads in self.heads.items():
            halves = zip(heads[::2], heads[1::2], strict=True)
            kept = [first if first >= 0 else second for first, second in halves]
            self.heads[event] = kept + [-1.0] * empty

    def depth(self, put: str, *taken: str) -> list[int]:
        """Receipts that were `put` and not yet `taken`, at the end of each step."""
        depth, depths = 0, []
        for step in range(self.last + 1):
            depth += self.counts[put][step] - sum(self.counts[event][step] for event in taken)
            depths.append(depth)
        return depths

    def age(self, event: str) -> list[float]:
        """Age (s) of the oldest receipt on the queue that `event` empties, at each step's end."""
        ages = [0.0] * (self.last + 1)
        head = -1.0
        for step in range(self.last, -1, -1):
            # The head at a step's end is the first that a later step takes.
            if head >= 0:
                ages[step] = max(0.0, (step + 1) * self.step - head)
            head = self.heads[event][step] if self.heads[event][step] >= 0 else head
        return ages

    def rate(self, event: str) -> list[float]:
        """Receipts a second, over each step but never over less than a second."""
        wide = max(1, round(1 / self.step))
        counts = self.counts[event]
        rates = []
        for step in range(self.last + 1):
            first = step - step % wide
            rates.append(sum(counts[first : first + wide]) / (wide * self.step))
        return rates
