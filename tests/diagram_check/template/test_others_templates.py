"""What others' templates have and ours lack: SAM's own ways, REST APIs, CloudFront and so on."""

import textwrap
from pathlib import Path

import pytest

from diagram_check.template import Wiring, read_template, wirings


def found(folder: Path, resources: str) -> dict[tuple[str, str, str], Wiring]:
    path = folder / "template.yaml"
    path.write_text("Resources:\n" + textwrap.indent(textwrap.dedent(resources).strip("\n"), "  "))
    return {(it.source, it.target, it.how): it for it in wirings(read_template(path))}


def function(more: str) -> str:
    body = textwrap.indent(textwrap.dedent(more).strip("\n"), "    ")
    return f"Work:\n  Type: AWS::Serverless::Function\n  Properties:\n{body}\n"


@pytest.mark.parametrize(
    ("event", "api"), [("Api", "ServerlessRestApi"), ("HttpApi", "ServerlessHttpApi")]
)
def test_an_event_without_an_api_comes_through_the_one_that_sam_makes(
    tmp_path: Path, event: str, api: str
) -> None:
    wired = found(
        tmp_path, function(f"Events: {{Get: {{Type: {event}, Properties: {{Path: /}}}}}}")
    )
    assert wired.keys() == {("outside", api, "request"), (api, "Work", "request")}
    assert wired[api, "Work", "request"].places[0].path == "Work.Events.Get"


def test_an_event_with_an_api_of_its_own_comes_through_that(tmp_path: Path) -> None:
    api = "Front: {Type: AWS::Serverless::HttpApi}\n"
    event = "Events: {Get: {Type: HttpApi, Properties: {ApiId: !Ref Front}}}"
    wired = found(tmp_path, api + function(event))
    assert wired.keys() == {("outside", "Front", "request"), ("Front", "Work", "request")}


@pytest.mark.parametrize(
    ("event", "service"),
    [
        ("{Type: Schedule, Properties: {Schedule: rate(1 hour)}}", "aws:events"),
        ("{Type: ScheduleV2, Properties: {ScheduleExpression: rate(1 hour)}}", "aws:scheduler"),
        ("{Type: EventBridgeRule, Properties: {Pattern: {source: [aws.ec2]}}}", "aws:events"),
    ],
)
def test_a_schedule_and_the_default_bus_are_services(
    tmp_path: Path, event: str, service: str
) -> None:
    wired = found(tmp_path, function(f"Events: {{It: {event}}}"))
    assert wired.keys() == {(service, "Work", "event")}


def test_a_rule_on_a_bus_of_ones_own_comes_from_that_bus(tmp_path: Path) -> None:
    bus = "Bus: {Type: AWS::Events::EventBus, Properties: {Name: b}}\n"
    event = "Events: {It: {Type: EventBridgeRule, Properties: {EventBusName: !Ref Bus}}}"
    assert found(tmp_path, bus + function(event)).keys() == {("Bus", "Work", "event")}


def test_a_function_url_is_called_from_outside(tmp_path: Path) -> None:
    wired = found(tmp_path, function("FunctionUrlConfig: {AuthType: AWS_IAM}"))
    assert wired.keys() == {("outside", "Work", "request")}


def test_a_connector_allows_what_it_says(tmp_path: Path) -> None:
    connector = """
    Table: {Type: AWS::Serverless::SimpleTable}
    Link:
      Type: AWS::Serverless::Connector
      Properties:
        Source: {Id: Work}
        Destination: [{Id: Table}]
        Permissions: [Read, Write]
    """
    wired = found(tmp_path, textwrap.dedent(connector) + function("Handler: app.handler"))
    assert wired.keys() == {("Table", "Work", "read"), ("Work", "Table", "write")}


def test_a_rest_apis_method_calls_its_function_if_it_may(tmp_path: Path) -> None:
    api = """
    Front: {Type: AWS::ApiGateway::RestApi}
    Get:
      Type: AWS::ApiGateway::Method
      Properties:
        RestApiId: !Ref Front
        Integration: {Type: AWS_PROXY, Uri: !Sub "${Work.Arn}/invocations"}
    """
    wired = found(tmp_path, textwrap.dedent(api) + function("Handler: app.handler"))
    assert ("outside", "Front", "request") in wired
    assert "no AWS::Lambda::Permission" in wired["Front", "Work", "request"].missing


def test_cloudfront_fetches_from_its_origins(tmp_path: Path) -> None:
    wired = found(
        tmp_path,
        """
        Photos: {Type: AWS::S3::Bucket}
        Cdn:
          Type: AWS::CloudFront::Distribution
          Properties:
            DistributionConfig:
              Origins: [{Id: photos, DomainName: !GetAtt Photos.RegionalDomainName}]
        """,
    )
    assert wired.keys() == {("outside", "Cdn", "request"), ("Cdn", "Photos", "request")}


@pytest.mark.parametrize(
    ("rights", "missing"),
    [
        ("Policies: [AmazonDynamoDBFullAccess]", False),
        ("Role: arn:aws:iam::1:role/of-another-stack", False),
        ("Policies: [AWSLambdaBasicExecutionRole]", True),
        ("Policies: []", True),
    ],
)
def test_a_right_is_missing_only_where_the_template_names_all_rights(
    tmp_path: Path,
    rights: str,
    missing: bool,  # noqa: FBT001 - what is expected
) -> None:
    table = "Table: {Type: AWS::DynamoDB::Table}\n"
    told = f"Environment: {{Variables: {{TABLE: !Ref Table}}}}\n{rights}"
    wired = found(tmp_path, table + function(told))
    assert bool(wired["Work", "Table", "write"].missing) is missing


def test_a_setting_may_have_the_tables_own_name(tmp_path: Path) -> None:
    table = "Table: {Type: AWS::DynamoDB::Table, Properties: {TableName: links}}\n"
    told = """
    Environment: {Variables: {TABLE: links}}
    Policies: [{DynamoDBReadPolicy: {TableName: !Ref Table}}]
    """
    wired = found(tmp_path, table + function(told))
    assert wired["Table", "Work", "read"].missing == ""


def test_a_template_may_be_json(tmp_path: Path) -> None:
    path = tmp_path / "template.json"
    path.write_text('{"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}}')
    assert read_template(path).resources.keys() == {"Queue"}
