"""The table of measured results: each file of data, in short, with its machine and date."""

import re
from pathlib import Path

import pytest

from lab.pages.results import where

DOCS = Path(__file__).parents[2] / "docs"


def test_every_file_of_data_is_told():
    page = (DOCS / "reference" / "measured.md").read_text()
    told = set(re.findall(r"{{ where\(data\.(\w+)\) }}", page))
    elsewhere = {"bad-inputs", "scale"}  # a table of its own, and the model
    assert told == {it.stem for it in (DOCS / "data").glob("*.json")} - elsewhere


def test_a_result_is_told_in_short(pages):
    [page] = [it for it in pages if it.name == "reference/measured.html"]
    [package] = [it.text for it in page.all("tr") if "What Lambda gets" in it.text]
    assert re.search(r"\d+ MB unzipped, \d+% of what Lambda takes", package)
    assert re.search(r"\d{4}-\d\d-\d\d; Linux .*, \d+ cores, Python .*; commit \w{7}", package)


@pytest.mark.parametrize(
    ("run", "told"),
    [
        ({"date": "2026-11-24"}, "2026-11-24"),
        (
            {
                "provenance": {
                    "machine": "Linux x86_64",
                    "cores": 2,
                    "python": "3.11.7",
                    "date": "2026-11-24",
                    "commit": "abc1234",
                }
            },
            "2026-11-24; Linux x86_64, 2 cores, Python 3.11.7; commit abc1234",
        ),
        ({"measured": "2026-11-24", "machine": "x86_64, 2 cores"}, "2026-11-24; x86_64, 2 cores"),
        (
            {
                "date": "2026-11-24",
                "commit": "abc",
                "machine": {"system": "Linux", "processors": 2},
            },
            "2026-11-24; Linux, 2 cores; commit abc",
        ),
        ({}, "–"),
    ],
)
def test_each_way_to_note_where_it_ran_is_understood(run, told):
    assert where(run) == told
