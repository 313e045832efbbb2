"""Measures engines on labelled receipts: accuracy by cross-validation, CPU seconds, risk."""

import time
from collections.abc import Callable, Sequence

import msgspec

from lab.measure.reading.agreement import AgreementResult
from lab.measure.reading.cpu_ratio import CpuRatio
from lab.measure.reading.crossval import LIMIT_S, DeskewedReceipt, fold_of
from lab.measure.reading.engine_cache import CachedEngine
from lab.measure.reading.labelled import Labelled
from lab.measure.reading.packaging import EnginePackage
from lab.measure.reading.promises import Kept
from lab.measure.reading.risk import Curve, curves
from lab.measure.reading.scoring import Score, score
from lab.support.provenance import DataFile
from reading.context import NO_CONTEXT, ReadingContext
from reading.engine import OcrEngineError
from reading.extraction.deadline import Deadline
from reading.extraction.decode import decode
from reading.extraction.fields import Weights
from reading.extraction.passes import read_straightened
from reading.extraction.prepare import straighten
from reading.receipt import Receipt

Pair = tuple[Labelled, Receipt | None]
"""A labelled receipt and what was read; None if the engine failed."""


class CpuShares(msgspec.Struct, frozen=True):
    """Mean CPU seconds of a receipt, by what spends them."""

    straighten: float
    ocr: float
    fields: float


class EngineResult(msgspec.Struct, frozen=True):
    """One engine on one set. CPU seconds are for one receipt, warm, with one thread."""

    engine: str
    set: str
    score: Score
    cpu_mean: float
    cpu_p95: float
    cpu: CpuShares
    curves: list[Curve]


class ReadingFigures(DataFile, frozen=True, kw_only=True):
    """The content of `docs/data/reading.json`."""

    weights: str
    results: list[EngineResult]
    promises: list[Kept]
    cpu_ratios: list[CpuRatio]
    agreement: list[AgreementResult] = msgspec.field(default_factory=list)
    packages: list[EnginePackage]


def deskewed(labelled: Labelled, context: ReadingContext = NO_CONTEXT) -> DeskewedReceipt:
    """Decode and straighten one image; the cost is counted with its reading."""
    before = time.process_time()
    steps = tuple(straighten(decode(labelled.image.read_bytes())))
    return DeskewedReceipt(labelled, steps, time.process_time() - before, context)


def run(
    name: str,
    receipts: Sequence[DeskewedReceipt],
    engine: CachedEngine,
    weights: Sequence[Weights],
    done: Callable[[], None],
) -> tuple[EngineResult, list[Pair]]:
    """Read a set. `weights` has one entry for all receipts, or one for each fold."""
    pairs: list[Pair] = []
    costs, deskewing, looks, fields = [], 0.0, 0.0, 0.0
    for one in receipts:
        chosen = weights[fold_of(one.labelled) % len(weights)]
        engine.cpu_s, before = 0.0, time.process_time()
        receipt = _read(one, engine, chosen)
        own = time.process_time() - before
        pairs.append((one.labelled, receipt))
        deskewing += one.cpu_seconds
        looks += engine.cpu_s
        fields += own
        costs.append(one.cpu_seconds + engine.cpu_s + own)
        done()
    count = len(costs)
    return EngineResult(
        engine=engine.name,
        set=name,
        score=score(pairs),
        cpu_mean=round(sum(costs) / count, 2),
        cpu_p95=round(sorted(costs)[int(0.95 * (count - 1))], 2),
        cpu=CpuShares(
            round(deskewing / count, 2), round(looks / count, 2), round(fields / count, 2)
        ),
        curves=curves(pairs),
    ), pairs


def _read(one: DeskewedReceipt, engine: CachedEngine, weights: Weights) -> Receipt | None:
    deadline = Deadline(LIMIT_S)
    try:
        return read_straightened(one.steps, engine, deadline, weights, one.context).receipt
    except OcrEngineError:
        return None
