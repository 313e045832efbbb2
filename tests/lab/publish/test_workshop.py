"""What the workshop promises its attendees."""

import re

import pytest

from lab.publish.pages import teaching


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


def test_the_exercise_does_not_show_a_solution(by_name):
    figures = [it.attributes["id"] for it in by_name["workshop/exercise.html"].all("figure")]
    assert figures == ["baseline-figure"]
