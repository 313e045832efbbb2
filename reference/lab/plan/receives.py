"""How often a message is received in vain, and when it has been received too often.

What fails becomes visible again after the visibility timeout V and waits for its turn among N. So
a message is received once a round, and a round takes max(V, N·f/(W·B)): W writers that try, B
messages a try, f seconds a try. One clock counts the rounds for all messages: each is dead-lettered
at a reading of that clock that is known when it is put (its `due`).

A message put while all get their turn at once is received the first time then, and once too often
`max_receives` rounds later. Where there is a queue it waits for its first turn, up to a round more.
"""

from lab.plan.backlog import Backlog
from lab.plan.settings import Settings
from lab.plan.timeline import Timeline


class Receives:
    """The clock of rounds of a mapping's queue; other writers receive only what they can write."""

    def __init__(self, settings: Settings, timeline: Timeline, backlog: Backlog) -> None:
        self._settings = settings
        self._timeline = timeline
        self._backlog = backlog
        # Pollers take more than a reserved concurrency lets run; what is throttled comes again.
        self._always = settings.writer == "reserved"
        self._a_second = settings.trying * settings.write_batch / settings.failing_try_seconds
        self._rounds = 0.0
        self._round_ends = 0.0
        self._round_seconds = settings.visibility_seconds
        self._now = 0.0
        self._down = False
        self.most = 0.0
        self.in_vain = 0.0
        self.dead = 0
        self.first_dead: float | None = None

    def due(self, receipts: int) -> float:
        """When receipts that are put now will have been received too often."""
        waiting = self._backlog.count + receipts
        first_turn = 0.0
        if self._down:
            first_turn = 1 - self._settings.visibility_seconds / self._round(waiting)
        return self._rounds + self._settings.max_receives + first_turn

    def go_on(self, seconds: float, outages: list[tuple[float, float]]) -> None:
        """Receive in vain until `seconds`, while the link is down or more is taken than may run."""
        spans = [(0.0, seconds)] if self._always else outages
        for begin, end in spans:
            down_from, down_to = max(begin, self._now), min(end, seconds)
            if down_from < down_to:
                if not self._down:
                    self._round_ends = self._rounds
                self._receive(down_from, down_to)
            self._down = begin <= seconds < end or self._always
            if self._down:
                break
        self._now = max(self._now, seconds)

    def _round(self, waiting: int) -> float:
        visibility = self._settings.visibility_seconds
        return visibility if self._always else max(visibility, waiting / self._a_second)

    def _receive(self, now: float, until: float) -> None:
        backlog = self._backlog
        if not backlog.count:
            self._round_ends = self._rounds
        while now < until and backlog.count:
            if self._rounds >= self._round_ends:
                self._round_seconds = self._round(backlog.count)
                self._round_ends = self._rounds + 1
            stop = min(self._round_ends, backlog.due)
            at = now + max(0.0, stop - self._rounds) * self._round_seconds
            if at > until:
                self._rounds += (until - now) / self._round_seconds
                at = until
            else:
                self._rounds = max(self._rounds, stop)
            tries = (at - now) * backlog.count / self._round_seconds
            self.in_vain += tries
            self._timeline.refuse(now, at, tries)
            self._timeline.want(at, self._settings.trying)
            used = self._settings.max_receives - (backlog.due - self._rounds) + 1
            self.most = max(self.most, min(used, self._settings.max_receives))
            now = at
            if backlog.due <= self._rounds:
                self._give_up(now)

    def _give_up(self, now: float) -> None:
        if self.first_dead is None:
            self.first_dead = now
        put_at = self._backlog.oldest
        receipts = self._backlog.drop()
        self.dead += receipts
        self._timeline.results.take(now, receipts, put_at)
        self._timeline.lose(now, receipts)
