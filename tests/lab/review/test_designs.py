"""Each drawing of the repository gets its verdicts, read from the file as anybody writes it."""

from pathlib import Path

import pytest

from lab.review.catalogue import catalogue
from lab.review.judge import judge
from lab.review.site_data import DESIGNS, answers_of

LETTERS = {"holds": "h", "breaks": "b", "depends": "d", "n/a": "n", "not judged": "-"}
VERDICTS = {
    "a_counter": "hhhbhhhh ---------",
    "api_destination": "-------- hhddbhhhh",
    "client_asks_an_api": "-------- dhhhhhhhn",
    "batch_fan_out": "hhhhhhhh ---------",
    "custom_event_bus": "-------- hhdddhhhh",
    "delete_then_write": "-------- dhhhbhhhh",
    "distributed_map": "hhhhhhhh hhhhhhhhh",
    "each_reader_writes": "-------- bbdbbhhdn",
    "expected_written_late": "hhhbhhhh ---------",
    "fifo_one_group": "-------- dhdddbbhh",
    "kinesis_and_function": "-------- dhdddhbhh",
    "kinesis_consumer_group": "-------- dhhhhhdhh",
    "map_that_writes": "hhhhhhhh dhdddhhhn",
    "nightly_file": "-------- dhhhhhhhn",
    "on_conflict_do_nothing": "-------- dhhhhbhhh",
    "on_premises_buffer": "hhhhhhhh hhhhhhhhh",
    "one_call_a_photo": "dd--hhhn ---------",
    "one_function_reads_all": "hbnhhdhn ---------",
    "photos_in_the_request": "bbnbbdbn ---------",
    "pipes_private_endpoint": "-------- hhdddhhhh",
    "queue_and_function": "-------- dddbdhbhh",
    "queue_and_function_well_set": "-------- dhddhhhhh",
    "rds_proxy": "-------- -bdd-hhh-",
    "readers_through_a_pooler": "-------- dhdddhhhh",
    "replication_service": "-------- dhdddddhn",
    "reserved_concurrency_of_one": "-------- dhdddhhhh",
    "scheduled_poller": "-------- dhddhhhhh",
    "sns_calls_an_endpoint": "-------- bhddbhhh-",
    "the_queue_will_hold_it": "-------- hhhhhhhhb",
    "token_bucket": "-------- dhhhhhhhh",
    "two_batches": "hhhhhhbh ---------",
}
"""By drawing: the rubric's eight lines of the first diagram, and nine of the second."""


@pytest.mark.parametrize("name", VERDICTS)
def test_a_drawing_gets_its_verdicts(name: str) -> None:
    words = "".join(LETTERS[it.word] for it in judge(answers_of(DESIGNS / f"{name}.py")))
    assert f"{words[:8]} {words[8:]}" == VERDICTS[name]


def test_every_drawing_has_its_verdicts_here() -> None:
    assert sorted(VERDICTS) == sorted(it.stem for it in DESIGNS.glob("*.py"))


def test_every_option_of_who_writes_and_where_results_wait_is_drawn_in_some_design() -> None:
    designs = [answers_of(it) for it in sorted(Path(DESIGNS).glob("*.py"))]
    for name in ("intake", "writer", "waits", "way"):
        drawn = {it[name] for it in designs if name in it}
        assert drawn == {it.id for it in catalogue().question(name).options}
