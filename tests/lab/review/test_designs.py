"""Each drawing of the repository gets its verdicts, read from the file as anybody writes it."""

from pathlib import Path
from typing import Any

import pytest

from lab.review.catalogue import catalogue
from lab.review.judge import judge
from lab.review.site_data import DESIGNS, answers_of

LETTERS = {"holds": "h", "breaks": "b", "depends": "d", "n/a": "n", "not judged": "-"}
VERDICTS = {
    "a_counter": "hhhbhhhh ---------",
    "api_destination": "-------- hhddbhhhh",
    "batch_fan_out": "hhhhhhhh ---------",
    "client_asks_an_api": "-------- dhhhhhhhn",
    "container_over_vpn": "-------- dhddhhhhh",
    "custom_event_bus": "-------- hhdddhhhh",
    "delete_then_write": "-------- dhhhdbhhh",
    "distributed_map": "hhhhhhhh hhhhhhhhh",
    "each_reader_writes": "-------- bbdbbhhdn",
    "expected_written_late": "hhhbhhhh ---------",
    "fifo_one_group": "-------- dhdddbbhh",
    "glue_job": "-------- -hdd-hhhn",
    "kafka_and_a_consumer": "-------- dhhh-hhhh",
    "kinesis_and_function": "-------- dhdddhbhh",
    "kinesis_and_function_well_set": "-------- dhdddhhhh",
    "kinesis_consumer_group": "-------- dhhhhhhhh",
    "map_that_writes": "hhhhhhhh dhdddhhhn",
    "nightly_file": "-------- dhhhhhhhn",
    "on_conflict_do_nothing": "-------- dhhhhbhhh",
    "on_premises_buffer": "hhhhhhhh hhhhhhhhh",
    "one_call_a_photo": "dd--hhhn ---------",
    "one_function_reads_all": "hbnhhdhn ---------",
    "photos_in_the_request": "bbnbbdbn ---------",
    "pipes_private_endpoint": "-------- hhdddhhhh",
    "pipes_private_endpoint_well_set": "-------- hhddhhhhh",
    "queue_and_function": "-------- dddbdhbhh",
    "queue_and_function_well_set": "-------- dhddhhhhh",
    "rds_proxy": "-------- nbnnnnnnn",
    "readers_through_a_pooler": "-------- dhdddhhhh",
    "readers_through_a_pooler_well_set": "-------- dhddhhhhh",
    "replication_service": "-------- dhdddddhn",
    "reserved_concurrency_of_one": "-------- dhdddhhhh",
    "reserved_concurrency_of_one_well_set": "-------- dhddhhhhh",
    "scheduled_poller": "-------- dhddhhhhh",
    "sns_calls_an_endpoint": "-------- bhddbhhh-",
    "sns_calls_an_endpoint_well_set": "-------- dhddbhhhd",
    "the_queue_will_hold_it": "-------- hhhhhhhhb",
    "token_bucket": "-------- dhhhhhhhh",
    "two_batches": "hhhhhhbh ---------",
}
"""By drawing: the rubric's eight lines of the first diagram, and nine of the second."""


@pytest.mark.parametrize("name", VERDICTS)
def test_a_drawing_gets_its_verdicts(name: str) -> None:
    words = "".join(LETTERS[it.word] for it in judge(answers_of(DESIGNS / f"{name}.py")))
    assert f"{words[:8]} {words[8:]}" == VERDICTS[name]


@pytest.mark.parametrize(
    ("name", "change", "line", "word"),
    [
        # A limit of tries sets the bad record aside, and on a bad day good ones too.
        ("kinesis_and_function_well_set", {"bad_row": "any_failure"}, "refused", "depends"),
        ("kinesis_and_function_well_set", {"bad_row": "any_failure"}, "away", "breaks"),
        ("delete_then_write", {"looks_first": "no"}, "away", "breaks"),
        ("queue_and_function_well_set", {"order": "delete_first"}, "away", "breaks"),
        ("on_premises_buffer", {"order": "mark_first"}, "twice", "breaks"),
        ("on_premises_buffer", {"order": "mark_first"}, "away", "depends"),
        ("container_over_vpn", {"looks_first": "no", "tries": 5}, "away", "depends"),
        ("container_over_vpn", {"pace": "ours"}, "rate", "holds"),
        ("sns_calls_an_endpoint_well_set", {"rate": 500}, "drain", "holds"),
        ("custom_event_bus", {"rate": 0.01}, "drain", "breaks"),
    ],
)
def test_one_answer_decides_a_line(name: str, change: dict[str, Any], line: str, word: str) -> None:
    verdicts = judge(answers_of(DESIGNS / f"{name}.py") | change)
    assert next(it.word for it in verdicts if it.property == line) == word


@pytest.mark.parametrize("name", [it for it in VERDICTS if it.endswith("_well_set")])
def test_a_design_that_is_set_well_breaks_less_than_as_first_drawn(name: str) -> None:
    first = name.removesuffix("_well_set")
    assert (DESIGNS / f"{first}.py").read_text().splitlines()[0].endswith(', as first drawn."""')
    well, drawn = ([VERDICTS[it].count("b"), VERDICTS[it].count("d")] for it in (name, first))
    assert well < drawn


def test_a_design_that_cannot_be_built_is_counted_in_no_other_line() -> None:
    verdicts = judge(answers_of(DESIGNS / "rds_proxy.py"))
    said = {it.property: it.rules[0].why for it in verdicts if it.word == "n/a"}
    assert len(said) == 8
    assert all(it.startswith("it can't be built: RDS Proxy's targets") for it in said.values())


def test_every_drawing_has_its_verdicts_here() -> None:
    assert sorted(VERDICTS) == sorted(it.stem for it in DESIGNS.glob("*.py"))


def test_every_option_of_who_writes_and_where_results_wait_is_drawn_in_some_design() -> None:
    designs = [answers_of(it) for it in sorted(Path(DESIGNS).glob("*.py"))]
    for name in ("intake", "writer", "waits", "way"):
        drawn = {it[name] for it in designs if name in it}
        assert drawn == {it.id for it in catalogue().question(name).options}
