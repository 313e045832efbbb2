"""From an image to a receipt: look, judge, and look again where fields stay in doubt."""

import logging
import math
from collections.abc import Mapping, Sequence

from msgspec.structs import replace
from PIL import Image

from reading.engine import Look, LooksAgain, OcrEngine, OcrEngineError, Picture
from reading.extraction import country, glyphs
from reading.extraction.deadline import Deadline
from reading.extraction.fields import Reading, Weights, extract
from reading.extraction.lines import Line, group
from reading.extraction.prepare import Step, fit, straighten
from reading.extraction.weights import WEIGHTS
from reading.text import printable

logger = logging.getLogger(__name__)

SURE_ENOUGH: Mapping[str, float] = {"total": 0.8, "date": 0.5, "merchant": 0.25}
"""Where these are reached, another look of the same engine costs more than it brings."""

SURE_ENOUGH_FOR_BETTER: Mapping[str, float] = {"total": 0.9, "date": 0.9, "merchant": 0.8}
"""A better engine settles smaller doubts, and tells names apart that differ by a letter."""

BELIEF = 0.3
"""What an earlier look's confidence counts against a better engine's."""

HOPELESS = 0.5
"""Below this in every field, the picture may stand on its head."""


def looks_of(engine: OcrEngine) -> Sequence[Look]:
    """The looks that an engine offers; one at the usual picture if it doesn't say."""
    return engine.looks if isinstance(engine, LooksAgain) else [Look(engine, Picture())]


def read(image: Image.Image, engine: OcrEngine, deadline: Deadline | None = None) -> Reading:
    """Read a grey image; raises what the engine raises."""
    return read_straight(list(straighten(image)), engine, deadline)


def read_straight(
    steps: Sequence[Step],
    engine: OcrEngine,
    deadline: Deadline | None = None,
    weights: Weights = WEIGHTS,
) -> Reading:
    """Read what `straighten` made, with as many of the engine's looks as doubt asks for.

    Raises what the engine raises at its first look; where a later one fails or is too late, what
    was read stands, with the doubt it left.
    """
    deadline = deadline or Deadline()
    straight = steps[-1].image
    first, *others = looks_of(engine)
    height = glyphs.height(straight)  # not cheap, and the same for every look
    reading = look_at(straight, first, deadline, weights, height)
    try:
        if is_hopeless(reading):
            turned = straight.transpose(Image.Transpose.ROTATE_180)
            other = look_at(turned, first, deadline, weights, height)
            if legibility(other.lines) > legibility(reading.lines):
                straight, reading = turned, _after_turning(turned, other)
        for look in others:
            if not needs(look, reading):
                break
            belief = BELIEF if look.better else 1.0
            reading = combine(reading, look_at(straight, look, deadline, weights, height), belief)
    except OcrEngineError as error:
        # Said, since an engine that always fails would only show as receipts that stay in doubt.
        logger.warning("a later look failed, what was read before it stands: %s", error)
    return with_trust(reading, math.prod(step.trust for step in steps))


def _after_turning(turned: Image.Image, reading: Reading) -> Reading:
    step = Step("turned", turned, "more was legible upside down: turned by 180°")
    return replace(reading, steps=(step, *reading.steps))


def look_at(
    straight: Image.Image,
    look: Look,
    deadline: Deadline,
    weights: Weights = WEIGHTS,
    height: int | None = None,
) -> Reading:
    """Read a straightened image, whose type is `height` pixels high if that is known."""
    steps = tuple(fit(straight, look.picture, height))
    seen = look.engine.read(steps[-1].image, deadline.left_s())
    # What an engine reads is the paper's word, and anyone can print anything on paper.
    words = [replace(word, text=printable(word.text)) for word in seen]
    reading = extract(group(words), weights)
    return replace(reading, steps=steps, engine=look.engine.name)


def with_trust(reading: Reading, trust: float) -> Reading:
    """The reading with all its confidences times `trust`."""
    confidence = {name: round(by * trust, 3) for name, by in reading.receipt.confidence.items()}
    receipt = replace(reading.receipt, confidence=confidence)
    return replace(reading, receipt=receipt)


def needs(look: Look, reading: Reading) -> bool:
    """Whether fields are in doubt that this look could settle, or German may have been misread."""
    found = reading.receipt.confidence
    enough = SURE_ENOUGH_FOR_BETTER if look.better else SURE_ENOUGH
    doubtful = any(found.get(name, 0.0) < least for name, least in enough.items())
    return doubtful or country.is_german(reading.lines)


def is_hopeless(reading: Reading) -> bool:
    """Whether nothing that an expense needs was read with any confidence."""
    found = reading.receipt.confidence
    return all(found.get(name, 0.0) < HOPELESS for name in SURE_ENOUGH_FOR_BETTER)


def legibility(lines: Sequence[Line]) -> float:
    """How much was read, in letters, those that the engine doubts counting little."""
    return sum(len(word.text) * word.confidence**3 for line in lines for word in line.words)


def combine(one: Reading, other: Reading, belief: float = 1.0) -> Reading:
    """The more probable choice of each field; what belongs to the total goes with the total.

    The confidences of `one` count `belief` times against those of `other`.
    """
    weight = {id(one): belief, id(other): 1.0}

    def sure(reading: Reading, name: str) -> float:
        return reading.receipt.confidence.get(name, 0.0) * weight[id(reading)]

    base, rest = (one, other) if sure(one, "total") > sure(other, "total") else (other, one)
    fields: dict[str, object] = {}
    confidence = dict(base.receipt.confidence)
    choices = dict(base.choices)
    for name in ("merchant", "address", "date", "currency"):
        if sure(rest, name) > sure(base, name):
            fields[name] = getattr(rest.receipt, name)
            confidence[name] = rest.receipt.confidence[name]
            choices[name] = rest.choices[name]
            if name == "date":
                fields["time"] = rest.receipt.time
    receipt = replace(base.receipt, confidence=confidence, **fields)
    looks = (*(one.looks or (one,)), *(other.looks or (other,)))
    return replace(base, receipt=receipt, choices=choices, looks=looks)
