"""From an image to a receipt: look, judge, and look again where fields stay in doubt."""

import math
from collections.abc import Mapping, Sequence

from msgspec.structs import replace
from PIL import Image

from receipts.extraction import country
from receipts.extraction.fields import Reading, Weights, extract
from receipts.extraction.lines import Line, group
from receipts.extraction.prepare import Step, fit, last, straighten
from receipts.extraction.weights import WEIGHTS
from receipts.ports import Look, LooksAgain, OcrEngine, Picture
from receipts.text import printable

SURE_ENOUGH: Mapping[str, float] = {"total": 0.9, "date": 0.9, "merchant": 0.6}
"""Where all of these are reached, another look costs more than it brings."""

HOPELESS = 0.5
"""Below this in every field, the picture may stand on its head."""


def looks_of(engine: OcrEngine) -> Sequence[Look]:
    """The looks that an engine offers; one at the usual picture if it doesn't say."""
    return engine.looks if isinstance(engine, LooksAgain) else [Look(engine, Picture())]


def read(image: Image.Image, engine: OcrEngine, weights: Weights = WEIGHTS) -> Reading:
    """Read a grey image; raises what the engine raises."""
    return read_straight(list(straighten(image)), engine, weights)


def read_straight(steps: Sequence[Step], engine: OcrEngine, weights: Weights = WEIGHTS) -> Reading:
    """Read what `straighten` made, with as many of the engine's looks as doubt asks for."""
    straight = steps[-1].image
    first, *others = looks_of(engine)
    reading = look_at(straight, first, weights)
    if is_hopeless(reading):
        turned = straight.transpose(Image.Transpose.ROTATE_180)
        other = look_at(turned, first, weights)
        if legibility(other.lines) > legibility(reading.lines):
            straight, reading = turned, other
    for look in others:
        if not needs_another_look(reading):
            break
        reading = combine(reading, look_at(straight, look, weights))
    return with_trust(reading, math.prod(step.trust for step in steps))


def look_at(straight: Image.Image, look: Look, weights: Weights = WEIGHTS) -> Reading:
    """Read a straightened image with one look."""
    picture = last(fit(straight, look.picture))
    # What an engine reads is the paper's word, and anyone can print anything on paper.
    words = [replace(word, text=printable(word.text)) for word in look.engine.read(picture)]
    reading = extract(group(words), weights)
    return replace(reading, picture=picture, engine=look.engine.name)


def with_trust(reading: Reading, trust: float) -> Reading:
    """The reading with all its confidences times `trust`."""
    confidence = {name: round(by * trust, 3) for name, by in reading.receipt.confidence.items()}
    receipt = replace(reading.receipt, confidence=confidence)
    return replace(reading, receipt=receipt)


def needs_another_look(reading: Reading) -> bool:
    """Whether a field that an expense needs is in doubt, or German may have been misread."""
    found = reading.receipt.confidence
    doubtful = any(found.get(name, 0.0) < least for name, least in SURE_ENOUGH.items())
    return doubtful or country.is_german(reading.lines)


def is_hopeless(reading: Reading) -> bool:
    """Whether nothing that an expense needs was read with any confidence."""
    return all(reading.receipt.confidence.get(name, 0.0) < HOPELESS for name in SURE_ENOUGH)


def legibility(lines: Sequence[Line]) -> float:
    """How much was read, in letters, those that the engine doubts counting little."""
    return sum(len(word.text) * word.confidence**3 for line in lines for word in line.words)


def combine(one: Reading, other: Reading) -> Reading:
    """The more probable choice of each field; what belongs to the total goes with the total."""
    sure = one.receipt.confidence, other.receipt.confidence
    base, rest = (one, other) if _of(sure[0], "total") > _of(sure[1], "total") else (other, one)
    fields: dict[str, object] = {}
    confidence = dict(base.receipt.confidence)
    choices = dict(base.choices)
    for name in ("merchant", "address", "date", "currency"):
        if _of(rest.receipt.confidence, name) > _of(base.receipt.confidence, name):
            fields[name] = getattr(rest.receipt, name)
            confidence[name] = rest.receipt.confidence[name]
            choices[name] = rest.choices[name]
            if name == "date":
                fields["time"] = rest.receipt.time
    receipt = replace(base.receipt, confidence=confidence, **fields)
    looks = (*(one.looks or (one,)), *(other.looks or (other,)))
    return replace(base, receipt=receipt, choices=choices, looks=looks)


def _of(confidence: Mapping[str, float], name: str) -> float:
    return confidence.get(name, 0.0)
