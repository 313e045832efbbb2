"""Numbers stay with their units, and percents are written in one way."""

import re

import pytest

from lab.publish.pages.units import NO_BREAK, tie
from lab.support.paths import ROOT

SPACED_PERCENT = re.compile(r"[\d}] %(?=[\s.,;:)<|]|$)(?! (?:\d|\(|[a-z_]+ ?[%)}]))", re.MULTILINE)
PAGES = ("README.md", "CHANGELOG.md", "docs/**/*.md", "docs/**/*.toml", "docs/data/*.figure.html")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<p>of 5 GB, 30\ns</p>", f"<p>of 5{NO_BREAK}GB, 30{NO_BREAK}s</p>"),
        ("<p>50 rows/s or 20 ms.</p>", f"<p>50{NO_BREAK}rows/s or 20{NO_BREAK}ms.</p>"),
    ],
)
def test_a_number_stays_with_its_unit(before: str, after: str) -> None:
    assert tie(before) == after


@pytest.mark.parametrize(
    "html",
    [
        "<code>sleep 5 s</code>",
        '<a title="5 GB">5</a> a',
        "<pre><b>5</b> 5 s</pre>",
        "5 seats, 5 sh",
    ],
)
def test_code_attributes_and_words_are_left_alone(html: str) -> None:
    assert tie(html) == html


def test_a_percent_stands_at_its_number_on_every_page() -> None:
    assert SPACED_PERCENT.search("lost 36 % of them")
    spaced = {
        path.relative_to(ROOT).as_posix(): found
        for pages in PAGES
        for path in sorted(ROOT.glob(pages))
        if (found := SPACED_PERCENT.findall(path.read_text()))
    }
    assert spaced == {}
