"""What every pattern is given: the same receipts, in the same disorder, and its faults."""

import random
from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from lab.measure.patterns.instrumented_handler import Faults
from receipts.batch import receipt_id_for
from receipts.messages import ReceiptMessage, Source

SEED = 2026
SLOW_S = 6.0
"""Longer than the laptop's visibility timeout: a queue delivers the message again meanwhile."""


class Workload(Struct, frozen=True, kw_only=True):
    """The receipts of a run and what is done to them; indexes from 1.

    `order` is how messages are sent: all receipts, some twice, out of order.
    """

    receipts: int
    order: tuple[int, ...]
    faults: Faults

    @property
    def duplicates(self) -> int:
        """Messages that are sent a second time."""
        return len(self.order) - self.receipts

    @property
    def good(self) -> frozenset[int]:
        """Those that must be stored."""
        return frozenset(range(1, self.receipts + 1)) - set(self.faults.poison)


def make_workload(
    receipts: int, *, has_queue: bool, seed: int = SEED, slow_s: float = SLOW_S
) -> Workload:
    """A tenth of the receipts, at least one, comes twice, a tenth at most is slow.

    Behind a queue a tenth fails once, too, and one is poison: elsewhere the emulator tries nothing
    again. Raises ValueError for fewer receipts than there are faults.
    """
    if receipts < 4:  # noqa: PLR2004  the faults
        raise ValueError(f"{receipts} receipts: four faults need four receipts at least")
    rng = random.Random(seed)  # noqa: S311  the same each time, on purpose
    numbers = list(range(1, receipts + 1))
    rng.shuffle(numbers)
    share = max(1, receipts // 10)
    slow_count = min(share, 3)  # each costs every pattern its seconds
    poison, rest = numbers[:1], numbers[1:]
    failing, slow = rest[:share], rest[share : share + slow_count]
    twice = rest[-share:]
    order = [*range(1, receipts + 1), *twice]
    rng.shuffle(order)
    faults = Faults(
        slow=tuple(sorted(slow)),
        slow_s=slow_s,
        failing=tuple(sorted(failing)) if has_queue else (),
        poison=tuple(poison) if has_queue else (),
    )
    return Workload(receipts=receipts, order=tuple(order), faults=faults)


def messages(
    workload: Workload, sources: Sequence[Source], batch_id: str, customer_reference: str
) -> list[ReceiptMessage]:
    """The plan's messages for one pattern's batch, in the order in which they are sent."""
    first = ReceiptMessage(
        batch_id=batch_id,
        index=1,
        receipt_id="",
        owner="patterns",
        customer_reference=customer_reference,
        name="",
        source=sources[0],
    )
    return [
        replace(
            first,
            index=index,
            receipt_id=receipt_id_for(batch_id, index),
            name=sources[index - 1].key.rpartition("/")[2],
            source=sources[index - 1],
        )
        for index in workload.order
    ]
