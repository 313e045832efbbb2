"""Presses buttons by itself: `make demo PRESS=kill,database`, for a recording or a nightly run."""

from collections.abc import Iterable, Iterator, Sequence

from lab.run.live.frame import Frame
from lab.run.live.levers import Levers

MENDED_AFTER_S = 15.0
"""How long what a switch breaks stays broken."""


def pressing(frames: Iterable[Frame], names: Sequence[str], levers: Levers) -> Iterator[Frame]:
    """Hand the frames on, and press the buttons, one after the other, while receipts are read.

    What somebody else breaks is left to them.
    """
    todo, pressed_at = list(names), None
    for frame in frames:
        yield frame
        if pressed_at is not None:
            if frame.at - pressed_at >= MENDED_AFTER_S:
                levers.mend()
                pressed_at = None
        elif todo and _share_read(frame) > 1 - len(todo) / (len(names) + 1):
            levers.press(todo.pop(0))
            pressed_at = frame.at if levers.any_on else None


def _share_read(frame: Frame) -> float:
    """Of the receipts, how many are read."""
    unread = frame.waiting + frame.reading
    return 1 - unread / frame.expected if frame.expected else 0.0
