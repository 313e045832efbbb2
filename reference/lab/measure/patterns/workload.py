"""The workload of every pattern: the same receipts in the same order, with faults."""

import random
from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from lab.measure.patterns.instrumented_handler import Faults
from receipts.batch import receipt_id_for
from receipts.messages import ReceiptMessage, Source

SEED = 2026
SLOW_S = 6.0
"""Longer than the laptop's visibility timeout, so that a queue delivers the message again."""


class Workload(Struct, frozen=True, kw_only=True):
    """The receipts of a run and their faults; indexes begin at 1.

    `order` is the order of the messages: all receipts, some twice, shuffled.
    """

    receipts: int
    order: tuple[int, ...]
    faults: Faults

    @property
    def duplicates(self) -> int:
        """How many messages are sent a second time."""
        return len(self.order) - self.receipts

    @property
    def good(self) -> frozenset[int]:
        """Those that must be stored."""
        return frozenset(range(1, self.receipts + 1)) - set(self.faults.poison)


def make_workload(
    receipts: int, *, has_queue: bool, seed: int = SEED, slow_s: float = SLOW_S
) -> Workload:
    """A workload with a tenth of the receipts sent twice, and at most a tenth slow.

    Behind a queue another tenth fails once, and one receipt is poison; the other services get no
    such faults, because the emulator retries nothing for them. Raises ValueError for fewer receipts
    than faults.
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
    """The messages of one pattern's batch, in the order of sending."""
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
