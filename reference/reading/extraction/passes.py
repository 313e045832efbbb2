"""From an image to a receipt: one OCR pass, and further passes while fields are in doubt."""

import logging
import math
from collections.abc import Callable, Mapping, Sequence

from msgspec.structs import replace
from PIL import Image

from reading.context import NO_CONTEXT, ReadingContext
from reading.engine import OcrEngine, OcrEngineError, OcrPass, Word, passes_of
from reading.extraction import country, glyphs, upright
from reading.extraction.deadline import Deadline, deadline_of
from reading.extraction.fields import PassResult, Weights, extract_fields
from reading.extraction.lines import group_words
from reading.extraction.prepare import SEVERAL, Step, level, scale_and_restore
from reading.extraction.several import are_below_each_other, are_side_by_side
from reading.extraction.strips import read_in_parts
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


FOUND = 0.5
"""The least confidence of a total and a date that were found at all."""


def read_straightened(
    steps: Sequence[Step],
    engine: OcrEngine,
    deadline: Deadline | None = None,
    weights: Weights = WEIGHTS,
    context: ReadingContext = NO_CONTEXT,
) -> PassResult:
    """Read the image that `straighten` made, with as many of the engine's passes as needed.

    `steps` are all of its steps, or the last alone. If print is illegible, it is tried turned.

    Raises what the engine raises in its first pass. If a later pass fails or comes too late, the
    result so far is returned, with its doubts.
    """
    deadline = deadline or deadline_of(engine)
    first, *others = passes_of(engine)
    beforehand = _turned_by_a_piece(steps, first, deadline)
    straight = [*steps, *beforehand][-1].image
    height = glyphs.height(straight)  # measured once: it is not cheap, and the same for every pass
    result = run_pass(straight, first, deadline, weights, height, context)
    result = replace(result, steps=(*beforehand, *result.steps))
    try:
        if height and not beforehand and (turned := _turned(steps, first, result, deadline)):
            other_height = glyphs.height(turned[-1].image)
            other = run_pass(turned[-1].image, first, deadline, weights, other_height, context)
            if _legible(other).legible > _legible(result).legible:
                straight, height = turned[-1].image, other_height
                result = replace(other, steps=(*turned, *other.steps))
        for one in others:
            if not is_needed(one, result):
                break
            earlier_weight = EARLIER_PASS_WEIGHT if one.better else 1.0
            later = run_pass(straight, one, deadline, weights, height, context)
            result = combine(result, later, earlier_weight)
    except OcrEngineError as error:
        # Logged, because an engine that always fails would show only as receipts left in doubt.
        logger.warning("a later OCR pass failed; the result of the earlier ones stands: %s", error)
    seen = [step for one in result.passes or (result,) for step in one.steps]
    doubt = min((step.trust for step in seen), default=1.0)  # of each pass the same doubt
    return with_trust(result, doubt * math.prod(step.trust for step in steps))


def _turned(
    steps: Sequence[Step], first: OcrPass, result: PassResult, deadline: Deadline
) -> list[Step]:
    """The steps that turn a receipt upright, or none if it was legible as it lay."""
    seen = _legible(result)
    if seen.share >= (upright.CLEARLY_LEGIBLE if lacks_total_or_date(result) else upright.LEGIBLE):
        return []
    return _turn(_before_level(steps), seen, _piece_reader(first, deadline))


def _turned_by_a_piece(steps: Sequence[Step], first: OcrPass, deadline: Deadline) -> list[Step]:
    """The same of a strip that lies across: its whole would be slow to read, since nothing fits."""
    image = _before_level(steps)
    if image.width < upright.STRIP * image.height:
        return []
    read_piece = _piece_reader(first, deadline)
    seen = upright.look(image, read_piece)
    return _turn(image, seen, read_piece) if seen.share < upright.LEGIBLE else []


def _before_level(steps: Sequence[Step]) -> Image.Image:
    """The image before it was turned level: the slope of lines that run up or down is a guess."""
    return steps[-2 if len(steps) > 1 else -1].image


def _piece_reader(one: OcrPass, deadline: Deadline) -> Callable[[Image.Image], Sequence[Word]]:
    def read_piece(piece: Image.Image) -> Sequence[Word]:
        *_, step = scale_and_restore(level(piece).image, one.requirements)
        return one.engine.read_words(step.image, deadline.left_s())

    return read_piece


def _turn(
    image: Image.Image,
    seen: upright.Legibility,
    read_piece: Callable[[Image.Image], Sequence[Word]],
) -> list[Step]:
    turn = upright.find_turn(image, seen, read_piece)
    if turn is None:
        return []
    image = image.transpose(turn)
    note = f"{seen.share:.0%} was legible as it lay: turned by {upright.DEGREES[turn]}°"
    return [Step("turned", image, note), level(image)]


def _legible(result: PassResult) -> upright.Legibility:
    return upright.legibility([word for line in result.lines for word in line.words])


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
    words = read_in_parts(
        steps[-1].image, lambda part: one.engine.read_words(part, deadline.left_s())
    )
    # The words come from strangers: anyone can print anything on paper.
    words = [replace(word, text=printable(word.text)) for word in words]
    if are_side_by_side(words):
        note = "two receipts side by side, read as one"
        steps = (*steps, Step("several", steps[-1].image, note, SEVERAL))
    lines = group_words(words)
    if are_below_each_other(lines):
        note = "two receipts, one below the other, read as one"
        steps = (*steps, Step("several", steps[-1].image, note, SEVERAL))
    result = extract_fields(lines, weights, context)
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
    return doubtful or (one.adds_german and country.is_german(result.lines))


def lacks_total_or_date(result: PassResult) -> bool:
    """Whether the amount or the day wasn't found: by chance, print on its head may show one."""
    confidence = result.receipt.confidence
    return any(confidence.get(name, 0.0) < FOUND for name in ("total", "date"))


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
