"""From an image to a receipt: one OCR pass, and further passes while fields are in doubt."""

import logging
import math
from collections.abc import Mapping, Sequence

from msgspec.structs import replace
from PIL import Image

from reading.context import NO_CONTEXT, ReadingContext
from reading.engine import OcrEngine, OcrEngineError, OcrPass, passes_of
from reading.extraction import country, glyphs
from reading.extraction.deadline import Deadline
from reading.extraction.fields import PassResult, Weights, extract_fields
from reading.extraction.lines import Line, group_words
from reading.extraction.prepare import Step, scale_and_restore, straighten
from reading.extraction.weights import WEIGHTS
from reading.files.text import printable

logger = logging.getLogger(__name__)

SURE_ENOUGH: Mapping[str, float] = {"total": 0.8, "date": 0.9, "merchant": 0.25}
"""Confidences from which on another pass of the same engine costs more than it gains."""

SURE_ENOUGH_FOR_BETTER: Mapping[str, float] = {"total": 0.9, "date": 0.9, "merchant": 0.8}
"""The same for a pass of a better engine. They are higher: it settles smaller doubts, and tells
names apart that differ by one letter."""

KEPT_OF_DISPUTED_DATE = 0.5
"""The share of its confidence that a date keeps if two passes of one engine read different days."""

EARLIER_PASS_WEIGHT = 0.3
"""The factor on an earlier pass's confidences when they are compared with a better engine's."""

HOPELESS = 0.5
"""If every field is below this confidence, the image may be upside down."""


def read_decoded(
    image: Image.Image,
    engine: OcrEngine,
    deadline: Deadline | None = None,
    context: ReadingContext = NO_CONTEXT,
) -> PassResult:
    """Read a decoded (grey) image; raises what the engine raises."""
    return read_straightened(list(straighten(image)), engine, deadline, context=context)


def read_straightened(
    steps: Sequence[Step],
    engine: OcrEngine,
    deadline: Deadline | None = None,
    weights: Weights = WEIGHTS,
    context: ReadingContext = NO_CONTEXT,
) -> PassResult:
    """Read the image that `straighten` made, with as many of the engine's passes as needed.

    Raises what the engine raises in its first pass. If a later pass fails or comes too late, the
    result so far is returned, with its doubts.
    """
    deadline = deadline or Deadline()
    straight = steps[-1].image
    first, *others = passes_of(engine)
    height = glyphs.height(straight)  # measured once: it is not cheap, and the same for every pass
    result = run_pass(straight, first, deadline, weights, height, context)
    try:
        if is_hopeless(result):
            turned = straight.transpose(Image.Transpose.ROTATE_180)
            other = run_pass(turned, first, deadline, weights, height, context)
            if legibility(other.lines) > legibility(result.lines):
                straight, result = turned, _after_turning(turned, other)
        for one in others:
            if not is_needed(one, result):
                break
            earlier_weight = EARLIER_PASS_WEIGHT if one.better else 1.0
            later = run_pass(straight, one, deadline, weights, height, context)
            result = combine(result, later, earlier_weight)
    except OcrEngineError as error:
        # Logged, because an engine that always fails would show only as receipts left in doubt.
        logger.warning("a later OCR pass failed; the result of the earlier ones stands: %s", error)
    return with_trust(result, math.prod(step.trust for step in steps))


def _after_turning(turned: Image.Image, result: PassResult) -> PassResult:
    step = Step("turned", turned, "more was legible upside down: turned by 180°")
    return replace(result, steps=(step, *result.steps))


def run_pass(
    straight: Image.Image,
    one: OcrPass,
    deadline: Deadline,
    weights: Weights = WEIGHTS,
    height: int | None = None,
    context: ReadingContext = NO_CONTEXT,
) -> PassResult:
    """Run one pass on a straightened image. `height` is its type's in pixels, if known already."""
    steps = tuple(scale_and_restore(straight, one.requirements, height))
    words = one.engine.read_words(steps[-1].image, deadline.left_s())
    # The words come from strangers: anyone can print anything on paper.
    words = [replace(word, text=printable(word.text)) for word in words]
    result = extract_fields(group_words(words), weights, context)
    return replace(result, steps=steps, engine=one.engine.name)


def with_trust(result: PassResult, trust: float) -> PassResult:
    """The result with all its confidences multiplied by `trust`."""
    confidence = {
        name: round(value * trust, 3) for name, value in result.receipt.confidence.items()
    }
    receipt = replace(result.receipt, confidence=confidence)
    return replace(result, receipt=receipt)


def is_needed(one: OcrPass, result: PassResult) -> bool:
    """Whether this pass could settle a doubt, or the paper is German and may have been misread."""
    confidence = result.receipt.confidence
    enough = SURE_ENOUGH_FOR_BETTER if one.better else SURE_ENOUGH
    doubtful = any(confidence.get(name, 0.0) < least for name, least in enough.items())
    return doubtful or country.is_german(result.lines)


def is_hopeless(result: PassResult) -> bool:
    """Whether nothing that an expense needs was read with any confidence."""
    confidence = result.receipt.confidence
    return all(confidence.get(name, 0.0) < HOPELESS for name in SURE_ENOUGH_FOR_BETTER)


def legibility(lines: Sequence[Line]) -> float:
    """How many letters were read; those that the engine doubts count little."""
    return sum(len(word.text) * word.confidence**3 for line in lines for word in line.words)


def combine(one: PassResult, other: PassResult, weight_of_one: float = 1.0) -> PassResult:
    """Take the more probable choice of each field; what belongs to the total goes with the total.

    The confidences of `one` are multiplied by `weight_of_one` before they are compared.
    """
    weight = {id(one): weight_of_one, id(other): 1.0}

    def weighted(result: PassResult, name: str) -> float:
        return result.receipt.confidence.get(name, 0.0) * weight[id(result)]

    base, rest = (one, other) if weighted(one, "total") > weighted(other, "total") else (other, one)
    fields: dict[str, object] = {}
    confidence = dict(base.receipt.confidence)
    choices = dict(base.choices)
    for name in ("merchant", "address", "date", "currency"):
        if weighted(rest, name) > weighted(base, name):
            fields[name] = getattr(rest.receipt, name)
            confidence[name] = rest.receipt.confidence[name]
            choices[name] = rest.choices[name]
            if name == "date":
                fields["time"] = rest.receipt.time
    if weighted(rest, "merchant_number") > weighted(base, "merchant_number"):
        fields["merchant_number"] = rest.receipt.merchant_number
        confidence["merchant_number"] = rest.receipt.confidence["merchant_number"]
    days = {one.receipt.date, other.receipt.date} - {None}
    if len(days) > 1 and weight_of_one == 1.0:
        confidence["date"] = round(confidence["date"] * KEPT_OF_DISPUTED_DATE, 3)
    receipt = replace(base.receipt, confidence=confidence, **fields)
    passes = (*(one.passes or (one,)), *(other.passes or (other,)))
    return replace(base, receipt=receipt, choices=choices, passes=passes)
