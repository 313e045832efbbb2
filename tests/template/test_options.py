"""What differs between accounts: rendered as CloudFormation gets it, each option on and off."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from helpers.deployed import TEMPLATE
from helpers.rendered import ACCOUNT, Deployment
from lab.support.paths import ROOT

PEM = "-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIU\nAA==\n-----END CERTIFICATE-----\n"
LONGEST = "Receipts" + "X" * 120  # the most that a stack's name may have, and capitals
EVERYTHING = {
    "Authorization": "AWS_IAM",
    "AgentCa": PEM,
    "BrowserOrigins": "https://app.example,https://other.example",
    "Tracing": "Active",
    "AlarmTopicArn": "the topic",
}
DEPLOYMENTS = [
    Deployment(stack=stack, region=region, partition=partition, parameters=parameters)
    for stack in ("receipts", LONGEST)
    for region, partition in (
        ("eu-central-1", "aws"),
        ("us-east-1", "aws"),
        ("us-gov-west-1", "aws-us-gov"),
    )
    for parameters in ({}, EVERYTHING)
]
LONGEST_NAMES = {
    ("AWS::ApiGatewayV2::Api", "Name"): (128, r".+"),
    ("AWS::Logs::LogGroup", "LogGroupName"): (512, r"[\w./#-]+"),
    ("AWS::RolesAnywhere::Profile", "Name"): (255, r"[ \w-]+"),
    ("AWS::RolesAnywhere::TrustAnchor", "Name"): (255, r"[ \w-]+"),
    ("AWS::S3::Bucket", "BucketName"): (63, r"[a-z0-9][a-z0-9-]+"),
}
"""By type and property: how long a name may be and what it may have, by AWS's documentation."""


def rendered(**parameters: str) -> dict[str, Any]:
    return Deployment(parameters=parameters).render()


def of_kind(made: dict[str, Any], kind: str) -> dict[str, Any]:
    return {name: one["Properties"] for name, one in made.items() if one.get("Type") == kind}


