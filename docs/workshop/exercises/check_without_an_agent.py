"""What the drawing beside it must come to, line by line of the rubric."""

from pathlib import Path

import pytest

from lab.review.catalogue import catalogue
from lab.review.judge import judge
from lab.review.site_data import answers_of

DESIGN = answers_of(Path(__file__).with_name("without_an_agent.py"))
VERDICTS = {it.property: it for it in judge(DESIGN)}
RUNS_AT_THE_CLIENT = {"agent", "consumer_group", "nightly_file", "client_app", "reader_pooled"}


@pytest.mark.parametrize("line", [it.id for it in catalogue().properties])
def test_line(line: str) -> None:
    found = VERDICTS[line]
    why = "; ".join(it.why for it in found.rules) or f"say first: {', '.join(found.missing)}"
    if found.word in {"breaks", "not judged"}:
        pytest.fail(f"{found.word}: {why}", pytrace=False)


def test_two_lines_depend_at_most() -> None:
    depend = [line for line, it in VERDICTS.items() if it.word == "depends"]
    if len(depend) > 2:
        pytest.fail(f"these depend: {', '.join(depend)}", pytrace=False)


def test_nothing_of_ours_runs_at_the_client_and_they_write_no_code() -> None:
    assert DESIGN.get("writer") not in RUNS_AT_THE_CLIENT
    assert DESIGN.get("role_limit") != "pooler"


def test_no_faster_than_the_dba_allows() -> None:
    rate = float(DESIGN.get("rate", 0))
    assert rate <= 5


def test_the_day_is_as_hard_as_it_was() -> None:
    assert not {"receipts", "outage_hours"} & {*DESIGN}
