"""Each mistake that one may plant in a template's policies is found by a recorded run's calls.

They are those of `make lambda RECORD=1`. Where the template now asks for other calls, run it again.
"""

import copy
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from msgspec import json
from msgspec.structs import replace

from lab.prove.iam import judge
from lab.prove.iam.deployed import Document, Resolver, read_document
from lab.prove.iam.evaluate import Request
from lab.prove.iam.judge import excused, judged, read_excuses, unused_rights
from lab.prove.iam.policies import policies_of
from lab.prove.lambda_run.record import Recorded
from lab.support.paths import DATA, TEMPLATE

RUN = json.decode((DATA / "lambda.json").read_bytes(), type=Recorded)
CALLS: list[Request] = [it.request for it in RUN.calls]
DOCUMENT = read_document(TEMPLATE)
DEPLOYED = Resolver(DOCUMENT, RUN.stack)
RESOURCES: dict[str, Any] = {
    name: it for name, it in DOCUMENT.values["Resources"].items() if DEPLOYED.exists(name)
}
Place = tuple[str, int, int]
"""A resource with a policy; which of its policies, or -1 for its only one; which statement."""


def faults_of(document: Document) -> list[str]:
    """What is found in a template by the recorded calls."""
    policies = policies_of(document, RUN.stack)
    denied = map(str, judged(policies, CALLS).denied.values())
    left, idle = excused(policies, unused_rights(policies, CALLS))
    return [*denied, *map(str, left), *idle]


def statements_in(values: dict[str, Any], name: str, policy: int) -> list[dict[str, Any]]:
    properties = values["Resources"][name]["Properties"]
    holder = properties if policy < 0 else properties["Policies"][policy]
    statements: list[dict[str, Any]] = holder["PolicyDocument"]["Statement"]
    return statements


def places() -> Iterator[Place]:
    for name, it in RESOURCES.items():
        given = it.get("Properties", {})
        several = range(len(given.get("Policies", []))) if it["Type"] == "AWS::IAM::Role" else ()
        for policy in (-1,) if "PolicyDocument" in given else several:
            for at in range(len(statements_in(DOCUMENT.values, name, policy))):
                yield name, policy, at


def statement_at(document: Document, place: Place) -> dict[str, Any]:
    name, policy, at = place
    return statements_in(document.values, name, policy)[at]


def mutant() -> Document:
    return replace(DOCUMENT, values=copy.deepcopy(DOCUMENT.values))


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def is_used(place: Place, action: str) -> bool:
    return action not in read_excuses().get(place[0], {})


ALLOWS = [
    it
    for it in places()
    if statement_at(DOCUMENT, it)["Effect"] == "Allow"
    and any(is_used(it, action) for action in listed(statement_at(DOCUMENT, it)["Action"]))
]
DENIES = [it for it in places() if statement_at(DOCUMENT, it)["Effect"] == "Deny"]


def test_the_template_as_it_is_has_no_fault():
    assert faults_of(DOCUMENT) == []


def test_the_run_saw_every_function_of_the_template():
    functions = {n for n, it in RESOURCES.items() if it["Type"] == "AWS::Serverless::Function"}
    assert RUN.functions.keys() == functions
    assert RUN.left_out == []


RIGHTS = [
    pytest.param(place, at, id=f"{place[0]} {action}, statement {place[2]}")
    for place in ALLOWS
    for at, action in enumerate(listed(statement_at(DOCUMENT, place)["Action"]))
    if is_used(place, action)
]


@pytest.mark.parametrize(("place", "at"), RIGHTS)
def test_a_right_that_is_removed_is_missed(place, at):
    document = mutant()
    statement = statement_at(document, place)
    actions = listed(statement["Action"])
    statement["Action"] = [*actions[:at], *actions[at + 1 :], "s3:GetBucketTagging"]
    service = actions[at].partition(":")[0]
    assert any(f": {service}:" in it and "allowed by no" in it for it in faults_of(document))


@pytest.mark.parametrize("place", ALLOWS, ids=str)
def test_a_right_on_another_resource_is_missed(place):
    document = mutant()
    statement = statement_at(document, place)
    if statement["Resource"] == "*":
        statement["Condition"] = {"StringEquals": {"cloudwatch:namespace": "Other"}}
    else:
        statement["Resource"] = "arn:aws:s3:::somebody-elses/*"
    assert any("allowed by no" in it for it in faults_of(document))


@pytest.mark.parametrize("place", ALLOWS, ids=str)
def test_a_right_too_many_is_found(place):
    document = mutant()
    statement = statement_at(document, place)
    statement["Action"] = [*listed(statement["Action"]), "dynamodb:DeleteTable"]
    assert any("dynamodb:DeleteTable" in it for it in faults_of(document))


@pytest.mark.parametrize("place", DENIES, ids=str)
def test_a_denial_without_its_condition_stops_everything(place):
    document = mutant()
    del statement_at(document, place)["Condition"]
    assert any(f"denied by {place[0]}" in it for it in faults_of(document))


def edit(name: str, change: Callable[[dict[str, Any]], object]) -> Callable[[Document], object]:
    return lambda document: change(document.values["Resources"][name]["Properties"])


def first_with(action: str, name: str, key: str, value: object) -> Callable[[Document], object]:
    """In the statement of `name` that allows `action`, set this key."""

    def change(document: Document) -> None:
        [statement, *_] = [
            statement_at(document, it)
            for it in ALLOWS
            if it[0] == name and action in listed(statement_at(document, it)["Action"])
        ]
        statement[key] = value

    return change


