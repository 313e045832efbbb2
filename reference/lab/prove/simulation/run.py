"""Runs the whole path once for a seed: the real handlers and agents on the simulated parts."""

import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from decimal import Decimal
from functools import partial
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from msgspec import Struct

from lab.prove.simulation import actors, operators
from lab.prove.simulation.bugs import AS_DEPLOYED, Bug
from lab.prove.simulation.faults import InjectedFault
from lab.prove.simulation.invariants import Invariants
from lab.prove.simulation.promises import Promise, ViolatedError
from lab.prove.simulation.queues import SimDeadLetters, SimQueue
from lab.prove.simulation.world import DEPLOYED, DRAINED_WITHIN_S, LONG_OUTAGE_S, World
from reading.engine import Word
from reading.extraction import UnreadableImageError
from reading.receipt import Receipt, TaxLine
from reading.review import USUAL
from receipts import read_receipt
from receipts.handlers import read, split, wiring

SPLITTERS, READERS, AGENTS = 2, 6, 2
SPLIT_TIMEOUT_S = float(DEPLOYED.timeout_seconds("SplitFunction"))
READ_TIMEOUT_S = float(DEPLOYED.timeout_seconds("ReadFunction"))
OCR_S = (0.5, 12.0)
INFINITE = Decimal("Infinity")
LATEST_S = DRAINED_WITHIN_S + LONG_OUTAGE_S


class Run(Struct, frozen=True, kw_only=True):
    """The outcome of a seed: its faults, and the first promise that was broken.

    `broken` is that promise and `violated` describes how; both are None where all were kept.
    """

    seed: int
    broken: Promise | None
    violated: str | None
    receipts: int
    steps: int
    virtual_s: float
    faults: tuple[InjectedFault, ...]


def simulate(seed: int, bug: Bug = AS_DEPLOYED) -> Run:
    """Run the whole path once. The same seed and bug give the same run, exactly."""
    world = World(seed, bug.overrides)
    scheduler = world.scheduler
    invariants = Invariants(world)
    broken: ViolatedError | None = None
    with ExitStack() as stack:
        stack.enter_context(_wired(world))
        stack.enter_context(bug.planted())
        stack.callback(scheduler.stop)
        _spawn(world, invariants, bug)
        try:
            drained = scheduler.run(lambda: _is_over(world, invariants), LATEST_S)
            invariants.check_drained(drained=drained)
            last = scheduler.spawn(partial(operators.last_operators, world))
            drained = scheduler.run(
                lambda: _is_over(world, invariants) and last.dead, scheduler.now + LATEST_S
            )
            invariants.check_reconciled(drained=drained)
        except ViolatedError as error:
            broken = error
        return Run(
            seed=seed,
            broken=broken.promise if broken else None,
            violated=str(broken) if broken else None,
            receipts=sum(batch.expected or 0 for batch in world.ledger.batch_by_id.values()),
            steps=scheduler.steps,
            virtual_s=scheduler.now,
            faults=tuple(world.faults.injected),
        )


def _is_over(world: World, invariants: Invariants) -> bool:
    """Whether the run has drained. Raises `ViolatedError` where the last step broke a promise."""
    invariants.raise_first_violation()
    return world.drained and not world.faults.active


def _spawn(world: World, invariants: Invariants, bug: Bug) -> None:
    rng = world.scheduler.random
    for number in range(world.customers):
        world.scheduler.spawn(partial(actors.customer, world, number), rng.uniform(0, 60))
    for _ in range(SPLITTERS):
        world.scheduler.spawn(
            partial(actors.mapping, world, world.uploads, split.split, SPLIT_TIMEOUT_S)
        )
    for _ in range(READERS):
        world.scheduler.spawn(
            partial(actors.mapping, world, world.receipts, read.read, READ_TIMEOUT_S)
        )
    for number in range(AGENTS):
        world.agents.append(
            world.scheduler.spawn(partial(actors.agent, world, invariants, bug.writer, number))
        )
    for act in (actors.operators, actors.database_faults, actors.foreign_message):
        world.scheduler.spawn(partial(act, world))
    for rare in operators.rare_actors(world):
        world.scheduler.spawn(rare)


@contextmanager
def _wired(world: World) -> Iterator[None]:
    """The real handlers get the world's parts; only the OCR itself is replaced."""
    common: dict[str, Any] = {"ledger": world.ledger, "objects": world.objects}
    splitter = wiring.Splitter(**common, **_parts(world.receipts, world.upload_dlq))
    reader = wiring.Reader(
        **common | {"seen": world.seen_images, "votes": world.votes},
        **_parts(world.results, world.receipt_dlq),
        engine=_Engine(),
        limit_s=float(DEPLOYED.setting("ReadFunction", "OCR_TIMEOUT_SECONDS")),
        least=USUAL,
    )
    max_receives = int(DEPLOYED.setting("ReadFunction", "MAX_RECEIVES"))
    settings = SimpleNamespace(max_receives=max_receives)

    def read_image(image: bytes, *_: object) -> Receipt:
        world.scheduler.pause(world.faults.seconds(OCR_S))
        if image == actors.UNREADABLE_IMAGE:
            raise UnreadableImageError("no image")
        if image.startswith(actors.UNSUMMABLE_IMAGE):
            return Receipt(taxes=(TaxLine(amount=INFINITE), TaxLine(amount=-INFINITE)))
        return Receipt(merchant=image.hex(), merchant_number=NUMBER, confidence=SURE_OF_IT)

    with (
        patch.object(wiring, "splitter", lambda: splitter),
        patch.object(wiring, "reader", lambda: reader),
        patch.object(wiring, "settings", lambda _: settings),
        patch.object(wiring, "utc_now", world.clock),
        patch.object(read_receipt, "read_image", read_image),
        _silent(),
    ):
        yield


def _parts(queue: SimQueue, dead_letters: SimDeadLetters) -> dict[str, Any]:
    return {"queue": queue, "dead_letters": dead_letters}


NUMBER, SURE_OF_IT = "0205550101", {"merchant_number": 1.0}
"""One merchant's, so that all readers vote in one place."""


class _Engine:
    """Never called: `read_image` is replaced."""

    name = "simulated"

    def read_words(self, image: object, within_s: float) -> list[Word]:
        """Never called."""
        raise NotImplementedError(image, within_s)


@contextmanager
def _silent() -> Iterator[None]:
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(before)
