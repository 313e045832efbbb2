"""What a picture's panels say is what the template, its comments and the code say."""

import functools
import re
from pathlib import Path

import pytest

from diagram_check.template import read_template
from diagram_check.template.references import references
from lab.publish.pages import code_lines, panels, render_values, stage, teaching, template_tables
from lab.publish.pages.panels import Panel
from lab.support.paths import DOCS, ROOT

DRAWN = sorted((DOCS / "diagrams").glob("*.parts.json"))
DEPLOYED = ("batch-fan-out", "failure-paths", "on-premises-buffer", "whole-system")
TEMPLATE = read_template(ROOT / "reference" / "template.yaml")
FUNCTIONS = list(TEMPLATE.of_type("AWS::Serverless::Function"))


@pytest.fixture(autouse=True, scope="module")
def sources() -> None:
    render_values.load_sources()


@functools.cache
def panels_of(path: Path) -> dict[str, Panel]:
    return panels.panels(path)


def of(sheet: str) -> dict[str, Panel]:
    return panels_of(DOCS / "diagrams" / f"{sheet}.parts.json")


def parts(sheet: str) -> dict[str, Panel]:
    return {key: it for key, it in of(sheet).items() if not it.ends}


def test_every_sheet_has_its_parts_and_arrows():
    assert len(DRAWN) == len(list((DOCS / "diagrams").glob("*.figure.html")))
    for path in DRAWN:
        name = path.name.removesuffix(".parts.json")
        picture = (DOCS / "diagrams" / f"{name}.figure.html").read_text()
        told = panels_of(path)
        drawn = re.findall(r'<g id="([^"]+)" class="(?:node|arrow)\b', picture)
        assert sorted(told) == sorted(drawn)
        ends = {end for it in told.values() for end in it.ends}
        assert ends <= told.keys()


def test_a_parts_numbers_and_reasons_are_those_of_the_template_page():
    page = template_tables.numbers()
    told = [it for sheet in DEPLOYED for panel in of(sheet).values() for it in panel.numbers]
    assert len(told) > len(DEPLOYED)
    for setting, value, reason in told:
        assert re.search(rf"`{setting}` \| {re.escape(value)} \| {re.escape(reason)}", page)


def test_a_function_has_its_mappings_numbers_and_a_parameters_reason():
    read = of("whole-system")["whole-system-node-read"]
    assert (read.resource, read.kind) == ("ReadFunction", "AWS::Serverless::Function")
    numbers = {setting: (value, reason) for setting, value, reason in read.numbers}
    value, reason = numbers["MaximumConcurrency"]
    parameters = (ROOT / "reference" / "template.yaml").read_text().partition("Resources:")[0]
    assert f"Default: {value} # {reason}" in parameters
    assert numbers["Timeout"][0] == "60 s"


@pytest.mark.parametrize("path", DRAWN, ids=lambda it: it.name.partition(".")[0])
def test_each_line_told_stands_in_its_file(path):
    lines = [it for panel in panels_of(path).values() for it in (*panel.template, *panel.code)]
    for at, text in lines:
        file, _, number = at.rpartition(":")
        assert text in (ROOT / file).read_text().splitlines()[int(number) - 1]
        assert text


def test_each_arrow_of_what_is_deployed_has_its_line_or_says_who_gave_it():
    for sheet in DEPLOYED:
        for panel in of(sheet).values():
            if panel.ends:
                assert panel.template or panel.code or panel.what == "given: the exercise"


def test_an_arrow_tells_what_is_allowed_and_where_the_code_reads_the_other_ends_name():
    told = of("batch-fan-out")["batch-fan-out-arrow-split-receipt-queue"]
    assert "Action: sqs:SendMessage" in [text for _, text in told.template]
    assert [text for _, text in told.code] == ["queue=SqsQueue(given.receipt_queue_url, sqs()),"]
    agent = of("on-premises-buffer")["on-premises-buffer-arrow-write-queue-pull-agent"]
    assert [text for _, text in agent.code] == ["queue=SqsWriteQueue(config.queue_url, sqs),"]


def test_a_redrive_tells_its_number_and_why():
    told = of("whole-system")["whole-system-arrow-write-queue-write-dlq"]
    assert [it[:2] for it in told.numbers] == [("maxReceiveCount", "1,000")]
    assert "deadLetterTargetArn: !GetAtt WriteDlq.Arn" in [text for _, text in told.template]


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda it: it.name)
def test_each_name_that_a_function_is_given_is_read_somewhere(function):
    for variable, value in function.properties["Environment"]["Variables"].items():
        if references(value):
            assert code_lines.uses_of_variable(function.properties["Handler"], variable), variable


def test_a_handler_that_is_not_there_stops_the_build():
    with pytest.raises(LookupError, match=r"handlers/read\.py has no function 'gone'"):
        code_lines.handler_line("receipts.handlers.read.gone")


def test_links_lead_to_a_resource_of_the_template_page():
    listed = template_tables.resources()
    for sheet in DEPLOYED:
        for panel in of(sheet).values():
            page, _, anchor = panel.link.partition("#")
            assert page in {"", "reference/template.html", "workshop/exercise.html"}
            assert not anchor or f"{{ #{anchor} }}" in listed


def test_whoever_dies_each_receipt_is_somewhere():
    told = [it for sheet in DEPLOYED for it in parts(sheet).values()]
    assert [it.title for it in told if not it.dies] == []
    assert set(panels.deaths().values()) == {it.dies for it in told}, "one for no part"


def test_a_death_has_its_numbers_from_the_template():
    dies = parts("on-premises-buffer")["on-premises-buffer-node-pull-agent"].dies
    assert "10 days" in dies
    assert "{" not in dies


def test_who_dies_on_the_first_solution_gives_nothing_of_the_second_away():
    told = [it for it in parts("batch-fan-out").values() if it.dies]
    assert told
    assert [it.title for it in told if re.search("write queue|agent", it.dies, re.IGNORECASE)] == []


def test_nobody_dies_on_a_sheet_that_shows_nothing_deployed():
    assert [it.title for it in parts("naive-direct-writes").values() if it.dies] == []


def test_the_hints_come_one_by_one_without_links():
    told = stage.hints()
    assert [it["title"] for it in told] == [
        f"Hint {number}: {it.title}" for number, it in enumerate(teaching.all_hints(), 1)
    ]
    assert all("<p>" in it["html"] and "<a" not in it["html"] for it in told)


def test_a_page_has_its_minutes_of_both_plans_the_short_one_first():
    assert [(it["plan"], it["what"]) for it in stage.minutes("workshop/batch-fan-out.md")] == [
        (90, "Solution A"),
        (180, "Solution A"),
    ]
    assert stage.minutes("index.md") == []


def test_only_a_page_with_a_picture_loads_the_script():
    page = "<html><head></head><body>{}</body></html>"
    assert stage.load(page.format("words"), "../") == page.format("words")
    loaded = stage.load(page.format('<script class="sheet-facts">{}</script>'), "../")
    for name in stage.SCRIPTS:
        assert f'src="../assets/site/{name}.js" defer' in loaded
        assert (DOCS / "assets" / "site" / f"{name}.js").exists()
    assert 'href="../assets/site/stage.css"' in loaded


def test_no_fact_ends_its_script_early():
    assert "<" not in stage.facts(DRAWN[0], "index.md", "../")
