"""What the page's connections share: the last frames, and every receipt's state. Bounded."""

import threading
from collections import deque
from collections.abc import Sequence

from msgspec import Struct

from lab.run.live.frame import WAITING, Frame

KEPT_FRAMES = 300
"""Five minutes: what a page that opens late draws its curves from."""

KEPT_LINES = 100


class Hello(Struct, frozen=True, kw_only=True):
    """What a page needs before the next frame: `states` has a letter for each receipt.

    `said` are the last lines, each with the seconds at which it was said.
    """

    states: str
    frames: Sequence[Frame]
    said: Sequence[tuple[float, str]]


class Hub:
    """Frames go in at one side, once a second; each connection asks for those it hasn't had."""

    def __init__(self) -> None:
        """Nothing has happened yet."""
        self._lock = threading.Lock()
        self._frames: deque[Frame] = deque(maxlen=KEPT_FRAMES)
        self._said: deque[tuple[float, str]] = deque(maxlen=KEPT_LINES)
        self._states: list[str] = []
        self._published = 0
        self.closed = threading.Event()

    def publish(self, frame: Frame) -> None:
        """Add a frame; the oldest one goes."""
        with self._lock:
            self._frames.append(frame)
            self._said.extend((frame.at, line) for line in frame.said)
            self._published += 1
            for change in frame.changed:
                missing = change.number - len(self._states)
                self._states.extend(WAITING * missing)
                self._states[change.number - 1] = change.state

    def hello(self) -> tuple[int, Hello]:
        """All that a new page needs, and the number from which it goes on."""
        with self._lock:
            states = "".join(self._states)
            return self._published, Hello(
                states=states, frames=tuple(self._frames), said=tuple(self._said)
            )

    def since(self, number: int) -> tuple[int, Sequence[Frame]] | None:
        """The frames after that number, and the next number; None where some are gone already."""
        with self._lock:
            missed = self._published - number
            if missed > len(self._frames):
                return None
            newest = tuple(self._frames)[len(self._frames) - missed :] if missed else ()
            return self._published, newest
