"""The diagrams can't lie: each sheet against the template, both ways, and planted lies."""

import pathlib
import re
import textwrap

import pytest

import drift_exceptions
from diagram_check.template import Template, read_template, unexplained
from drawing.drift import drift, find_undrawn
from drawing.loader import read_sheet
from drawing.model import SheetError, slug
from drawing.rules import typed_numbers
from drawing.sheet import Sheet, with_templates
from lab.support.paths import ROOT
from render import sheets as sheet_files

PLANTED_TEMPLATE = """
    Resources:
      Api: {Type: AWS::ApiGatewayV2::Api, Properties: {Name: a}}
      Bucket:
        Type: AWS::S3::Bucket
        Properties:
          NotificationConfiguration:
            QueueConfigurations: [{Event: "s3:ObjectCreated:*", Queue: !GetAtt Queue.Arn}]
      Queue:
        Type: AWS::SQS::Queue
        Properties:
          MessageRetentionPeriod: 86400
          RedrivePolicy: {deadLetterTargetArn: !GetAtt Dlq.Arn, maxReceiveCount: 5}
      Dlq: {Type: AWS::SQS::Queue}
      Table: {Type: AWS::DynamoDB::Table}
      Function:
        Type: AWS::Serverless::Function
        Properties:
          Environment: {Variables: {TABLE: !Ref Table}}
          Policies:
            - Statement: [{Effect: Allow, Action: "dynamodb:Query", Resource: !GetAtt Table.Arn}]
"""

HEAD = """
from diagrams.aws.compute import Lambda
from diagrams.aws.database import Dynamodb
from diagrams.aws.integration import SQS
from diagrams.aws.storage import S3
from drawing.sheet import Data, Failure, Request, Sheet, Signal
with Sheet("planted", "Planted", "A lie.", plan="{plan}", {more}) as sheet:
    a = {a}
    b = {b}
    {arrow}
"""


def planted(
    tmp_path: pathlib.Path, a: str, b: str, arrow: str = "pass", more: str = ""
) -> list[str]:
    """The messages about a sheet of two nodes, held to the small template above."""
    path = tmp_path / "planted.yaml"
    path.write_text(textwrap.dedent(PLANTED_TEMPLATE))
    template = read_template(path, "reference/template.yaml")
    source = tmp_path / "planted.py"
    plan = " ".join(slug(re.findall(r'"([^"]*)"', it)[0]) for it in (a, b))
    source.write_text(HEAD.format(plan=plan, a=a, b=b, arrow=arrow, more=more))
    with with_templates({"reference/template.yaml": template}):
        sheet = read_sheet(source)
    return [str(it) for it in drift(sheet, template)]


BUCKET = 'S3("Bucket", resource="Bucket")'
QUEUE = 'SQS("Queue", resource="Queue")'
TABLE = 'Dynamodb("Table", resource="Table")'
FUNCTION = 'Lambda("Function", resource="Function")'


def test_every_sheet_agrees_with_the_template(sheet: Sheet) -> None:
    if sheet.checked:
        assert [str(it) for it in drift(sheet, sheet.template)] == []


def test_a_sheet_that_is_not_held_to_the_template_says_so_in_a_stamp(sheet: Sheet) -> None:
    assert sheet.checked or sheet.stamp


def test_everything_deployed_is_on_a_sheet_or_has_its_reason(
    sheets: dict[str, Sheet], deployable: Template
) -> None:
    where = deployable.shown_as
    held = [it for it in sheets.values() if it.checked and it.template.shown_as == where]
    assert held, f"no sheet is held to {where}"
    assert [str(it) for it in find_undrawn(held, deployable, *drift_exceptions.of(where))] == []


def test_no_reference_in_a_template_is_beyond_the_topology(deployable: Template) -> None:
    where = deployable.shown_as
    found = [f"{where}:{at.line} {at.path} -> {to}" for at, to in unexplained(deployable)]
    assert found == [], "teach reference/diagram_check/template what these references mean"


def test_what_a_template_takes_from_elsewhere_is_there(
    deployable: Template, template: Template
) -> None:
    """A secret is nobody's stack; everything else is template.yaml's, under the same name."""
    own = {path[0] for path in deployable.lines if len(path) == 1}
    for name, it in deployable.resources.items():
        if name not in own and it.type != "AWS::SecretsManager::Secret":
            assert template.resource(name).type == it.type


