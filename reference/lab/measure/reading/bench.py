"""Measures engines on labelled receipts: accuracy by cross-validation, CPU seconds, confidence."""

import time
from collections.abc import Callable, Sequence

import msgspec

from lab.measure.reading.crossval import LIMIT_S, Straight, fold_of
from lab.measure.reading.labelled import Labelled
from lab.measure.reading.packaging import Package
from lab.measure.reading.remembered import Remembered
from lab.measure.reading.scoring import FIELDS, SURE, Score, is_right, percent, score, text_of
from lab.support.provenance import DataFile
from reading.engine import OcrEngineError
from reading.extraction.deadline import Deadline
from reading.extraction.decode import decode
from reading.extraction.fields import Weights
from reading.extraction.passes import read_straightened
from reading.extraction.prepare import Step, straighten
from reading.receipt import Receipt

BANDS = (0.0, 0.5, 0.7, 0.9, 0.95, 0.99)


class Band(msgspec.Struct, frozen=True):
    """Totals whose confidence is at least `confidence` and below the next band's; `right` in %."""

    confidence: float
    receipts: int
    right: float | None


class Accepted(msgspec.Struct, frozen=True):
    """What is left if only fields of at least `confidence` are taken, all four together.

    `share` of all fields is taken, `right` of these are right; all in %.
    """

    confidence: float
    f1: float
    share: float
    right: float | None


class Where(msgspec.Struct, frozen=True):
    """Where a receipt's CPU seconds go, on average."""

    straighten: float
    ocr: float
    fields: float


class Result(msgspec.Struct, frozen=True):
    """One engine on one set. CPU seconds are those of one receipt, warm, one thread."""

    engine: str
    set: str
    score: Score
    cpu_mean: float
    cpu_p95: float
    cpu: Where
    by_confidence: list[Band]
    f1_by_confidence: list[Accepted]


class Report(DataFile, frozen=True, kw_only=True):
    """What `docs/data/reading.json` holds."""

    weights: str
    results: list[Result]
    packages: list[Package]


def straightened(labelled: Labelled) -> Straight:
    """Decode and straighten one image; the cost is counted with its reading."""
    before = time.process_time()
    *_, step = straighten(decode(labelled.image.read_bytes()))
    return Straight(labelled, step, time.process_time() - before)


def run(
    name: str,
    receipts: Sequence[Straight],
    engine: Remembered,
    weights: Sequence[Weights],
    done: Callable[[], None],
) -> tuple[Result, list[tuple[Labelled, Receipt | None]]]:
    """Read a set. `weights` are one for all, or one a fold."""
    pairs: list[tuple[Labelled, Receipt | None]] = []
    costs, straight, ocr, fields = [], 0.0, 0.0, 0.0
    for one in receipts:
        chosen = weights[fold_of(one.labelled) % len(weights)]
        engine.spent_s, before = 0.0, time.process_time()
        receipt = _read(one.step, engine, chosen)
        own = time.process_time() - before
        pairs.append((one.labelled, receipt))
        straight += one.cpu_seconds
        ocr += engine.spent_s
        fields += own
        costs.append(one.cpu_seconds + engine.spent_s + own)
        done()
    count = len(costs)
    return Result(
        engine=engine.name,
        set=name,
        score=score(pairs),
        cpu_mean=round(sum(costs) / count, 2),
        cpu_p95=round(sorted(costs)[int(0.95 * (count - 1))], 2),
        cpu=Where(round(straight / count, 2), round(ocr / count, 2), round(fields / count, 2)),
        by_confidence=_bands(pairs),
        f1_by_confidence=[_accepted(pairs, least) for least in BANDS],
    ), pairs


def _read(step: Step, engine: Remembered, weights: Weights) -> Receipt | None:
    try:
        return read_straightened([step], engine, Deadline(LIMIT_S), weights).receipt
    except OcrEngineError:
        return None


def _bands(pairs: Sequence[tuple[Labelled, Receipt | None]]) -> list[Band]:
    found = []
    for least, below in zip(BANDS, [*BANDS[1:], 1.1], strict=True):
        right = [
            is_right("total", receipt, labelled.truth)
            for labelled, receipt in pairs
            if receipt and least <= receipt.confidence.get("total", 0.0) < below
        ]
        share = round(100 * sum(right) / len(right), 1) if right else None
        found.append(Band(least, len(right), share))
    return found


def _accepted(pairs: Sequence[tuple[Labelled, Receipt | None]], least: float) -> Accepted:
    true = right = said = 0
    for labelled, receipt in pairs:
        for field in FIELDS:
            true += text_of(field, labelled.truth) is not None
            if receipt and receipt.confidence.get(field, -1.0) >= least:
                said += 1
                right += is_right(field, receipt, labelled.truth)
    return Accepted(
        confidence=least,
        f1=percent(2 * right, said + true),
        share=percent(said, len(pairs) * len(FIELDS)),
        right=percent(right, said) if said else None,
    )


__all__ = ["SURE", "Report", "Result", "run", "straightened"]
