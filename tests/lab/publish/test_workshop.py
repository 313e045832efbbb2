"""What the workshop promises its attendees."""

import re

import pytest

from lab.plan.presets import JANUARY, PRESETS
from lab.publish.pages import teaching
from lab.support.paths import DOCS


@pytest.fixture(scope="session")
def by_name(pages):
    return {page.name: page for page in pages}


def test_hints_are_closed_until_they_are_opened(by_name):
    hints = by_name["workshop/hints.html"].all("details")
    assert len(hints) == len(teaching.all_hints())
    assert all("open" not in it.attributes for it in hints)
    titles = [it.text for it in by_name["workshop/hints.html"].all("summary")]
    numbers = [int(re.findall(r"^Hint (\d+)", title)[0]) for title in titles]
    assert numbers == list(range(1, len(hints) + 1))


def test_the_baseline_is_marked_as_our_reconstruction(by_name):
    exercise = by_name["workshop/exercise.html"]
    (figure,) = [it for it in exercise.all("figure") if it.attributes["id"] == "baseline-figure"]
    assert "reconstruction" in figure.text.lower()


@pytest.mark.parametrize("name", ["batch-fan-out", "on-premises-buffer"])
def test_a_solution_gives_a_reason_for_each_numbered_step_of_its_picture(by_name, name):
    page = by_name[f"workshop/{name}.html"]
    steps = [it for it in page.all("li") if it.attributes.get("id", "").startswith(f"{name}-says-")]
    given = {it.text for it in page.all("span") if it.attributes.get("class") == "step"}
    assert given == {str(number) for number in range(1, len(steps) + 1)}


@pytest.mark.parametrize("name", ["batch-fan-out", "on-premises-buffer"])
def test_a_solution_says_what_was_left_out_and_what_fails(by_name, name):
    headings = " ".join(it.text for it in by_name[f"workshop/{name}.html"].all("h2"))
    assert "left out, and why" in headings
    assert "fails, and what happens then" in headings


def test_before_its_questions_the_exercise_leads_to_no_answer():
    asked, _, after = (DOCS / "workshop/exercise.md").read_text().partition("\n### Questions")
    for answer in ("../patterns/", "batch-fan-out.md", "on-premises-buffer.md"):
        assert answer not in asked
    assert after.index("(check-your-design.md)") < after.index("(../patterns/index.md)")


def test_the_picture_of_solution_a_leaves_the_way_to_the_client_to_be_drawn(by_name):
    page = by_name["workshop/batch-fan-out.html"]
    (figure,) = (it for it in page.all("figure") if it.attributes["id"] == "batch-fan-out-figure")
    assert [it for it in ("write queue", "agent") if it in figure.text.lower()] == []


def test_the_clients_card_leaves_the_connections_that_the_vote_speaks_of(by_name):
    (body,) = by_name["instructor/cards.html"].all("body")
    told = " ".join(body.text.split())
    assert f"It takes {JANUARY.max_connections} connections" in told
    assert f"our app holds up to {JANUARY.app_connections}." in told
    left = JANUARY.max_connections - JANUARY.app_connections
    assert f"{left} connections left" in PRESETS["naive-direct-write"].story


def test_no_hint_gives_away_the_number_that_the_clients_card_lets_them_compute():
    number = (JANUARY.knee - JANUARY.app_load) / 2
    assert number == JANUARY.rate
    assert [it.title for it in teaching.all_hints() if f"{number:g}" in it.text.split()] == []


def test_the_exercise_does_not_show_a_solution(by_name):
    figures = [it.attributes["id"] for it in by_name["workshop/exercise.html"].all("figure")]
    assert figures == ["baseline-figure"]
