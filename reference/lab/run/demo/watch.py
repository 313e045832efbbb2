"""Shows the progress of a batch until every receipt is settled."""

import time
from collections.abc import Callable, Iterator

from rich.console import Console, Group
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn
from rich.text import Text

from lab.run.demo.client import Client
from lab.run.live.frame import Frame
from lab.run.live.observe import Rate
from lab.run.local.settling import STALLED_AFTER_S, StalledError


class _Bar:
    """A bar with its rate: of the last seconds while it grows, the mean once it is full."""

    def __init__(self, bars: Progress, name: str, unit: str) -> None:
        self._bars, self._unit = bars, unit
        self._task: TaskID = bars.add_task(name, total=None, note="")
        self._rate = Rate()
        self._began: float | None = None
        self._mean: str | None = None

    def update(self, now: float, done: int, total: int | None, left: int = 0) -> None:
        rate = self._rate.add(now, done)
        if self._began is None and done:
            self._began = now
        note = f"{rate:.1f} {self._unit}"
        if rate and left:
            note += f", {left / rate:.0f} s left"
        if total and done == total and self._began is not None:
            took = max(now - self._began, 1.0)  # it is looked at once a second
            self._mean = self._mean or f"{total / took:.1f} {self._unit} on average"
            note = self._mean
        else:
            self._mean = None  # more was sent meanwhile
        self._bars.update(self._task, total=total, completed=done, note=note)


class Screen:
    """The bars, and below them what waits and how the client's database is."""

    def __init__(self, console: Console) -> None:
        """To be shown on this console."""
        self._bars = Progress(
            TextColumn("{task.description:>8}"),
            BarColumn(bar_width=30),
            MofNCompleteColumn(),
            TextColumn("{task.fields[note]}"),
            console=console,
        )
        self._read = _Bar(self._bars, "read", "receipts/s")
        self._stored = _Bar(self._bars, "stored", "rows/s")

    def show(self, frame: Frame) -> Group:
        """What the screen looks like with this frame."""
        done = frame.stored + frame.rejected + frame.dead
        unread = frame.waiting + frame.reading
        self._read.update(frame.at, frame.read + done, frame.expected, unread)
        self._stored.update(frame.at, done, frame.expected)
        return Group(
            self._bars,
            Text(f"{'queues':>8} {_queues(frame)}", style="dim"),
            Text(f"{'database':>8} {_database(frame)}\n", style="dim"),
        )


def _queues(frame: Frame) -> str:
    names = ("upload-queue", "receipt-queue", "write-queue")
    depths = ", ".join(f"{name.partition('-')[0]} {frame.queues.get(name, 0)}" for name in names)
    oldest = f", oldest result {frame.unwritten_age} s" if frame.unwritten_age else ""
    return f"{depths}{oldest}; the client allows {frame.ceiling:g} rows/s"


def _database(frame: Frame) -> str:
    app = "…" if frame.app_p95_ms is None else f"{frame.app_p95_ms:.0f} ms"
    failed = f", {frame.app_failed} of its calls failed" if frame.app_failed else ""
    if frame.connections is None:
        return f"away; expenses app p95 {app}{failed}"
    return f"{frame.connections} of {frame.limit} connections; expenses app p95 {app}{failed}"


def watch(
    frames: Iterator[Frame],
    client: Client | None,
    console: Console,
    excused: Callable[[], bool] = lambda: False,
) -> Frame:
    """Show frames until all is settled; answers the last one. Raises `StalledError`.

    A `client` changes the ceiling meanwhile. While it is `excused`, because somebody broke
    something, no progress is no failure.
    """
    screen = Screen(console)
    moved_at, last = 0.0, None
    with Live(console=console, refresh_per_second=4) as live:
        for frame in frames:
            live.update(screen.show(frame))
            for line in frame.said:
                console.print(line, markup=False, highlight=False)
            if frame.verdict:
                return frame
            if client:
                client.look(frame)
            counts = (frame.expected, frame.stored, frame.read, frame.rejected, frame.dead)
            if counts != last or excused():
                moved_at, last = frame.at, counts
            elif frame.at - moved_at > STALLED_AFTER_S:
                raise StalledError(
                    f"nothing moved for {STALLED_AFTER_S:.0f} s: {frame.stored} stored, "
                    f"{frame.read} read, {frame.waiting + frame.reading} waiting; {_queues(frame)}"
                )
    raise StalledError("nobody looked any more")


def each_second(look: Callable[[], Frame], pause_s: float = 1.0) -> Iterator[Frame]:
    """A frame a second, for as long as somebody asks."""
    while True:
        yield look()
        time.sleep(pause_s)
