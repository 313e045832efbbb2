"""What an instructor needs, told once: plans by the minute, the rubric, and bugs that can be shown.

The page to score oneself with and the marking scheme are both made from `rubric.toml`.
"""

import tomllib
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from lab.publish.pages.markdown import table
from lab.publish.pages.values import ROOT

PLANS = ROOT / "docs" / "instructor" / "plans.toml"
RUBRIC = ROOT / "docs" / "workshop" / "rubric.toml"

Guards = Literal["speed", "promise", "database"]
GUARDED: dict[Guards, str] = {
    "speed": "**It is fast.** A batch of hundreds comes in, and is read by many at once.",
    "promise": "**It keeps its promise.** Nothing is lost, nothing is stored twice, and somebody "
    "can see it.",
    "database": "**It protects the database.** The client's app stays as fast as before.",
}


class Step(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Some minutes of a plan; `page`, from `docs/`, is on the wall meanwhile."""

    minutes: Annotated[int, Meta(ge=1)]
    what: str
    you: str
    they: str
    page: str | None = None


class Plan(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A plan by the minute. Raises ValueError where its steps don't add up."""

    minutes: int
    says: str
    steps: tuple[Step, ...]

    def __post_init__(self) -> None:
        if (told := sum(step.minutes for step in self.steps)) != self.minutes:
            raise ValueError(f"the steps of the {self.minutes} minutes add up to {told}")


class Ask(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A line of the rubric; `part` is what earns half of the points, where they can be halved."""

    diagram: Literal[1, 2]
    points: Annotated[int, Meta(ge=1)]
    guards: Guards
    says: str
    otherwise: str
    full: str
    part: str | None = None

    def __post_init__(self) -> None:
        if (self.points == 1) == (self.part is not None):
            raise ValueError(f"half of {self.points}, in points: {self.says}")


def plans() -> tuple[Plan, ...]:
    """The plans. Raises msgspec.ValidationError where the file is wrong."""
    return msgspec.convert(tomllib.loads(PLANS.read_text())["plans"], tuple[Plan, ...])


def asks() -> tuple[Ask, ...]:
    """The rubric's lines. Raises msgspec.ValidationError where the file is wrong."""
    return msgspec.convert(tomllib.loads(RUBRIC.read_text())["asks"], tuple[Ask, ...])


def teaching_plan(minutes: int) -> str:
    """The plan of so many minutes, for a page of this section."""
    (plan,) = (it for it in plans() if it.minutes == minutes)
    rows, at = [], 0
    for step in plan.steps:
        what = f"[{step.what}](../{step.page})" if step.page else step.what
        rows.append((_clock(at), step.minutes, what, step.you, step.they))
        at += step.minutes
    return f"{plan.says}\n\n" + table(("at", "min", "what", "you", "they"), rows)


def _clock(minutes: int) -> str:
    return f"{minutes // 60}:{minutes % 60:02}"


def rubric(diagram: int) -> str:
    """The rubric of one diagram, with boxes to tick."""
    rows = [
        (
            f'<input type="checkbox" value="{it.points}" aria-label="{it.says}">',
            it.says,
            it.points,
            it.otherwise,
        )
        for it in asks()
        if it.diagram == diagram
    ]
    return table(("", "your design shows", "points", "if it doesn't"), rows)


def marking(diagram: int) -> str:
    """The same for who marks it: what is heard for all points, and for half of them."""
    rows = [
        (it.says, it.points, it.full, f"{it.part} ({it.points // 2})" if it.part else "–")
        for it in asks()
        if it.diagram == diagram
    ]
    return table(("the design shows", "points", "all of them for", "half for"), rows)


def guarded() -> str:
    """How many points speak for what."""
    rows = [(says, _points(guards)) for guards, says in GUARDED.items()]
    return table(("what the points say", "points"), rows)


def all_points() -> int:
    """Points of the whole rubric."""
    return sum(it.points for it in asks())


def _points(guards: Guards) -> int:
    return sum(it.points for it in asks() if it.guards == guards)
