"""A round that kept every promise, as the judge gets it; tests then spoil one thing."""

import random
from collections.abc import Sequence
from decimal import Decimal

from helpers.fakes import FakeLedger
from lab.prove.campaign.judge import Evidence, Letter
from lab.prove.campaign.windows import Ceiling, Rows
from lab.prove.campaign.workload import Fate, Workload, expected_row, make_workload
from lab.prove.drills.environment import DrillEnvironment
from receipts.ledger import State
from receipts.messages import ResultMessage, encode

BURST = 10
RATE = 50.0


class OnlyLedger(DrillEnvironment):
    """As much of the environment as entering results needs."""

    def __init__(self) -> None:
        self.ledger = FakeLedger()  # type: ignore[assignment]


def workload() -> Workload:
    """Thirty good results, some that a trigger may refuse, two poisons, and foreign messages."""
    for number in range(100):
        chance = random.Random(number)  # noqa: S311  reproducible, not secret
        made = make_workload(OnlyLedger(), chance, trigger=True, good=30)
        if len(with_fate(made, Fate.SET_ASIDE)) > 1 and made.foreign:
            return made
    raise AssertionError("no seed gives poisons and foreign messages")


def with_fate(work: Workload, *fates: Fate) -> Sequence[ResultMessage]:
    """The round's messages with one of these fates."""
    return [one for one in work.results.messages if work.fates[one.index] in fates]


def letter(message: ResultMessage) -> Letter:
    """On the DLQ, as it must be."""
    return Letter(encode(message).decode(), "NumericValueOutOfRange [22003]")


def kept(work: Workload) -> Evidence:
    """All stored that can be, the poisons and the foreign messages set aside, at an even pace."""
    poison = with_fate(work, Fate.SET_ASIDE)
    stored = with_fate(work, Fate.STORED, Fate.EITHER)
    steps = [Rows(100 + number * BURST / RATE, BURST) for number in range(3)]
    return Evidence(
        settled=True,
        rows=[expected_row(message) for message in stored],
        stray_rows=0,
        ledger={m.index: State.STORED for m in stored}
        | {m.index: State.DEAD_LETTERED for m in poison},
        letters=[*map(letter, poison), *(Letter(body, "not ours") for body in work.foreign)],
        left={"write queue": 0, "write DLQ": 0},
        commits=steps,
        arrivals=steps,
        ceilings=[Ceiling(0.0, "first agent", RATE), Ceiling(0.0, "second agent", RATE)],
        started=50.0,
    )


def changed_row(row: tuple[object, ...], column: int) -> tuple[object, ...]:
    """The row with another value in this column."""
    return (*row[:column], Decimal(-1), *row[column + 1 :])