def texts(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for inner in value.values():
                yield from texts(inner)
        case list():
            for inner in value:
                yield from texts(inner)


@pytest.mark.parametrize(
    "deployment", DEPLOYMENTS, ids=lambda it: f"{it.stack[:9]}-{it.region}-{len(it.parameters)}"
)
def test_names_and_arns_fit_wherever_and_however_the_stack_is_called(
    deployment: Deployment,
) -> None:
    made = deployment.render()
    for name, one in made.items():
        for property_, value in one.get("Properties", {}).items():
            if property_.endswith("Name") and isinstance(value, str):
                named = LONGEST_NAMES.get((one["Type"], property_))
                if named:
                    longest, allowed = named
                    assert len(value) <= longest, (name, value)
                    assert re.fullmatch(allowed, value), (name, value)
                else:  # what it refers to, and no name of its own
                    assert value.startswith("the ") or deployment.stack not in value, (name, value)
    for text in texts(made):
        for partition in re.findall(r"arn:([\w-]+):", text):
            assert partition == deployment.partition, text


def test_two_stacks_in_an_account_share_no_name() -> None:
    one, other = (Deployment(stack=it, parameters=EVERYTHING).render() for it in ("one", "two"))
    for kind, property_ in LONGEST_NAMES:
        if kind != "AWS::S3::Bucket":  # named after the stack's id, which is made up here
            names = [
                its.get(property_) for made in (one, other) for its in of_kind(made, kind).values()
            ]
            named = [name for name in names if name]
            assert len(named) == len(set(named))


def test_what_nobody_chose_is_not_there() -> None:
    made = rendered()
    kinds = {one.get("Type", "") for one in made.values()}
    assert not {kind for kind in kinds if kind.startswith("AWS::RolesAnywhere")}
    assert made.keys().isdisjoint({"SenderPolicy", "TracingPolicy", "AgentRole", "AgentRoleArn"})
    assert "CorsConfiguration" not in made["BatchesApi"]["Properties"]
    assert "CorsConfiguration" not in made["ReceiptsBucket"]["Properties"]
    assert made["ReadFunction"]["Properties"]["TracingConfig"] == {"Mode": "PassThrough"}


def test_pages_of_the_named_origins_may_ask_and_upload_and_no_others() -> None:
    made = rendered(BrowserOrigins="https://a.example,https://b.example")
    api = made["BatchesApi"]["Properties"]["CorsConfiguration"]
    [bucket] = made["ReceiptsBucket"]["Properties"]["CorsConfiguration"]["CorsRules"]
    assert api["AllowOrigins"] == ["https://a.example", "https://b.example"]
    assert bucket["AllowedOrigins"] == api["AllowOrigins"]
    assert bucket["AllowedMethods"] == ["POST"]
    assert {"authorization", "idempotency-key", "content-type"} == set(api["AllowHeaders"])
    routes = of_kind(made, "AWS::ApiGatewayV2::Route").values()
    assert set(api["AllowMethods"]) == {route["RouteKey"].split()[0] for route in routes}


def test_a_certificate_lets_in_whom_it_names_and_nobody_else() -> None:
    made = rendered(AgentCa=PEM, AgentName="agent-7")
    anchor = made["AgentTrustAnchor"]["Properties"]["Source"]
    assert anchor == {
        "SourceType": "CERTIFICATE_BUNDLE",
        "SourceData": {"X509CertificateData": PEM},
    }
    role = made["AgentRole"]["Properties"]
    [statement] = role["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Principal"] == {"Service": "rolesanywhere.amazonaws.com"}
    assert set(statement["Action"]) == {
        "sts:AssumeRole",
        "sts:TagSession",
        "sts:SetSourceIdentity",
    }
    assert statement["Condition"] == {
        "ArnEquals": {"aws:SourceArn": f"arn:aws:service:eu-central-1:{ACCOUNT}:AgentTrustAnchor"},
        "StringEquals": {"aws:PrincipalTag/x509Subject/CN": "agent-7"},
    }
    assert role["ManagedPolicyArns"] == ["the AgentPolicy"]
    profile = made["AgentProfile"]["Properties"]
    assert profile["RoleArns"] == [f"arn:aws:service:eu-central-1:{ACCOUNT}:AgentRole"]
    assert profile["DurationSeconds"] <= role["MaxSessionDuration"]
    assert {"AgentTrustAnchorArn", "AgentProfileArn", "AgentRoleArn"} <= made.keys()


@pytest.mark.parametrize(
    ("given", "taken"), [("", True), (PEM, True), ("-----BEGIN", False), (PEM.strip(), True)]
)
def test_a_certificate_that_a_shell_has_cut_is_refused(given: str, *, taken: bool) -> None:
    pattern = TEMPLATE["Parameters"]["AgentCa"]["AllowedPattern"]
    assert bool(re.fullmatch(pattern, given)) == taken


def test_who_signs_requests_may_use_each_route_and_no_more() -> None:
    made = rendered(Authorization="AWS_IAM")
    [statement] = made["SenderPolicy"]["Properties"]["PolicyDocument"]["Statement"]
    assert statement["Action"] == "execute-api:Invoke"
    routes = of_kind(made, "AWS::ApiGatewayV2::Route").values()
    assert all(route["AuthorizationType"] == "AWS_IAM" for route in routes)
    stage = made["BatchesStage"]["Properties"]["StageName"]
    api = f"arn:aws:execute-api:eu-central-1:{ACCOUNT}:the BatchesApi"
    asked = {f"{api}/{stage}/{route['RouteKey'].replace(' /', '/')}" for route in routes}
    ways = [re.escape(way).replace(r"\*", ".*") for way in statement["Resource"]]
    assert {one for one in asked if any(re.fullmatch(way, one) for way in ways)} == asked
    assert not any(re.fullmatch(way, f"{api}/{stage}/DELETE/batches/x") for way in ways)


def test_the_how_to_names_each_output_and_file_that_the_agent_needs() -> None:
    given = (ROOT / "docs/how-to/aws.ini").read_text()
    for name in ("agent.pem", "agent.key", "TRUST_ANCHOR_ARN", "PROFILE_ARN", "ROLE_ARN"):
        assert name in given
    page = (ROOT / "docs/how-to/install-the-agent.md").read_text()
    named = re.findall(r"-subj \"/CN=([\w-]+)\"", page)
    assert named == [TEMPLATE["Parameters"]["AgentName"]["Default"]]


def test_a_small_account_chooses_how_many_run_at_once() -> None:
    made = rendered(ReadersAtOnce="4", SplittersAtOnce="2")
    most = {
        name: it["ScalingConfig"]["MaximumConcurrency"]
        for name, it in of_kind(made, "AWS::Lambda::EventSourceMapping").items()
    }
    assert most == {"ReadMapping": "4", "SplitMapping": "2"}
    for function in of_kind(made, "AWS::Lambda::Function").values():
        assert "ReservedConcurrentExecutions" not in function  # an account of ten has none to spare


def test_traces_are_sent_by_every_function_where_they_are_wanted() -> None:
    made = rendered(Tracing="Active")
    functions = of_kind(made, "AWS::Lambda::Function")
    assert all(it["TracingConfig"] == {"Mode": "Active"} for it in functions.values())
    roles = {f"the {it['Role'].rpartition(':')[2]}" for it in functions.values()}
    assert set(made["TracingPolicy"]["Properties"]["Roles"]) == roles


def test_the_access_log_is_one_line_of_json_with_the_request_s_id() -> None:
    format_ = rendered()["BatchesStage"]["Properties"]["AccessLogSettings"]["Format"]
    assert "\n" not in format_
    fields = json.loads(format_)
    assert fields["requestId"] == "$context.requestId"
    assert all(re.fullmatch(r"\$context\.[\w.]+", value) for value in fields.values())


def test_the_dashboard_is_json_that_is_rendered_whole() -> None:
    body = json.loads(rendered()["Dashboard"]["Properties"]["DashboardBody"])
    assert "${" not in str(body)
    assert all(widget["width"] <= 24 for widget in body["widgets"])
