"""For instructors and participants: plans by the minute, hints, and the rubric.

The self-assessment page, the printed sheet and the marking scheme are all made from `rubric.toml`.
"""

import html
import re
import tomllib
from collections.abc import Iterator
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from lab.plan.presets import PRESETS
from lab.publish.pages import on_paper
from lab.publish.pages.markdown import table
from lab.support.paths import DOCS

PLANS = DOCS / "instructor" / "plans.toml"
RUBRIC = DOCS / "workshop" / "rubric.toml"
HINTS = DOCS / "workshop" / "hints.toml"

Goal = Literal["speed", "promise", "database"]
GOALS: dict[Goal, str] = {
    "speed": "**It is fast.** A batch of hundreds comes in, and is read by many at once.",
    "promise": "**It keeps its promise.** Nothing is lost, nothing is stored twice, and somebody "
    "can see it.",
    "database": "**It protects the database**, by a number, a way in and a switch that the client "
    "agreed to.",
}


SHORT: dict[Goal, str] = {"speed": "fast", "promise": "promise", "database": "database"}
_BOX = '<span class="tick-box">☐</span>'


class Step(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A step of a plan; `page`, a path from `docs/`, is projected meanwhile, `give` handed out.

    `picture` names the page's picture that is shown alone, where its text says more than was asked.
    `printed` says what of it is on paper, each as `handout/heading`: it must do without projector.
    """

    minutes: Annotated[int, Meta(ge=1)]
    what: str
    you: str
    they: str
    page: str | None = None
    picture: str | None = None
    give: str = ""
    printed: tuple[str, ...] = ()


class Plan(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A plan by the minute; `ready` is what it needs of you before.

    Raises ValueError unless its steps add up to its minutes.
    """

    minutes: int
    description: str
    steps: tuple[Step, ...]
    ready: str = ""

    def __post_init__(self) -> None:
        if (total := sum(step.minutes for step in self.steps)) != self.minutes:
            raise ValueError(f"the steps of the {self.minutes} minutes add up to {total}")


class Criterion(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A line of the rubric; the design bench's rules name it.

    `full` earns all points, `part` half of them (None for a single point); `otherwise` says what
    goes wrong in a design without it; `without`, of which designs the question does not apply.
    """

    name: str
    diagram: Literal[1, 2]
    points: Annotated[int, Meta(ge=1)]
    goal: Goal
    text: str
    otherwise: str
    full: str
    part: str | None = None
    without: str | None = None

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
    plan = _plan(minutes)
    rows = [(at, it.minutes, _linked(it), it.you, it.they) for at, it in _timed(plan)]
    told = f"{plan.description} {plan.ready}".strip()
    return f"{told}\n\n" + table(("at", "min", "what", "you", "they"), rows)


def run_sheet(minutes: int) -> str:
    """The plan of this length to be printed: what to say, show and hand out, and when."""
    plan = _plan(minutes)
    rows = [
        (at, it.what, it.you, _wall(it), it.give or "–", on_paper.papers(it.printed) or "–")
        for at, it in _timed(plan)
    ]
    head = ("at", "what", "you", "on the wall", "hand out", "on paper, page")
    return f"{plan.ready}\n\n" + table(head, rows)


def _plan(minutes: int) -> Plan:
    (plan,) = (it for it in plans() if it.minutes == minutes)
    return plan


def _timed(plan: Plan) -> Iterator[tuple[str, Step]]:
    at = 0
    for step in plan.steps:
        yield f"{at // 60}:{at % 60:02}", step
        at += step.minutes


def _linked(step: Step) -> str:
    if not step.page:
        return step.what
    if not step.picture:
        return f"[{step.what}](../{step.page})"
    page = step.page.removesuffix(".md")
    return f'<a href="../{page}.html#present={step.picture}.0">{step.what}</a>'


def _wall(step: Step) -> str:
    if not step.page:
        return "–"
    found = re.search(r"^# (.+?)(?:: .*| \{.*\})?$", (DOCS / step.page).read_text(), re.MULTILINE)
    title = found[1] if found else step.page
    return f"{title}: its picture" if step.picture else title


def vote(story: str) -> str:
    """A story of the simulator to be voted on by hand: what happens, the question, its answers."""
    it = PRESETS[story]
    answers = "; ".join(f"({mark}) {one.text}" for mark, one in zip("abc", it.choices, strict=True))
    return f"{it.story} *{it.question}* {answers}."


def rubric(diagram: int) -> str:
    """The rubric of one diagram, to judge oneself by; what a line asks for shows once it is judged.

    Without JavaScript that can be opened by hand, and nothing is added up.
    """
    items = "\n\n".join(_to_judge(it) for it in criteria() if it.diagram == diagram)
    return f'<div class="criteria" markdown>\n\n{items}\n\n</div>'


def _to_judge(it: Criterion) -> str:
    marks = [("none", "no", 0)]
    if it.part:
        marks.append(("half", "half", it.points // 2))
    marks.append(("full", "yes", it.points))
    if it.without:
        marks.append(("apart", "does not apply", 0))
    choices = " ".join(
        f'<label><input type="radio" name="{it.name}" value="{value}" data-points="{points}"> '
        f"{label}</label>"
        for value, label, points in marks
    )
    answers = [f"**All points for:** {it.full}."]
    if it.part:
        answers.append(f"**Half for:** {it.part}.")
    if it.without:
        answers.append(f"**Does not apply where** {it.without}.")
    answers.append(f"**Behind it:** {it.otherwise}.")
    body = "\n\n".join(answers)
    plural = "" if it.points == 1 else "s"
    return (
        f'<div class="criterion" role="group" aria-label="{html.escape(it.text)}" '
        f'data-goal="{it.goal}" data-points="{it.points}" markdown>\n\n'
        f'<p class="asks">{it.text} <span class="points">{it.points} point{plural}</span></p>\n\n'
        f'<div class="marks">{choices}</div>\n\n'
        f"<details markdown><summary>What earns it</summary>\n\n{body}\n\n</details>\n\n</div>"
    )


def score_sheet(diagram: int) -> str:
    """The rubric of one diagram on paper: a box to tick a line, and no answers."""
    rows: list[tuple[object, ...]] = [
        (
            it.text,
            SHORT[it.goal],
            _BOX + " 0",
            f"{_BOX} {it.points // 2}" if it.part else "–",
            f"{_BOX} {it.points}",
            _BOX if it.without else "–",
        )
        for it in criteria()
        if it.diagram == diagram
    ]
    head: tuple[str, ...] = ("your neighbour's design shows", "for", "no", "half", "yes", "n/a")
    if not any(it.without for it in criteria() if it.diagram == diagram):
        head, rows = head[:-1], [row[:-1] for row in rows]
    return table(head, rows)


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
    rows = [(goal, goal_points(name)) for name, goal in GOALS.items()]
    return table(("what the points say", "points"), rows)


def goal_points(goal: Goal) -> int:
    """The points of the rubric that speak for one goal."""
    return sum(it.points for it in criteria() if it.goal == goal)


def three_sums() -> str:
    """Where a printed sheet adds up, a line a goal."""
    rows = [(goal, f"…… of {goal_points(name)}, or of ……") for name, goal in GOALS.items()]
    return table(("what the points say", "points"), rows)


def not_applying() -> str:
    """The lines that don't apply to every design, and to which they don't."""
    return "; ".join(f'"{it.text}" where {it.without}' for it in criteria() if it.without)


def all_points() -> int:
    """The points of the whole rubric."""
    return sum(it.points for it in criteria())


class Hint(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A hint of one idea, towards the rubric's line `of`."""

    diagram: Literal[1, 2]
    of: str
    title: str
    text: str


def all_hints() -> tuple[Hint, ...]:
    """The hints. Raises msgspec.ValidationError for an invalid file."""
    return msgspec.convert(tomllib.loads(HINTS.read_text())["hints"], tuple[Hint, ...])


def hints(diagram: int) -> str:
    """The hints for one diagram, each closed until it is wanted, numbered through both."""
    return "\n\n".join(
        f'??? question "Hint {number}: {it.title}"\n    {it.text}'
        for number, it in enumerate(all_hints(), 1)
        if it.diagram == diagram
    )
