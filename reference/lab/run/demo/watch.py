"""Shows the progress of a batch until every receipt is settled."""

import subprocess
import time
from collections import deque

from rich.console import Console, Group
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.text import Text

from commands.sending.service import Service
from lab.run.local.system import QUEUES, LocalSystem
from lab.support.errors import LabError
from receipts.report_batch import Report

RATE_WINDOW_S = 15.0
"""Rates and the time left come from this last stretch of time."""

STALLED_AFTER_S = 600.0
"""Longer than a receipt stays invisible after its reader died (six times its timeout)."""


class StalledError(LabError):
    """The batch makes no progress; the text says where its receipts are, or why."""


class _Rate:
    """How fast a count grows, over a sliding window."""

    def __init__(self) -> None:
        self._samples: deque[tuple[float, int]] = deque()

    def add(self, now: float, count: int) -> float:
        """Add a count; answers its growth a second."""
        self._samples.append((now, count))
        while now - self._samples[0][0] > RATE_WINDOW_S:
            self._samples.popleft()
        first, before = self._samples[0]
        return (count - before) / (now - first) if now > first else 0.0


def watch(
    system: LocalSystem,
    agent: subprocess.Popen[bytes],
    service: Service,
    batch_id: str,
    console: Console,
    poll_s: float = 1.0,
) -> Report:
    """Poll until the batch is settled; answers the last report. Raises `StalledError`."""
    bars = Progress(
        TextColumn("{task.description:>8}"),
        BarColumn(bar_width=40),
        MofNCompleteColumn(),
        TextColumn("{task.fields[note]}"),
        console=console,
    )
    read, stored = (bars.add_task(name, total=None, note="") for name in ("read", "stored"))
    read_rate, stored_rate = _Rate(), _Rate()
    changed_at, last = time.monotonic(), None
    with Live(console=console, refresh_per_second=4) as live:
        while True:
            now = time.monotonic()
            report = service.report(batch_id)
            counts = report.counts
            done = counts.stored + counts.rejected + counts.dead_lettered
            rate = read_rate.add(now, counts.read + done)
            rows = stored_rate.add(now, counts.stored)
            left = f", {counts.waiting / rate:.0f} s left" if rate and counts.waiting else ""
            bars.update(
                read,
                total=report.expected,
                completed=counts.read + done,
                note=f"{rate:.1f} receipts/s{left}",
            )
            bars.update(stored, total=report.expected, completed=done, note=f"{rows:.1f} rows/s")
            depths = ", ".join(f"{name} {system.depth(url)}" for name, url in QUEUES.items())
            live.update(Group(bars, Text(f"   queues {depths}\n", style="dim")))
            if report.settled:
                return report
            if agent.poll() is not None:
                log = system.agent_log.read_text(errors="replace")[-2000:]
                raise StalledError(f"the agent ended by itself. Its log ends:\n{log}")
            if counts != last:
                changed_at, last = now, counts
            elif now - changed_at > STALLED_AFTER_S:
                raise StalledError(
                    f"nothing moved for {STALLED_AFTER_S:.0f} s: {counts}; queues: {depths}"
                )
            time.sleep(poll_s)
