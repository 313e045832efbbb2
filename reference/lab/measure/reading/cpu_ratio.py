"""What reading with an engine costs beside the same with pytesseract, in CPU seconds.

CPU seconds depend on the machine and on what else runs on it, from one minute to the next; how they
compare hardly does, if the engines take turns on each receipt.
"""

import contextlib
import random
import statistics
from collections.abc import Callable, Mapping, Sequence

import msgspec
from PIL import Image

from lab.measure.reading.crossval import LIMIT_S, DeskewedReceipt, fold_of
from lab.measure.reading.intervals import Interval, interval
from reading.engine import OcrEngine, OcrEngineError
from reading.extraction.deadline import Deadline, cpu_seconds
from reading.extraction.decode import decode
from reading.extraction.fields import Weights
from reading.extraction.passes import read_straightened
from reading.extraction.prepare import straighten

BASELINE = "tesseract"
"""The engine that others are compared with: Tesseract through pytesseract."""


class CpuRatio(msgspec.Struct, frozen=True):
    """One engine on one set: CPU seconds of whole readings, from the file to the receipt.

    `ratio` is their sum over the sum with `BASELINE`, of each receipt the median of all rounds.
    """

    engine: str
    set: str
    receipts: int
    rounds: int
    ratio: float
    between: Interval


def chosen(receipts: Sequence[DeskewedReceipt], most: int) -> list[DeskewedReceipt]:
    """At most so many of a set, always the same ones."""
    return random.Random(0).sample(list(receipts), min(most, len(receipts)))  # noqa: S311 - no key


def cpu_ratios(
    name: str,
    receipts: Sequence[DeskewedReceipt],
    engines: Mapping[str, OcrEngine],
    weights: Sequence[Weights],
    rounds: int,
    done: Callable[[], None],
) -> list[CpuRatio]:
    """Read each receipt with one engine after the other, in `rounds`, and compare.

    `engines` by their names, with `BASELINE` among them. `weights` as of `bench.run`.
    """
    for engine in engines.values():  # loading models is a cold start, no part of a receipt's cost
        engine.read_words(Image.new("L", (200, 100), 255), LIMIT_S)
    spent: dict[str, list[list[float]]] = {engine: [[] for _ in receipts] for engine in engines}
    turns = list(engines.items())
    for _ in range(rounds):
        turns = turns[1:] + turns[:1]  # no engine always comes after the same one
        for number, one in enumerate(receipts):
            for engine_name, engine in turns:
                chosen_weights = weights[fold_of(one.labelled) % len(weights)]
                spent[engine_name][number].append(_cost(one, engine, chosen_weights))
            done()
    costs = {engine: [statistics.median(of) for of in each] for engine, each in spent.items()}
    base = costs[BASELINE]
    return [
        CpuRatio(
            engine=engine,
            set=name,
            receipts=len(receipts),
            rounds=rounds,
            ratio=round(sum(of) / sum(base), 3),
            between=interval(of, base, digits=3),
        )
        for engine, of in costs.items()
    ]


def _cost(one: DeskewedReceipt, engine: OcrEngine, weights: Weights) -> float:
    before = cpu_seconds(engine)
    steps = tuple(straighten(decode(one.labelled.image.read_bytes())))
    with contextlib.suppress(OcrEngineError):  # it has cost what it has cost
        read_straightened(steps, engine, Deadline(LIMIT_S), weights, one.context)
    return cpu_seconds(engine) - before
