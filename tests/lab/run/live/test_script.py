"""Buttons that are pressed by themselves: one after the other while receipts are read."""

from typing import Any

from lab.run.live.frame import Frame
from lab.run.live.script import MENDED_AFTER_S, pressing


class Remembered:
    """Levers that only remember; `database` stays on."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.any_on = False

    def press(self, name: str) -> str:
        self.done.append(name)
        self.any_on = name == "database"
        return name

    def mend(self) -> None:
        self.done.append("mend")
        self.any_on = False


def test_each_is_pressed_in_its_turn_and_what_stays_broken_is_mended():
    levers: Any = Remembered()
    frames = [Frame(at=float(at), expected=100, waiting=100 - at) for at in range(101)]
    seen = [
        (frame.at, len(levers.done)) for frame in pressing(frames, ["kill", "database"], levers)
    ]
    assert levers.done == ["kill", "database", "mend"]
    assert [at for at, done in seen if done == 0][-1] == 34  # a third is read
    mended_at = next(at for at, done in seen if done == 3)
    assert mended_at - next(at for at, done in seen if done == 2) == MENDED_AFTER_S


def test_nothing_is_pressed_while_nobody_knows_how_many_there_are():
    levers: Any = Remembered()
    list(pressing([Frame(at=0.0), Frame(at=1.0)], ["kill"], levers))
    assert levers.done == []


def test_what_somebody_else_broke_is_left_to_them():
    levers: Any = Remembered()
    levers.any_on = True
    list(pressing([Frame(at=float(at), expected=9, waiting=9) for at in range(99)], [], levers))
    assert levers.done == []
