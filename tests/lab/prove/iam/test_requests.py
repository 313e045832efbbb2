"""What boto3 really sends, and the right that AWS asks for it."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import boto3
import httpx
import pytest
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from cfnlint.data import AdditionalSpecs
from cfnlint.helpers import load_resource

from lab.prove.iam.requests import Call, UnknownCallError, requests_of

ACCOUNT, REGION, TABLE = "123456789012", "eu-central-1", "Ledger"
URL = f"http://127.0.0.1:4566/{ACCOUNT}/queue"
QUEUE = f"arn:aws:sqs:{REGION}:{ACCOUNT}:queue"
LEDGER = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/Ledger"
STACKS = f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack"
STREAMS = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:g:log-stream:s"
SESSION = boto3.Session("ASIAReadRole", "x", "token", region_name=REGION)
KEY = {"batch_id": {"S": "b"}, "entry": {"S": "#batch"}}
ENTRY = [{"Id": "1", "ReceiptHandle": "x"}]
STREAM = {"logGroupName": "g", "logStreamName": "s"}
LETTER = {"QueueUrl": URL, "ReceiptHandle": "x"}


class _EnoughError(Exception):
    """The request was seen; nothing is sent."""


def sent(service, operation, **parameters) -> Call:
    """The request that boto3 would send for a call."""
    found: list[Call] = []

    def keep(request, **_: object) -> AWSResponse:
        parts, body = urlsplit(request.url), request.body or b""
        data = body if isinstance(body, bytes) else body.encode() if isinstance(body, str) else b""
        found.append(
            Call(
                method=request.method,
                path=parts.path,
                query=parts.query,
                headers={
                    name.lower(): it.decode() if isinstance(it, bytes) else str(it)
                    for name, it in request.headers.items()
                },
                body=data,
            )
        )
        raise _EnoughError

    client = SESSION.client(service, endpoint_url="http://127.0.0.1:4566")
    client.meta.events.register("before-send", keep)
    with pytest.raises(_EnoughError):
        getattr(client, operation)(**parameters)
    return found[0]


def right(call: Call) -> tuple[str, str, str]:
    [request] = requests_of(call, partition="aws", account=ACCOUNT)
    return request.who, request.action, request.resource


CALLS = [
    ("sqs", "send_message_batch", {"QueueUrl": URL, "Entries": [{"Id": "1", "MessageBody": "x"}]}),
    ("sqs", "send_message", {"QueueUrl": URL, "MessageBody": "x"}),
    ("sqs", "receive_message", {"QueueUrl": URL}),
    ("sqs", "delete_message", LETTER),
    ("sqs", "delete_message_batch", {"QueueUrl": URL, "Entries": ENTRY}),
    ("sqs", "change_message_visibility", {**LETTER, "VisibilityTimeout": 0}),
    (
        "sqs",
        "change_message_visibility_batch",
        {"QueueUrl": URL, "Entries": [{**ENTRY[0], "VisibilityTimeout": 0}]},
    ),
    ("sqs", "get_queue_attributes", {"QueueUrl": URL}),
    ("dynamodb", "get_item", {"TableName": TABLE, "Key": KEY}),
    ("dynamodb", "put_item", {"TableName": TABLE, "Item": KEY}),
    ("dynamodb", "delete_item", {"TableName": TABLE, "Key": KEY}),
    ("dynamodb", "scan", {"TableName": TABLE}),
    (
        "dynamodb",
        "batch_execute_statement",
        {"Statements": [{"Statement": 'UPDATE "Ledger" SET "state"=? WHERE "batch_id"=?'}]},
    ),
    ("s3", "get_object", {"Bucket": "b", "Key": "uploads/1 ü.jpg", "Range": "bytes=0-9"}),
    ("s3", "head_object", {"Bucket": "b", "Key": "uploads/1.jpg"}),
    ("s3", "put_object", {"Bucket": "b", "Key": "results/1", "Body": b"", "IfNoneMatch": "*"}),
    ("s3", "delete_object", {"Bucket": "b", "Key": "uploads/1"}),
    ("s3", "list_objects_v2", {"Bucket": "b", "Prefix": "uploads/"}),
    ("cloudformation", "describe_stacks", {"StackName": "receipts"}),
    ("cloudformation", "describe_stacks", {"StackName": f"{STACKS}/receipts/uuid"}),
    ("logs", "create_log_stream", STREAM),
    ("logs", "put_log_events", {**STREAM, "logEvents": [{"timestamp": 0, "message": "m"}]}),
    ("cloudwatch", "put_metric_data", {"Namespace": "N", "MetricData": [{"MetricName": "m"}]}),
    ("dynamodb", "batch_write_item", {"RequestItems": {TABLE: [{"DeleteRequest": {"Key": KEY}}]}}),
    ("s3", "delete_objects", {"Bucket": "b", "Delete": {"Objects": [{"Key": "uploads/1 & ü"}]}}),
    ("cloudformation", "list_stack_resources", {"StackName": "receipts"}),
    ("logs", "filter_log_events", {"logGroupName": STREAM["logGroupName"]}),
]
RIGHTS = [
    *([("sqs:SendMessage", QUEUE)] * 2),
    ("sqs:ReceiveMessage", QUEUE),
    *([("sqs:DeleteMessage", QUEUE)] * 2),
    *([("sqs:ChangeMessageVisibility", QUEUE)] * 2),
    ("sqs:GetQueueAttributes", QUEUE),
    ("dynamodb:GetItem", LEDGER),
    ("dynamodb:PutItem", LEDGER),
    ("dynamodb:DeleteItem", LEDGER),
    ("dynamodb:Scan", LEDGER),
    ("dynamodb:PartiQLUpdate", LEDGER),
    ("s3:GetObject", "arn:aws:s3:::b/uploads/1 ü.jpg"),
    ("s3:GetObject", "arn:aws:s3:::b/uploads/1.jpg"),
    ("s3:PutObject", "arn:aws:s3:::b/results/1"),
    ("s3:DeleteObject", "arn:aws:s3:::b/uploads/1"),
    ("s3:ListBucket", "arn:aws:s3:::b"),
    ("cloudformation:DescribeStacks", f"{STACKS}/receipts/*"),
    ("cloudformation:DescribeStacks", f"{STACKS}/receipts/uuid"),
    ("logs:CreateLogStream", STREAMS),
    ("logs:PutLogEvents", STREAMS),
    ("cloudwatch:PutMetricData", "*"),
    ("dynamodb:BatchWriteItem", LEDGER),
    ("s3:DeleteObject", "arn:aws:s3:::b/uploads/1 & ü"),
    ("cloudformation:ListStackResources", f"{STACKS}/receipts/*"),
    ("logs:FilterLogEvents", STREAMS.removesuffix(STREAM["logStreamName"])),
]


@pytest.mark.parametrize(
    ("call", "expected"),
    [*zip(CALLS, RIGHTS, strict=True)],
    ids=[f"{service} {operation}" for service, operation, _ in CALLS],
)
def test_a_call_asks_for_its_right_on_its_resource(call, expected):
    service, operation, parameters = call
    assert right(sent(service, operation, **parameters)) == ("ReadRole", *expected)


def documented() -> Iterator[tuple[str, str]]:
    """Each ARN that our calls ask about, and a pattern of those that AWS says they may be about."""
    known = load_resource(AdditionalSpecs, "Policies.json")
    for action, arn in RIGHTS:
        service, _, name = action.partition(":")
        kinds = known[service]["Actions"][name.lower()].get("Resources", [])
        formats = [it for kind in kinds for it in known[service]["Resources"][kind]["ARNFormats"]]
        optional = not formats or action == "cloudwatch:PutMetricData"  # a data set's, if given
        yield arn, "|".join([*map(as_pattern, formats), *([r"\*"] if optional else [])])


def as_pattern(arn: str) -> str:
    return re.sub(r"\$\{\w+\}", ".*", arn)


def test_aws_knows_each_of_these_actions_and_the_kind_of_its_resource():
    for arn, pattern in documented():
        assert re.fullmatch(pattern, arn), (arn, pattern)


def test_a_form_carries_the_rights_of_the_role_that_signed_it():
    config = Config(signature_version="s3v4")
    form = SESSION.client("s3", config=config).generate_presigned_post("b", "uploads/1.jpg")
    request = httpx.Request("POST", form["url"], data=form["fields"], files={"file": b"data"})
    call = Call(method="POST", path="/b", query="", headers={}, body=request.read())
    assert right(call) == ("ReadRole", "s3:PutObject", "arn:aws:s3:::b/uploads/1.jpg")


def context(call: Call) -> dict[str, object]:
    [request] = requests_of(call, partition="aws", account=ACCOUNT)
    return dict(request.context)


def test_an_update_names_its_attributes_also_in_condition_and_key():
    update = sent(
        "dynamodb",
        "update_item",
        TableName=TABLE,
        Key=KEY,
        UpdateExpression="SET #state = :state, needs_review = if_not_exists(needs_review, :no) "
        "REMOVE #r",
        ConditionExpression="attribute_not_exists(since) OR #state IN (:read)",
        ExpressionAttributeNames={"#state": "state", "#r": "reason"},
        ExpressionAttributeValues={
            ":state": {"S": "x"},
            ":no": {"BOOL": False},
            ":read": {"S": ""},
        },
    )
    names = ("batch_id", "entry", "needs_review", "reason", "since", "state")
    assert context(update)["dynamodb:Attributes"] == names
    assert context(update)["dynamodb:LeadingKeys"] == ("b",)


def test_a_statement_names_its_attributes():
    text = 'UPDATE "Ledger" SET "state"=? WHERE "batch_id"=? AND "entry"=? AND "since"=?'
    call = sent("dynamodb", "batch_execute_statement", Statements=[{"Statement": text}])
    assert context(call)["dynamodb:Attributes"] == ("batch_id", "entry", "since", "state")


def test_a_query_is_about_its_hash_key():
    query = sent(
        "dynamodb",
        "query",
        TableName=TABLE,
        KeyConditionExpression="batch_id = :batch AND entry > :from",
        ExpressionAttributeValues={":batch": {"S": "b"}, ":from": {"S": "#"}},
    )
    assert context(query)["dynamodb:LeadingKeys"] == ("b",)


def test_a_metric_is_in_a_namespace_and_a_listing_has_a_prefix():
    metric = sent("cloudwatch", "put_metric_data", Namespace="N", MetricData=[{"MetricName": "m"}])
    assert context(metric)["cloudwatch:namespace"] == "N"
    assert context(sent("s3", "list_objects_v2", Bucket="b", Prefix="p/"))["s3:prefix"] == "p/"


@pytest.mark.parametrize(
    ("service", "operation", "parameters"),
    [
        ("sqs", "purge_queue", {"QueueUrl": URL}),
        ("dynamodb", "delete_table", {"TableName": TABLE}),
        ("dynamodb", "execute_statement", {"Statement": 'SELECT * FROM "Ledger"'}),
        ("s3", "list_objects", {"Bucket": "b"}),
        ("s3", "get_object_tagging", {"Bucket": "b", "Key": "k"}),
        ("s3", "copy_object", {"Bucket": "b", "Key": "k", "CopySource": "b/other"}),
        ("s3", "get_object", {"Bucket": "b", "Key": "k", "VersionId": "1"}),
        ("logs", "create_log_group", {"logGroupName": "g"}),
        ("cloudwatch", "delete_alarms", {"AlarmNames": ["a"]}),
        ("cloudformation", "list_stacks", {}),
        ("sts", "get_session_token", {}),
    ],
)
def test_a_call_whose_rights_are_not_known_is_refused_loudly(service, operation, parameters):
    call = sent(service, operation, **parameters)
    with pytest.raises(UnknownCallError, match=re.escape(call.path)):
        requests_of(call, partition="aws", account=ACCOUNT)


def test_who_one_is_may_everybody_ask():
    call = sent("sts", "get_caller_identity")
    assert requests_of(call, partition="aws", account=ACCOUNT) == []


def test_a_call_that_nobody_signed_is_refused_loudly():
    unsigned = Call(method="GET", path="/b/k", query="", headers={}, body=b"")
    with pytest.raises(UnknownCallError, match="unsigned"):
        requests_of(unsigned, partition="aws", account=ACCOUNT)
