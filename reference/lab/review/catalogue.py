"""The questions, the rules and the pages that they rest on, as data, checked as a whole."""

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal

import msgspec

from lab.support.errors import LabError
from lab.support.paths import ROOT

HERE = Path(__file__).parent
RUBRIC = ROOT / "docs" / "workshop" / "rubric.toml"
KINDS = ("answer", "drill", "measured", "model", "page", "simulation", "soak", "template")
DERIVED = {
    "outlasts": ("yes", "no"),
    "tries_last": ("yes", "no", "unknown"),
    "drain": ("fits", "close", "over"),
}
"""What `judge.derive` computes from the numbers, and its answers."""

NO_LIMIT = 1e12

VerdictWord = Literal["holds", "breaks", "depends", "n/a"]
Conditions = Mapping[str, tuple[str, ...]]


class DesignError(LabError, ValueError):
    """A design, an answer or a rule that can't be used; the message says which and why."""


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a sheet draws for an option: a title, an icon of `diagrams`, and the side."""

    title: str
    icon: str
    on: Literal["aws", "premises"] = "aws"


class Impossible(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why a design with an option can't be built: it breaks `line`; others of its diagram lapse."""

    line: str
    why: str
    evidence: tuple[str, ...]


class Option(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One answer to a question."""

    id: str
    label: str
    part: Part | None = None
    impossible: Impossible | None = None


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something that a design chooses: one of its options, or a number where it has a unit.

    `most` is the service's limit, where it is the same wherever the question is asked.
    """

    id: str
    step: str
    ask: str
    options: tuple[Option, ...] = ()
    unit: str = ""
    default: float | None = None
    most: float = NO_LIMIT
    only: Conditions = msgspec.field(default_factory=dict)


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where these choices come together the property has this verdict, for this evidence."""

    when: Conditions
    verdict: VerdictWord
    why: str
    evidence: tuple[str, ...]
    on: str = ""


class Property(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A line of the rubric with its rules. `at` is the question whose part the sheet marks."""

    id: str
    text: str
    diagram: int
    points: int
    goal: str
    ask: str
    at: str
    needs: tuple[str, ...]
    rules: tuple[Rule, ...]


class Source(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A page that rules rest on, and the day on which it was read."""

    title: str
    url: str
    read: str
    says: str


class Catalogue(msgspec.Struct, frozen=True):
    """Everything that a review knows."""

    questions: tuple[Question, ...]
    properties: tuple[Property, ...]
    sources: Mapping[str, Source]
    seeds: Mapping[str, int]

    def question(self, name: str) -> Question:
        """The question of this name. Raises DesignError for an unknown one."""
        for it in self.questions:
            if it.id == name:
                return it
        raise DesignError(
            f"no question is called {name!r}; there are: {', '.join(q.id for q in self.questions)}"
        )


@cache
def catalogue() -> Catalogue:
    """Read the files beside this one. Raises DesignError for what doesn't fit together."""
    questions = msgspec.convert(_toml("choices.toml")["questions"], tuple[Question, ...])
    read = Catalogue(
        questions=questions,
        properties=tuple(_properties(questions)),
        sources=msgspec.convert(_toml("sources.toml"), dict[str, Source]),
        seeds=_toml("seeds.toml"),
    )
    if problems := [*_problems(read)]:
        raise DesignError("; ".join(problems))
    return read


def _toml(name: str) -> dict[str, Any]:
    return tomllib.loads((HERE / name).read_text())


def impossible(questions: tuple[Question, ...]) -> Iterator[tuple[Conditions, Impossible]]:
    """The options of which nothing can be built, as conditions of a rule, and why."""
    for question in questions:
        for option in question.options:
            if option.impossible:
                yield {question.id: (option.id,)}, option.impossible


def _properties(questions: tuple[Question, ...]) -> Iterator[Property]:
    rules = _toml("rules_reading.toml") | _toml("rules_storing.toml")
    lines = tomllib.loads(RUBRIC.read_text())["criteria"]
    if [it["name"] for it in lines] != [*rules]:
        raise DesignError(f"the rubric's lines and the rules differ: {[*rules]}")
    for line in lines:
        common = {"id": line["name"]} | {
            key: line[key] for key in ("text", "diagram", "points", "goal")
        }
        read = msgspec.convert(common | rules[line["name"]], Property)
        more = tuple(_lapsing(read, lines, questions))
        yield msgspec.structs.replace(read, rules=more + read.rules)


def _lapsing(
    prop: Property, lines: list[dict[str, Any]], questions: tuple[Question, ...]
) -> Iterator[Rule]:
    """A design that can't be built breaks in one line, and nothing else of its diagram counts."""
    diagram_of = {it["name"]: it["diagram"] for it in lines}
    for when, it in impossible(questions):
        if it.line == prop.id:
            yield Rule(when, "breaks", it.why, it.evidence)
        elif diagram_of[it.line] == prop.diagram:
            yield Rule(when, "n/a", f"it can't be built: {it.why}", it.evidence)


def _problems(read: Catalogue) -> Iterator[str]:
    answers = {q.id: tuple(o.id for o in q.options) for q in read.questions} | DERIVED
    for question in read.questions:
        if bool(question.options) == bool(question.unit):
            yield f"{question.id} must have options or a unit"
        yield from _unknown(question.id, question.only, answers)
    for prop in read.properties:
        for name in {*prop.needs, prop.at} - {*answers, "database"}:
            yield f"{prop.id} names {name}, which is no question"
        for rule in prop.rules:
            yield from _unknown(prop.id, rule.when, answers)
            yield from (f"{prop.id}: {rule.why!r} {it}" for it in _lacks(rule, read))


def _lacks(rule: Rule, read: Catalogue) -> Iterator[str]:
    if not rule.evidence:
        yield "has no evidence"
    if (rule.verdict == "depends") != bool(rule.on):
        yield "must say on what it depends, and only then"
    for kind, _, name in (it.partition(":") for it in rule.evidence):
        if kind not in KINDS:
            yield f"has evidence of no kind: {kind!r}"
        if kind == "page" and name not in read.sources:
            yield f"rests on {name!r}, which is not in sources.toml"
        if kind == "simulation" and name not in read.seeds:
            yield f"rests on {name!r}, which has no seed in seeds.toml"


def _unknown(
    where: str, conditions: Conditions, answers: Mapping[str, tuple[str, ...]]
) -> Iterator[str]:
    for name, options in conditions.items():
        for option in options:
            if option not in answers.get(name, ()):
                yield f"{where} asks for {name} = {option}, which nothing answers"
