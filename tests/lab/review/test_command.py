"""`receipts-lab review`: its answers, their order, its exit codes."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from lab.cli import app
from lab.review.catalogue import catalogue
from lab.review.cli import ask
from lab.review.site_data import DESIGNS


def review(name: str | Path, *options: str) -> Result:
    path = name if isinstance(name, Path) else DESIGNS / f"{name}.py"
    return CliRunner().invoke(app, ["review", str(path), *options])


def test_our_solution_holds_and_ends_with_0() -> None:
    ran = review("on_premises_buffer")
    assert ran.exit_code == 0, ran.output
    assert "17 holds" in ran.output
    assert "read in the drawing: password = premises" in ran.output


def test_what_breaks_ends_with_1_and_names_a_command_that_shows_it() -> None:
    ran = review("delete_then_write")
    assert ran.exit_code == 1
    assert 'receipts-lab replay 0 --bug "deletes before the commit"' in ran.output


def test_what_was_not_judged_ends_with_3_and_says_what_to_say_first() -> None:
    ran = review("batch_fan_out")
    assert ran.exit_code == 3
    assert "all of diagram 2: nothing of it is said" in ran.output
    more = review("batch_fan_out", "--set", "writer=agent", "--set", "way=outbound")
    assert "say first (--set NAME=ANSWER): pace: What holds the number of rows" in more.output


def test_a_part_that_is_not_understood_is_named_and_nothing_is_made_of_it(tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text(
        "from diagrams import Diagram\n"
        "from diagrams.aws.iot import IotCore\n"
        "from diagrams.onprem.database import PostgreSQL\n"
        "with Diagram('mine'):\n    IotCore('Broker') >> PostgreSQL('Database')\n"
    )
    ran = review(file)
    assert "not understood, so said nothing of: Broker" in ran.output
    assert "17 not judged" in ran.output
    assert json.loads(review(file, "--json").stdout)["not_understood"] == ["Broker"]


def test_a_service_that_is_known_by_name_alone_is_told_with_what_to_ask() -> None:
    ran = review("kafka_and_a_consumer")
    assert "known by name, not judged: Results, 14 days (Amazon MSK)" in ran.output
    assert "ask for its pace, and where a refused row goes" in ran.output
    assert "not understood" not in ran.output
    said = json.loads(review("kafka_and_a_consumer", "--json").stdout)
    assert said["not_judged"] == ["Results, 14 days (Amazon MSK)"]


def test_an_address_of_the_page_is_a_design_and_the_other_in_it_is_left_out() -> None:
    page = "file:///site/workshop/design-bench.html#writer=agent&rate=50&2.writer=reader"
    said = json.loads(CliRunner().invoke(app, ["review", page, "--json"]).stdout)
    assert said["design"] == {"writer": "agent", "rate": 50}


def test_what_is_missing_is_asked_until_it_is_answered_or_left_open() -> None:
    typed = iter(["7", "2", "", "pigeon"])

    said = ask({"cutter": "one_function"}, lambda _: next(typed, ""))
    assert said == {"cutter": "one_function", "intake": "presigned_zip"}


def test_a_number_may_be_typed_where_one_is_asked() -> None:
    said = ask({"waits": "sqs"}, lambda prompt: "4" if prompt.startswith("days") else "")
    assert said == {"waits": "sqs", "retention_days": 4}


def test_an_answer_by_option_comes_before_a_file_and_a_file_before_the_drawing(
    tmp_path: Path,
) -> None:
    answers = tmp_path / "answers.toml"
    answers.write_text('order = "delete_first"\nrate = 7\n')
    ran = review("on_premises_buffer", "--answers", str(answers), "--set", "rate=9", "--json")
    said = json.loads(ran.stdout)
    assert said["design"]["order"] == "delete_first"
    assert said["design"]["rate"] == 9
    assert ran.exit_code == 1


def test_json_has_every_property_with_its_evidence() -> None:
    said = json.loads(review("queue_and_function_well_set", "--json").stdout)
    assert [it["property"] for it in said["verdicts"]] == [it.id for it in catalogue().properties]
    away = next(it for it in said["verdicts"] if it["property"] == "away")
    assert away["verdict"] == "holds"
    assert [it["text"] for it in away["evidence"]] == [
        "1000 receives × 15 min are 10.4 days at least; away for 24 h"
    ]
    assert said["next_question"]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--set", "rate"], "--set takes NAME=ANSWER"),
        (["--set", "rate=many"], "rate must be a number"),
        (["--answers", "nowhere.toml"], "No such file"),
    ],
)
def test_a_wrong_option_is_named_and_ends_with_2(options: list[str], says: str) -> None:
    ran = review("on_premises_buffer", *options)
    assert ran.exit_code == 2
    assert says in " ".join(ran.output.replace("│", " ").split())


def test_a_file_that_is_not_there_ends_with_2(tmp_path: Path) -> None:
    assert review(tmp_path / "none.py").exit_code == 2
