"""The write queue's backlog, first in first out, in at most `MAX_GROUPS` groups: bounded memory.

Exact until there are more groups than that; then neighbours in time are joined. A joined group
keeps its count, its mean time, its earliest time and that one's `due`: counts and means stay exact,
ages are off by at most a thousandth of the time that the backlog spans.
"""

from collections import deque
from typing import Final

MAX_GROUPS: Final = 2048


class Backlog:
    """The waiting receipts; `put` in order of time."""

    def __init__(self) -> None:
        self.count = 0
        self._groups: deque[tuple[float, float, int, float]] = deque()
        self._grain = 0.0

    @property
    def oldest(self) -> float:
        """When the oldest receipt was put."""
        return self._groups[0][0]

    @property
    def due(self) -> float:
        """The oldest receipt's last round: see `receives`."""
        return self._groups[0][3]

    def put(self, seconds: float, receipts: int, due: float = 0.0) -> None:
        """Add receipts."""
        self.count += receipts
        self._groups.append((seconds, seconds, receipts, due))
        if self._grain:
            self._join_last()
        if len(self._groups) > MAX_GROUPS:
            self._coarsen()

    def take(self, most: int) -> tuple[int, float]:
        """Take up to `most` receipts; returns their number and the sum of their put times."""
        taken, put_sum = 0, 0.0
        while taken < most and self.count:
            first, mean, receipts, due = self._groups[0]
            part = min(receipts, most - taken)
            taken += part
            put_sum += part * mean
            self.count -= part
            if part == receipts:
                self._groups.popleft()
            else:
                self._groups[0] = (first, mean, receipts - part, due)
        return taken, put_sum

    def drop(self) -> int:
        """Remove the oldest group; returns its number of receipts."""
        _, _, receipts, _ = self._groups.popleft()
        self.count -= receipts
        return receipts

    def _coarsen(self) -> None:
        self._grain = max(
            2 * self._grain, (self._groups[-1][0] - self._groups[0][0]) / (MAX_GROUPS / 2)
        )
        groups, self._groups = self._groups, deque()
        for group in groups:
            self._groups.append(group)
            self._join_last()

    def _join_last(self) -> None:
        if len(self._groups) > 1 and self._groups[-1][0] - self._groups[-2][0] < self._grain:
            _, mean, receipts, _ = self._groups.pop()
            first, mean_before, before, due = self._groups.pop()
            together = before + receipts
            joined = (mean_before * before + mean * receipts) / together
            self._groups.append((first, joined, together, due))
