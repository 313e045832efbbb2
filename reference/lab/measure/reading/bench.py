"""Measures engines on labelled receipts: accuracy by cross-validation, CPU seconds, confidence."""

import time
from collections.abc import Callable, Sequence

import msgspec

from lab.measure.reading.cpu_ratio import CpuRatio
from lab.measure.reading.crossval import LIMIT_S, DeskewedReceipt, fold_of
from lab.measure.reading.engine_cache import CachedEngine
from lab.measure.reading.labelled import Labelled
from lab.measure.reading.packaging import EnginePackage
from lab.measure.reading.scoring import FIELDS, Score, is_right, percent, score, text_of
from lab.support.provenance import DataFile
from reading.context import NO_CONTEXT, ReadingContext
from reading.engine import OcrEngineError
from reading.extraction.deadline import Deadline
from reading.extraction.decode import decode
from reading.extraction.fields import Weights
from reading.extraction.passes import read_straightened
from reading.extraction.prepare import straighten
from reading.receipt import Receipt

BANDS = (0.0, 0.5, 0.7, 0.9, 0.95, 0.99)


class ConfidenceBand(msgspec.Struct, frozen=True):
    """Totals whose confidence is at least `confidence` and below the next band's; `right` in %."""

    confidence: float
    receipts: int
    right: float | None


class ConfidenceCut(msgspec.Struct, frozen=True):
    """The result if only fields of at least `confidence` are accepted, all four together.

    `share` of all fields is accepted, `right` of these are right; all in %.
    """

    confidence: float
    f1: float
    share: float
    right: float | None


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
    by_confidence: list[ConfidenceBand]
    f1_by_confidence: list[ConfidenceCut]


class ReadingFigures(DataFile, frozen=True, kw_only=True):
    """The content of `docs/data/reading.json`."""

    weights: str
    results: list[EngineResult]
    cpu_ratios: list[CpuRatio]
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
) -> tuple[EngineResult, list[tuple[Labelled, Receipt | None]]]:
    """Read a set. `weights` has one entry for all receipts, or one for each fold."""
    pairs: list[tuple[Labelled, Receipt | None]] = []
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
        by_confidence=_bands(pairs),
        f1_by_confidence=[_confidence_cut(pairs, least) for least in BANDS],
    ), pairs


def _read(one: DeskewedReceipt, engine: CachedEngine, weights: Weights) -> Receipt | None:
    deadline = Deadline(LIMIT_S)
    try:
        return read_straightened(one.steps, engine, deadline, weights, one.context).receipt
    except OcrEngineError:
        return None


def _bands(pairs: Sequence[tuple[Labelled, Receipt | None]]) -> list[ConfidenceBand]:
    found = []
    for least, below in zip(BANDS, [*BANDS[1:], 1.1], strict=True):
        right = [
            is_right("total", receipt, labelled.truth)
            for labelled, receipt in pairs
            if receipt and least <= receipt.confidence.get("total", 0.0) < below
        ]
        share = round(100 * sum(right) / len(right), 1) if right else None
        found.append(ConfidenceBand(least, len(right), share))
    return found


def _confidence_cut(
    pairs: Sequence[tuple[Labelled, Receipt | None]], least: float
) -> ConfidenceCut:
    true = right = accepted = 0
    for labelled, receipt in pairs:
        for field in FIELDS:
            true += text_of(field, labelled.truth) is not None
            if receipt and receipt.confidence.get(field, -1.0) >= least:
                accepted += 1
                right += is_right(field, receipt, labelled.truth)
    return ConfidenceCut(
        confidence=least,
        f1=percent(2 * right, accepted + true),
        share=percent(accepted, len(pairs) * len(FIELDS)),
        right=percent(right, accepted) if accepted else None,
    )
