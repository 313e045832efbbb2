"""Judges a design: its choices and numbers against the rules. The page's script does the same.

A property breaks where one rule says so, whatever else holds; it is judged otherwise only when
everything that it needs was said. No rule, no verdict.
"""

from collections.abc import Iterator, Mapping
from typing import Literal

import msgspec

from lab.plan import facts
from lab.review.catalogue import (
    NO_LIMIT,
    Catalogue,
    Conditions,
    DesignError,
    Property,
    Question,
    Rule,
    catalogue,
    impossible,
)

Answer = str | float
Design = Mapping[str, Answer]
Word = Literal["holds", "breaks", "depends", "n/a", "not judged"]

CLOCK_HOURS: Mapping[str, float] = {
    "bus_classic": float(facts.DESTINATION_CLOCK.value),
    "sns": float(facts.WEBHOOK_CLOCK.value),
}
"""Where results wait for a time that is the service's, not the design's to say."""

MOST_HOURS: Mapping[str, float] = {
    it: float(facts.QUEUE_RETENTION_HIGH.value) / 3600
    for it in ("receipt_queue", "sqs", "fifo_one")
} | {"kinesis": 365 * 24.0, "bus_custom": 365 * 24.0}
"""The longest that a service keeps what waits, whatever a design says."""

WITHOUT_END = ("files",)
WELL_WITHIN = 0.5
"""A drain over this share of the retention is close; the planner's verdict has the same."""

LAST_QUESTION = "What would make you choose another design, and how would you notice?"


class Verdict(msgspec.Struct, frozen=True):
    """One property of a design: the verdict, and the rules that speak for it.

    `missing` names the questions whose answers are needed first.
    """

    property: str
    word: Word
    rules: tuple[Rule, ...] = ()
    missing: tuple[str, ...] = ()


def judge(design: Design, known: Catalogue | None = None) -> tuple[Verdict, ...]:
    """Judge every property, in the rubric's order. Raises DesignError for an unknown answer."""
    known = known or catalogue()
    said = _said(design, known)
    facts_of_it = said | derive(said)
    return tuple(_judge(it, facts_of_it, known) for it in known.properties)


def next_question(verdicts: tuple[Verdict, ...], known: Catalogue | None = None) -> str:
    """What a good instructor would ask next: of what breaks, then depends, then wasn't judged."""
    asks = {it.id: it.ask for it in (known or catalogue()).properties}
    for word in ("breaks", "depends", "not judged"):
        for verdict in verdicts:
            if verdict.word == word:
                return asks[verdict.property]
    return LAST_QUESTION


def derive(said: Design) -> dict[str, str]:
    """What the numbers say: whether it outlasts the outage, whether tries do, how it drains."""
    found = {}
    kept, outage = _kept_hours(said), _number(said, "outage_hours")
    if kept is not None and outage is not None:
        found["outlasts"] = "yes" if kept > outage else "no"
    tries, visibility = _number(said, "tries"), _number(said, "visibility_s")
    if tries is None or visibility is None or outage is None:
        found["tries_last"] = "unknown"
    else:
        found["tries_last"] = "yes" if tries * visibility > outage * 3600 else "no"
    rate, receipts = _number(said, "rate"), _number(said, "receipts")
    if kept is not None and rate is not None and receipts is not None:
        share = receipts / rate / 3600 / kept
        found["drain"] = "fits" if share <= WELL_WITHIN else "close" if share <= 1 else "over"
    return found


def numbers(design: Design, known: Catalogue | None = None) -> dict[str, float]:
    """The numbers of a design, defaults among them, and how many hours results are kept."""
    said = _said(design, known or catalogue())
    found = {name: value for name, value in said.items() if isinstance(value, float)}
    kept = _kept_hours(said)
    return found | ({"kept_hours": kept} if kept is not None else {})


def can_be_built(design: Design, known: Catalogue | None = None) -> bool:
    """Whether nothing in the design is impossible, whatever its verdicts are."""
    known = known or catalogue()
    return not any(_holds(when, design) for when, _ in impossible(known.questions))


def applies(question: Question, said: Design) -> bool:
    """Whether the question is asked of a design that has said this."""
    return _holds(question.only, said)


def unanswered(design: Design, known: Catalogue | None = None) -> Iterator[Question]:
    """The questions that apply and have no answer, in order."""
    known = known or catalogue()
    for question in known.questions:
        if question.default is None and question.id not in design and applies(question, design):
            yield question


def checked(name: str, answer: object, known: Catalogue | None = None) -> Answer:
    """A valid answer to a question. Raises DesignError with what would be one."""
    question = (known or catalogue()).question(name)
    if question.unit:
        try:
            number = float(str(answer))
        except ValueError:
            number = 0.0
        if not 0 < number <= question.most:  # what isn't a number fails as well
            most = "" if question.most == NO_LIMIT else f", at most {question.most:g}"
            raise DesignError(
                f"{name} must be a number of {question.unit} over 0{most}; got {answer}"
            )
        return number
    options = [it.id for it in question.options]
    if answer not in options:
        raise DesignError(f"{name} must be one of {', '.join(options)}; got {answer}")
    return str(answer)


def _said(design: Design, known: Catalogue) -> dict[str, Answer]:
    said = {it.id: it.default for it in known.questions if it.default is not None} | dict(design)
    return {name: checked(name, answer, known) for name, answer in said.items()}


def _judge(prop: Property, said: Design, known: Catalogue) -> Verdict:
    matching = [it for it in prop.rules if _holds(it.when, said)]

    def of(word: Word) -> tuple[Rule, ...]:
        return tuple(it for it in matching if it.verdict == word)

    missing = tuple(dict.fromkeys(_missing(prop, said, known)))
    if rules := of("n/a") or of("breaks"):
        return Verdict(prop.id, rules[0].verdict, rules)
    if not missing and (rules := of("depends") or of("holds")):
        return Verdict(prop.id, rules[0].verdict, rules)
    return Verdict(prop.id, "not judged", missing=missing)


def _missing(prop: Property, said: Design, known: Catalogue) -> Iterator[str]:
    """What must be said first: what the property needs, or what decides whether that applies."""
    for name in prop.needs:
        question = known.question(name)
        if name not in said and applies(question, said):
            yield name
        yield from (gate for gate in question.only if name not in said and gate not in said)


def _holds(conditions: Conditions, said: Design) -> bool:
    return all(said.get(name) in options for name, options in conditions.items())


def _number(said: Design, name: str) -> float | None:
    value = said.get(name)
    return float(value) if value is not None else None


def _kept_hours(said: Design) -> float | None:
    waits = str(said.get("waits", ""))
    if waits in WITHOUT_END:
        return float("inf")
    if waits in CLOCK_HOURS:
        return CLOCK_HOURS[waits]
    days = _number(said, "retention_days")
    if days is None or waits in {"", "nowhere"}:
        return None
    return min(days * 24, MOST_HOURS.get(waits, float("inf")))
