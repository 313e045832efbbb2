"""Weights from labelled receipts, and readings by weights that never saw their merchant."""

import zlib
from collections.abc import Callable, Iterable, Sequence

import msgspec

from lab.measure.reading.labelled import Labelled
from lab.measure.reading.logit import PRIOR, Example, fit
from lab.measure.reading.scoring import same
from reading.engine import OcrEngine, OcrEngineError, passes_of
from reading.extraction.deadline import Deadline
from reading.extraction.fields import Weights
from reading.extraction.passes import run_pass
from reading.extraction.prepare import Step
from reading.extraction.weights import WEIGHTS

FOLDS = 5
LIMIT_S = 600.0
"""For one pass. Long: the question is what an engine can do, not how patient a function is."""


class Straight(msgspec.Struct, frozen=True):
    """A labelled receipt, straightened, and what that cost in CPU seconds."""

    labelled: Labelled
    step: Step
    cpu_seconds: float


class Observed(msgspec.Struct, frozen=True):
    """The candidates of one receipt in one OCR pass."""

    fold: int
    examples: dict[str, Example]


def fold_of(labelled: Labelled) -> int:
    """Receipts of one merchant share a fold, so that an unseen merchant is always unseen."""
    return zlib.crc32((labelled.truth.company or "").upper().encode()) % FOLDS


def observe(
    receipts: Iterable[Straight], engines: Sequence[OcrEngine], done: Callable[[], None]
) -> list[Observed]:
    """Run every pass of every engine on every receipt."""
    found = []
    for one in receipts:
        for engine in engines:
            for ocr_pass in passes_of(engine):
                try:
                    result = run_pass(one.step.image, ocr_pass, Deadline(LIMIT_S))
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
                found.append(Observed(fold_of(one.labelled), examples))
        done()
    return found


def weights_from(observed: Iterable[Observed]) -> Weights:
    """Fit all fields; the currency's weights, for which there is no truth, stay as they are."""
    seen = list(observed)
    fitted = {field: fit([one.examples[field] for one in seen], PRIOR[field]) for field in PRIOR}
    return {**WEIGHTS, **fitted}


def weights_by_fold(observed: Sequence[Observed]) -> list[Weights]:
    """For each fold the weights fitted on all others."""
    return [weights_from(one for one in observed if one.fold != fold) for fold in range(FOLDS)]