ATTRIBUTES = ["batch_id", "entry", "name", "state", "since", "reason", "needs_review"]
AGENTS = {"ForAllValues:StringEquals": {"dynamodb:Attributes": ATTRIBUTES}}
WITH_OWNER = {
    "ForAllValues:StringEquals": {"dynamodb:Attributes": [*ATTRIBUTES, "duplicate_of", "owner"]}
}
KEY = {"KmsMasterKeyId": "11111111-2222-3333-4444-555555555555"}
BUCKET_KEY = {
    "ServerSideEncryptionConfiguration": [
        {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "1-2"}}
    ]
}
LOG_GROUP = "arn:aws:logs:${AWS::Region}:${AWS::AccountId}:log-group:${ReadLogs}"
ONE_PATH = "arn:aws:execute-api:${AWS::Region}:${AWS::AccountId}:${BatchesApi}/*/GET/batches/{id}"
PLANTED = {
    "a stack by its id, where it is asked for by name": (
        first_with(
            "cloudformation:DescribeStacks", "OperatorPolicy", "Resource", {"Ref": "AWS::StackId"}
        ),
        "cloudformation:DescribeStacks on",
    ),
    "a log group without the star of its streams": (
        first_with("logs:PutLogEvents", "ReadRole", "Resource", {"Fn::Sub": LOG_GROUP}),
        "ReadRole: logs:PutLogEvents",
    ),
    "a bucket where its objects are meant": (
        first_with(
            "s3:PutObject", "ReadRole", "Resource", {"Fn::GetAtt": ["ReceiptsBucket", "Arn"]}
        ),
        "ReadRole: s3:PutObject",
    ),
    "another folder of the bucket": (
        first_with(
            "s3:PutObject", "AcceptRole", "Resource", {"Fn::Sub": "${ReceiptsBucket.Arn}/upload/*"}
        ),
        "AcceptRole: s3:PutObject",
    ),
    "a prefix that only listing objects has": (
        first_with(
            "s3:GetObject", "ReadRole", "Condition", {"StringLike": {"s3:prefix": "uploads/*"}}
        ),
        "ReadRole: s3:GetObject",
    ),
    "an attribute too few": (
        first_with("dynamodb:UpdateItem", "AgentPolicy", "Condition", AGENTS),
        "AgentPolicy: dynamodb:PartiQLUpdate",
    ),
    "an attribute too many": (
        first_with("dynamodb:UpdateItem", "AgentPolicy", "Condition", WITH_OWNER),
        "the attribute owner",
    ),
    "a key of the account's own for a queue, and no right to it": (
        edit("WriteQueue", lambda it: it.update(KEY)),
        "AgentPolicy: kms:Decrypt",
    ),
    "a key of the account's own for the bucket, and no right to it": (
        edit("ReceiptsBucket", lambda it: it.update(BucketEncryption=BUCKET_KEY)),
        "AcceptRole: kms:GenerateDataKey",
    ),
    "the upload queue lets in another bucket": (
        first_with(
            "sqs:SendMessage",
            "UploadQueuePolicy",
            "Condition",
            {"ArnEquals": {"aws:SourceArn": "arn:aws:s3:::another"}},
        ),
        "s3.amazonaws.com: sqs:SendMessage",
    ),
    "the wrong service may invoke": (
        edit("AcceptPermission", lambda it: it.update(Principal="events.amazonaws.com")),
        "apigateway.amazonaws.com: lambda:InvokeFunction",
    ),
    "only one path of the API may invoke": (
        edit("StatusPermission", lambda it: it.update(SourceArn={"Fn::Sub": ONE_PATH})),
        "apigateway.amazonaws.com: lambda:InvokeFunction",
    ),
    "a permission for another function": (
        edit("StatusPermission", lambda it: it.update(FunctionName={"Ref": "AcceptFunction"})),
        "apigateway.amazonaws.com: lambda:InvokeFunction",
    ),
}


@pytest.mark.parametrize("planted", PLANTED)
def test_a_planted_mistake_is_found(planted):
    plant, told = PLANTED[planted]
    document = mutant()
    plant(document)
    found = faults_of(document)
    assert any(told in it for it in found), found


def test_an_excuse_for_a_right_that_is_used_is_a_fault(tmp_path, monkeypatch):
    excuses = tmp_path / "unused.toml"
    excuses.write_text(
        '[ReadRole]\n"sqs:SendMessage" = "why"\n"s3:DeleteObject" = "why"\n'
        '[NotDeployed]\n"sqs:SendMessage" = "why"\n'
    )
    monkeypatch.setattr(judge, "EXCUSES", excuses)
    document = mutant()
    first_with("s3:PutObject", "ReadRole", "Action", ["s3:PutObject", "s3:DeleteObject"])(document)
    policies = policies_of(document, RUN.stack)
    unused = [it for it in unused_rights(policies, CALLS) if it.owner == "ReadRole"]
    assert [it.action for it in unused] == ["s3:DeleteObject"]
    assert excused(policies, unused) == ([], ["ReadRole: sqs:SendMessage"])


def test_a_denied_call_names_the_line_to_look_at():
    document = mutant()
    first_with("s3:PutObject", "ReadRole", "Resource", "arn:aws:s3:::other/*")(document)
    [told, *_] = [it for it in faults_of(document) if "ReadRole: s3:PutObject on arn" in it]
    line = int(told.rpartition(" ")[2])
    text = TEMPLATE.read_text().splitlines()
    assert "s3:PutObject" in " ".join(text[line - 1 : line + 2])
