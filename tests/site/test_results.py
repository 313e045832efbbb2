"""The table of measured results: what is there, and what is not measured yet."""

import json

import pytest

from lab.pages import results
from lab.pages.results import FILES, NOT_YET, measured_results


@pytest.fixture
def data(tmp_path, monkeypatch):
    monkeypatch.setattr(results, "DATA", tmp_path)
    return tmp_path


@pytest.mark.usefixtures("data")
def test_what_nobody_has_measured_says_so():
    assert measured_results().count(NOT_YET) == len(FILES)


def test_every_file_of_data_is_told(site):
    assert site
    told = {it.file for it in FILES} | {"bad-inputs", "scale"}  # a table of its own, and the model
    assert {it.stem for it in results.DATA.glob("*.json")} <= told


def test_a_result_has_its_machine_date_and_commit(data):
    provenance = {
        "machine": "Linux x86_64",
        "cores": 2,
        "python": "3.11.7",
        "date": "2026-11-24",
        "commit": "abc1234",
        "packages": ["lab.support"],
        "code": None,
    }
    told = {"unzipped_bytes": 101_000_000, "limit_bytes": 262_144_000, "provenance": provenance}
    (data / "package.json").write_text(json.dumps(told))
    row = next(line for line in measured_results().splitlines() if "What Lambda gets" in line)
    assert "101 MB unzipped, 39% of what Lambda takes" in row
    assert "2026-11-24 on 2 cores (Linux x86_64, Python 3.11.7), at commit abc1234" in row
    assert "measured with older code" in row
