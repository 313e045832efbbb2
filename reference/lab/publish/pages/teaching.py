"""Tables for instructors: plans by the minute, and the rubric.

The self-assessment page and the marking scheme are both made from `rubric.toml`.
"""

import tomllib
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from lab.publish.pages.markdown import table
from lab.support.paths import DOCS

PLANS = DOCS / "instructor" / "plans.toml"
RUBRIC = DOCS / "workshop" / "rubric.toml"

Goal = Literal["speed", "promise", "database"]
GOALS: dict[Goal, str] = {
    "speed": "**It is fast.** A batch of hundreds comes in, and is read by many at once.",
    "promise": "**It keeps its promise.** Nothing is lost, nothing is stored twice, and somebody "
    "can see it.",
    "database": "**It protects the database.** The client's app stays as fast as before.",
}


class Step(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A step of a plan; `page`, a path from `docs/`, is projected meanwhile."""

    minutes: Annotated[int, Meta(ge=1)]
    what: str
    you: str
    they: str
    page: str | None = None


class Plan(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A plan by the minute. Raises ValueError unless its steps add up to its minutes."""

    minutes: int
    description: str
    steps: tuple[Step, ...]

    def __post_init__(self) -> None:
        if (total := sum(step.minutes for step in self.steps)) != self.minutes:
            raise ValueError(f"the steps of the {self.minutes} minutes add up to {total}")


class Criterion(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A line of the rubric; the design bench's rules name its `id`.

    `full` earns all points, `part` half of them (None for a single point); `otherwise` says what
    goes wrong in a design without it.
    """

    id: str
    diagram: Literal[1, 2]
    points: Annotated[int, Meta(ge=1)]
    goal: Goal
    text: str
    otherwise: str
    full: str
    part: str | None = None

    def __post_init__(self) -> None:
        if (self.points == 1) == (self.part is not None):
            raise ValueError(f"`part` goes with more than one point: {self.text}")


def plans() -> tuple[Plan, ...]:
    """The plans. Raises msgspec.ValidationError for an invalid file."""
    return msgspec.convert(tomllib.loads(PLANS.read_text())["plans"], tuple[Plan, ...])


def criteria() -> tuple[Criterion, ...]:
    """The rubric's lines. Raises msgspec.ValidationError for an invalid file."""
    return msgspec.convert(tomllib.loads(RUBRIC.read_text())["criteria"], tuple[Criterion, ...])


def teaching_plan(minutes: int) -> str:
    """The plan of this length, as a table."""
    (plan,) = (it for it in plans() if it.minutes == minutes)
    rows, at = [], 0
    for step in plan.steps:
        what = f"[{step.what}](../{step.page})" if step.page else step.what
        rows.append((_clock(at), step.minutes, what, step.you, step.they))
        at += step.minutes
    return f"{plan.description}\n\n" + table(("at", "min", "what", "you", "they"), rows)


def _clock(minutes: int) -> str:
    return f"{minutes // 60}:{minutes % 60:02}"


def rubric(diagram: int) -> str:
    """The rubric of one diagram, with checkboxes for self-assessment."""
    rows = [
        (
            f'<input type="checkbox" value="{it.points}" aria-label="{it.text}">',
            it.text,
            it.points,
            it.otherwise,
        )
        for it in criteria()
        if it.diagram == diagram
    ]
    return table(("", "your design shows", "points", "if it doesn't"), rows)


def marking(diagram: int) -> str:
    """The rubric of one diagram for whoever marks it: what earns all points, and half of them."""
    rows = [
        (it.text, it.points, it.full, f"{it.part} ({it.points // 2})" if it.part else "–")
        for it in criteria()
        if it.diagram == diagram
    ]
    return table(("the design shows", "points", "all of them for", "half for"), rows)


def points_by_goal() -> str:
    """The rubric's points by goal."""
    rows = [
        (goal, sum(it.points for it in criteria() if it.goal == name))
        for name, goal in GOALS.items()
    ]
    return table(("what the points say", "points"), rows)


def all_points() -> int:
    """The points of the whole rubric."""
    return sum(it.points for it in criteria())