def test_a_node_that_is_drawn_and_not_deployed_is_found(tmp_path: pathlib.Path) -> None:
    (message,) = planted(tmp_path, BUCKET, 'SQS("Q", resource="Gone")')
    assert "planted.py:9: 'Gone' is drawn and not deployed" in message
    assert "Name a resource of reference/template.yaml, or take the node away" in message


def test_a_resource_that_is_deployed_and_not_drawn_is_found(
    sheets: dict[str, Sheet], template: Template
) -> None:
    messages = [str(it) for it in find_undrawn([sheets["batch-fan-out"]], template, {}, {}, {})]
    assert any("AgentPolicy (AWS::IAM::ManagedPolicy) is deployed and on no sheet" in it
               for it in messages)  # fmt: skip
    assert all(it.startswith("reference/template.yaml:") for it in messages)


def test_a_stale_reason_for_not_drawing_is_found(
    sheets: dict[str, Sheet], template: Template
) -> None:
    held = [
        it for it in sheets.values() if it.checked and it.template.shown_as == template.shown_as
    ]
    stale = {**drift_exceptions.RESOURCES, "Ledger": "drawn meanwhile", "Gone": "never there"}
    messages = [
        str(it)
        for it in find_undrawn(
            held, template, stale, drift_exceptions.TYPES, drift_exceptions.WIRINGS
        )
    ]
    assert [it.split(": ")[1].split(" ")[0] for it in messages] == ["Ledger", "Gone"]


def test_an_arrow_with_no_wiring_behind_it_is_found(tmp_path: pathlib.Path) -> None:
    messages = planted(tmp_path, QUEUE, TABLE, 'a >> Data("x") >> b')
    assert "planted.py:10: the arrow Queue -> Table has no wiring behind it" in messages[0]


def test_a_wiring_with_no_arrow_is_found_with_its_line(tmp_path: pathlib.Path) -> None:
    (message,) = planted(tmp_path, QUEUE, 'SQS("D", resource="Dlq")')
    assert "Queue -> Dlq (redrive, reference/template.yaml:13) has no arrow" in message


def test_an_arrow_that_a_queue_policy_does_not_allow_is_found(tmp_path: pathlib.Path) -> None:
    (message,) = planted(tmp_path, BUCKET, QUEUE, 'a >> Data("event") >> b')
    assert "is not allowed: no AWS::SQS::QueuePolicy lets s3.amazonaws.com send to Queue" in message


def test_an_arrow_that_writes_where_iam_only_allows_to_read_is_found(
    tmp_path: pathlib.Path,
) -> None:
    messages = planted(tmp_path, FUNCTION, TABLE, 'a >> Signal("x") >> b')
    assert "points the wrong way: Function only reads Table" in messages[0]


def test_an_arrow_drawn_as_another_kind_than_it_is_is_found(tmp_path: pathlib.Path) -> None:
    (message,) = planted(tmp_path, QUEUE, 'SQS("D", resource="Dlq")', 'a >> Data("x") >> b')
    assert "is drawn as data, and is a redrive. Draw it as failure" in message


def test_a_reason_for_leaving_an_arrow_out_goes_stale(tmp_path: pathlib.Path) -> None:
    more = 'leaves_out={("Table", "Bucket"): "long gone"}'
    (message,) = planted(tmp_path, BUCKET, TABLE, more=more)
    assert "leaves_out has ('Table', 'Bucket'), which is not wired" in message


def test_an_arrow_may_not_stand_on_a_file_that_is_gone(tmp_path: pathlib.Path) -> None:
    arrow = 'a >> Data("x", evidence="reference/receipts/gone.py") >> b'
    given = 'S3("A", external="the exercise")'
    (message,) = planted(tmp_path, given, TABLE, arrow)
    assert "has reference/receipts/gone.py as its evidence, which isn't there" in message


def test_a_number_that_the_template_no_longer_has_stops_the_sheet(tmp_path: pathlib.Path) -> None:
    bucket = 'S3(f"{sheet.template.max_receives(\'Dlq\')}", resource="Bucket")'
    with pytest.raises(SheetError, match=r"planted\.py:8: TopologyError: .*Dlq has no Redrive"):
        planted(tmp_path, bucket, TABLE)


def test_the_sheets_type_no_number_of_what_is_deployed() -> None:
    """Digits in a sheet's strings are names of services; everything else comes from a template."""
    for path in sheet_files():
        sheet = read_sheet(path)
        if sheet.checked or sheet.asked_template:
            assert typed_numbers(path.read_text(), str(path.relative_to(ROOT))) == []
