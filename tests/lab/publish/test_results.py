"""The table of measured results: each file of data, in short, with its machine and date."""

import re

from lab.support.paths import DOCS


def test_every_file_of_data_is_told():
    page = (DOCS / "reference" / "measured.md").read_text()
    told = set(re.findall(r"{{ measured_at\(data\.(\w+)\.provenance\) }}", page))
    own_pages = {"bad-inputs", "example", "field-cases", "field-cases-before"}
    elsewhere = own_pages | {"chunking", "scale"}  # the model's
    assert told == {it.stem for it in (DOCS / "data").glob("*.json")} - elsewhere


def test_a_result_is_told_in_short(pages):
    [page] = [it for it in pages if it.name == "reference/measured.html"]
    [package] = [it.text for it in page.all("tr") if "What Lambda gets" in it.text]
    assert re.search(r"\d+\u00a0MB unzipped, \d+% of what Lambda takes", package)
    assert re.search(r"\d{4}-\d\d-\d\d, [0-9a-f]{8}", package)
    assert re.search(r"\d+ cores, Linux .*, Python ", package)
