"""What agreement within a client adds: a set's receipts, one client's, in the order they arrive."""

import random
from collections import defaultdict
from collections.abc import Sequence
from statistics import median

import msgspec
from msgspec.structs import replace
from rich.table import Table

from lab.measure.reading.labelled import Labelled
from lab.measure.reading.scoring import is_right, review
from reading.agreement import Vote, majority, vote_of
from reading.receipt import Receipt

ORDERS = 20
"""Random orders; that of file names is one more."""

Pairs = Sequence[tuple[Labelled, Receipt | None]]


class AgreementResult(msgspec.Struct, frozen=True, kw_only=True):
    """One engine on one set. All are counts of receipts.

    `voters` have a name and a number, `repeats` of them an earlier one with the same number.
    `alone` merchants are right without agreement, `agreed` with it, in the order of file names;
    `put_right` and `put_wrong` are the names that it changed to right ones, and right ones that it
    spoilt. `least`, `usual` and `most` are right in `ORDERS` random orders (usual: the median).
    Of the `unreviewed` so many have a wrong merchant, alone and agreed.
    """

    engine: str
    set: str
    receipts: int
    voters: int
    repeats: int
    alone: int
    agreed: int
    put_right: int
    put_wrong: int
    least: int
    usual: float
    most: int
    unreviewed: int
    wrong_alone: int
    wrong_agreed: int


def measure(engine: str, name: str, pairs: Pairs) -> AgreementResult:
    """Measure on readings of one set, given in the order of file names."""
    agreed = _in_order(pairs)
    before, after = _right(pairs), _right(agreed)
    shuffled = [random.Random(seed).sample(pairs, len(pairs)) for seed in range(ORDERS)]  # noqa: S311
    counts = [sum(_right(_in_order(order))) for order in shuffled]
    numbers = [vote.number for _, receipt in pairs if receipt and (vote := _vote(receipt))]
    return AgreementResult(
        engine=engine,
        set=name,
        receipts=len(pairs),
        voters=len(numbers),
        repeats=len(numbers) - len(set(numbers)),
        alone=sum(before),
        agreed=sum(after),
        put_right=sum(new and not old for old, new in zip(before, after, strict=True)),
        put_wrong=sum(old and not new for old, new in zip(before, after, strict=True)),
        least=min(counts),
        usual=median(counts),
        most=max(counts),
        unreviewed=review(pairs).unreviewed,
        wrong_alone=review(pairs).wrong_merchant,
        wrong_agreed=review(agreed).wrong_merchant,
    )


def _in_order(pairs: Pairs) -> Pairs:
    """The readings, each with its merchant as those before it make it."""
    names: dict[str, list[str]] = defaultdict(list)
    found: list[tuple[Labelled, Receipt | None]] = []
    for labelled, receipt in pairs:
        stands = receipt
        if receipt and (vote := _vote(receipt)):
            names[vote.number].append(vote.name)
            if agreed := majority(vote.name, names[vote.number]):
                stands = replace(receipt, merchant=agreed.name)
        found.append((labelled, stands))
    return found


def _vote(receipt: Receipt) -> Vote | None:
    sure = receipt.confidence.get("merchant_number")
    return vote_of(receipt.merchant, receipt.merchant_number, sure)


def _right(pairs: Pairs) -> list[bool]:
    return [
        receipt is not None and is_right("merchant", receipt, labelled.truth)
        for labelled, receipt in pairs
    ]


def table(results: Sequence[AgreementResult]) -> Table:
    """What was measured, for the terminal."""
    shown = Table("engine", "set", "merchants right", "agreed", "random orders", "unreviewed wrong")
    for one in results:
        orders = f"{one.usual:g} [{one.least}, {one.most}]"
        wrong = f"{one.wrong_alone} → {one.wrong_agreed} of {one.unreviewed}"
        shown.add_row(one.engine, one.set, str(one.alone), str(one.agreed), orders, wrong)
    return shown
