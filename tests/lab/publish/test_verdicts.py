"""The table of the bench's verdicts, and where its links lead."""

import html
import re
from urllib.parse import parse_qsl

from lab.publish.pages.verdicts import bench_answers, verdict_names, verdicts
from lab.review.catalogue import catalogue
from lab.review.judge import checked, judge
from lab.review.site_data import DESIGNS, answers_of


def test_a_line_opens_its_drawing_on_the_bench_and_says_what_the_bench_says() -> None:
    lines = verdicts().splitlines()[2:]
    opened = []
    for line in lines:
        _, link, _, breaks, depends, _, lapses, holds, _ = map(str.strip, line.split("|"))
        [state] = re.findall(r"design-bench\.html#([^\"]+)", link)
        design = {name: checked(name, it) for name, it in parse_qsl(html.unescape(state))}
        words = {it.property: it.word for it in judge(design)}
        assert breaks == ", ".join(name for name, word in words.items() if word == "breaks")
        assert depends == ", ".join(name for name, word in words.items() if word == "depends")
        if holds != "–":  # it can be built
            of = {it.id: it.diagram for it in catalogue().properties}
            drawn = {of[name] for name, word in words.items() if word != "not judged"}
            names = [name for name in words if of[name] in drawn]
            assert lapses == ", ".join(it for it in names if words[it] == "n/a")
            assert int(holds) == sum(words[it] == "holds" for it in names)
        opened.append(design)
    drawings = [answers_of(it) for it in DESIGNS.glob("*.py")]
    assert len(lines) == len(drawings)
    assert all(it in opened for it in drawings)


def test_what_cannot_be_built_has_no_counts() -> None:
    (line,) = (it for it in verdicts().splitlines() if "RDS Proxy" in it)
    assert line.endswith("| 2 | cap |  |  | the others: it can't be built | – |")


def test_each_short_name_has_its_property() -> None:
    assert all(
        f"| {it.id} | {it.diagram} | {it.text} |" in verdict_names()
        for it in catalogue().properties
    )


def test_an_answer_is_listed_by_the_name_that_a_comment_takes() -> None:
    assert "`tries`: maxReceiveCount" in bench_answers()
    assert ":   a number of receives, at most 1,000\n" in bench_answers()
    assert all(
        f"`{option.id}`: " in bench_answers()
        for it in catalogue().questions
        for option in it.options
    )
