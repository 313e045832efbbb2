"""The schedule of a round: which faults, when and how long, all of it from the campaign's seed."""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice

from msgspec import Struct

from lab.prove.campaign.agent_faults import PROCESS_FAULTS, SETTINGS_FAULTS
from lab.prove.campaign.injection import Injection
from lab.prove.campaign.link_faults import AWS_FAULTS, DATABASE_LINK_FAULTS, QUEUE_FAULTS
from lab.prove.campaign.server_faults import SERVER_FAULTS, SESSION_FAULTS
from lab.prove.campaign.table_faults import TABLE_FAULTS

Fault = Callable[[Injection], None]
"""Breaks what its docstring says, and repairs it when its time has passed."""

FAULTS: Mapping[str, Sequence[Fault]] = {
    "the agents": PROCESS_FAULTS,
    "their settings": SETTINGS_FAULTS,
    "the server": SERVER_FAULTS,
    "the sessions": SESSION_FAULTS,
    "the table": TABLE_FAULTS,
    "the link to the database": DATABASE_LINK_FAULTS,
    "the link to AWS": AWS_FAULTS,
    "the queue": QUEUE_FAULTS,
}
"""By the part that they break; a round breaks each part at most once, so that each fault can
repair what it broke and nothing else."""

FEWEST, MOST = 2, 4
"""Faults of a round."""

LAST_START_S = 4.0
"""Faults start within the round's first seconds, at any moment, while results arrive."""

SHORTEST_S, LONGEST_S = 1.0, 6.0
"""How long faults last that don't say it themselves."""


class PlannedFault(Struct, frozen=True, kw_only=True):
    """One fault: `at_s` seconds after the round's first result, and how long it is to last."""

    name: str
    at_s: float
    lasts_s: float

    def __str__(self) -> str:
        """As a line of a report."""
        return f"{self.at_s:5.2f} s  {self.name.replace('_', ' ')} ({self.lasts_s:.1f} s)"


class Schedule(Struct, frozen=True, kw_only=True):
    """What is done to one round; the same seed and round give the same schedule."""

    seed: int
    round: int
    faults: tuple[PlannedFault, ...]

    def chance(self, what: str) -> random.Random:
        """The randomness of one thing in this round, whatever the others draw."""
        return random.Random(f"{self.seed}, {self.round}, {what}")  # noqa: S311  reproducible


def schedules(seed: int) -> Iterator[Schedule]:
    """One round after the other, without end. Faults are dealt like cards: all come as often."""
    part_of = {fault.__name__: part for part, faults in FAULTS.items() for fault in faults}
    chance = random.Random(seed)  # noqa: S311  reproducible, not secret
    deck: list[str] = []
    number = 0
    while True:
        number += 1
        hand: list[str] = []
        for _ in range(chance.randint(FEWEST, MOST)):
            if len(deck) < len(part_of):
                deck += chance.sample(sorted(part_of), len(part_of))
            broken = {part_of[name] for name in hand}
            hand.append(next(name for name in deck if part_of[name] not in broken))
            deck.remove(hand[-1])
        planned = [
            PlannedFault(
                name=name,
                at_s=round(chance.uniform(0, LAST_START_S), 2),
                lasts_s=round(chance.uniform(SHORTEST_S, LONGEST_S), 2),
            )
            for name in hand
        ]
        yield Schedule(
            seed=seed, round=number, faults=tuple(sorted(planned, key=lambda one: one.at_s))
        )


def schedule(seed: int, number: int) -> Schedule:
    """The schedule of round `number`, from 1."""
    return next(islice(schedules(seed), number - 1, None))


def fault_called(name: str) -> Fault:
    """The fault with this name. Raises `KeyError`."""
    return {fault.__name__: fault for faults in FAULTS.values() for fault in faults}[name]
