"""Fits weights to labelled receipts, for each fold without the merchants in it."""

import zlib
from collections.abc import Callable, Iterable, Sequence

import msgspec

from lab.measure.reading.labelled import Labelled
from lab.measure.reading.logit import PRIOR, Example, fit
from lab.measure.reading.scoring import same, text_of
from reading.context import NO_CONTEXT, ReadingContext
from reading.engine import OcrEngine, OcrEngineError, passes_of
from reading.extraction.deadline import Deadline
from reading.extraction.fields import Weights
from reading.extraction.passes import run_pass
from reading.extraction.prepare import Step
from reading.extraction.totals import DOUBTS
from reading.extraction.weights import WEIGHTS

FOLDS = 5
LIMIT_S = 600.0
"""For one pass: long, because the engine's accuracy is measured and not a function's timeout."""


class DeskewedReceipt(msgspec.Struct, frozen=True):
    """A labelled receipt, the steps that straightened it, their CPU seconds, and its context."""

    labelled: Labelled
    steps: tuple[Step, ...]
    cpu_seconds: float
    context: ReadingContext = NO_CONTEXT


class PassExamples(msgspec.Struct, frozen=True):
    """The candidates of one receipt in one OCR pass."""

    fold: int
    examples: dict[str, Example]


def fold_of(labelled: Labelled) -> int:
    """Receipts of one merchant share a fold, so that an unseen merchant is always unseen."""
    return zlib.crc32((text_of("merchant", labelled.truth) or "").upper().encode()) % FOLDS


def observe(
    receipts: Iterable[DeskewedReceipt], engines: Sequence[OcrEngine], done: Callable[[], None]
) -> list[PassExamples]:
    """Run every pass of every engine on every receipt."""
    found = []
    for one in receipts:
        for engine in engines:
            for ocr_pass in passes_of(engine):
                try:
                    image = one.steps[-1].image
                    result = run_pass(image, ocr_pass, Deadline(LIMIT_S), context=one.context)
                except OcrEngineError:
                    continue
                examples = {
                    field: Example(
                        [choice.candidate for choice in result.choices[field]],
                        [
                            same(field, choice.candidate.value, one.labelled.truth)
                            for choice in result.choices[field]
                        ],
                    )
                    for field in PRIOR
                }
                found.append(PassExamples(fold_of(one.labelled), examples))
        done()
    return found


def weights_from(pass_examples: Iterable[PassExamples]) -> Weights:
    """Fit all fields; the currency's weights, for which there is no truth, stay as they are."""
    examples = list(pass_examples)
    fitted = {
        field: fit([one.examples[field] for one in examples], PRIOR[field], DOUBTS)
        for field in PRIOR
    }
    return {**WEIGHTS, **fitted}


def weights_by_fold(pass_examples: Sequence[PassExamples]) -> list[Weights]:
    """For each fold the weights fitted on all others."""
    return [weights_from(one for one in pass_examples if one.fold != fold) for fold in range(FOLDS)]
