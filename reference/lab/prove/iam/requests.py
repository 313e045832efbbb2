"""Which IAM action on which ARN a call to AWS asks for, as AWS's service authorisation pages say.

Only what our code calls; anything else is refused loudly, so that no call passes unjudged.
"""

import html
import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, unquote

from msgspec import Struct

from lab.prove.iam.attributes import attributes, leading_keys
from lab.prove.iam.evaluate import Request
from lab.support.errors import LabError

Parameters = Mapping[str, Any]
Asked = tuple[str, str, dict[str, str | tuple[str, ...]]]
"""An action, the ARN that it is about, and what conditions may ask for."""

_CREDENTIAL = re.compile(r"Credential=([^/,]+)/\d{8}/([^/]+)/([^/]+)/aws4_request")
_FORM_FIELD = rb'name="%s"\r\n(?:[^\r\n]+\r\n)*\r\n([^\r\n]+)'
_OVER_HTTPS = {"aws:SecureTransport": "true"}
"""On AWS the SDK speaks HTTPS unless it is told otherwise, and our code doesn't."""

SQS = {
    "ChangeMessageVisibility": "ChangeMessageVisibility",
    "ChangeMessageVisibilityBatch": "ChangeMessageVisibility",
    "DeleteMessage": "DeleteMessage",
    "DeleteMessageBatch": "DeleteMessage",
    "GetQueueAttributes": "GetQueueAttributes",
    "ReceiveMessage": "ReceiveMessage",
    "SendMessage": "SendMessage",
    "SendMessageBatch": "SendMessage",
}
DYNAMODB = ("DeleteItem", "GetItem", "PutItem", "Query", "Scan", "UpdateItem")
PARTIQL = ("BatchExecuteStatement", "ExecuteStatement")
LOGS = ("CreateLogStream", "PutLogEvents")
LOOK_AT_LOGS = "FilterLogEvents"
STACKS = ("DescribeStacks", "ListStackResources")


class UnknownCallError(LabError):
    """A call whose rights aren't known here; the text has the request's first line."""


class Call(Struct, frozen=True, kw_only=True):
    """An HTTP request to AWS; `headers` by their names in lower case."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes


def requests_of(call: Call, *, partition: str, account: str) -> list[Request]:
    """What the call asks for; who asks is the access key, without its `ASIA`.

    Raises `UnknownCallError`.
    """
    signed = _CREDENTIAL.search(call.headers.get("authorization", ""))
    if signed is None:
        key_id, asked = _form(call, partition)
    else:
        key_id, region, service = signed.groups()
        if service not in _SERVICES:
            raise _unknown(call)
        prefix = f"arn:{partition}:{service}:{region}:{account}:"
        asked = [*_SERVICES[service](call, prefix)]
    return [
        Request(
            who=key_id.removeprefix("ASIA"),
            action=action,
            resource=resource,
            context=tuple(sorted({**_OVER_HTTPS, **context}.items())),
        )
        for action, resource, context in asked
    ]


def _form(call: Call, partition: str) -> tuple[str, list[Asked]]:
    """A form that a role signed, and a stranger uploads: it carries that role's rights."""
    fields = [re.search(_FORM_FIELD % name, call.body) for name in (b"x-amz-credential", b"key")]
    if call.method != "POST" or None in fields:
        raise _unknown(call)
    key_id, key = (found[1].decode() for found in fields if found)
    arn = f"arn:{partition}:s3:::{call.path.strip('/')}/{key}"
    return key_id.partition("/")[0], [("s3:PutObject", arn, {})]


def _s3(call: Call, prefix: str) -> Iterator[Asked]:
    bucket, _, key = unquote(call.path).lstrip("/").partition("/")
    arn = f"{':'.join(prefix.split(':')[:3])}:::{bucket}"
    query = dict(parse_qsl(call.query, keep_blank_values=True))
    match call.method, bool(key), query.pop("x-id", None), sorted(query):
        case "GET" | "HEAD", True, _, []:
            yield "s3:GetObject", f"{arn}/{key}", {}
        case "PUT", True, _, [] if "x-amz-copy-source" not in call.headers:
            yield "s3:PutObject", f"{arn}/{key}", {}
        case "DELETE", True, _, []:
            yield "s3:DeleteObject", f"{arn}/{key}", {}
        case "POST", False, _, ["delete"]:
            for deleted in re.findall(rb"<Key>([^<]+)</Key>", call.body):
                yield "s3:DeleteObject", f"{arn}/{html.unescape(deleted.decode())}", {}
        case "GET", False, _, names if "list-type" in names:
            yield "s3:ListBucket", arn, {"s3:prefix": query.get("prefix", "")}
        case _:
            raise _unknown(call)


def _sqs(call: Call, prefix: str) -> Iterator[Asked]:
    operation, given = _json(call)
    if operation not in SQS:
        raise _unknown(call)
    yield f"sqs:{SQS[operation]}", prefix + str(given["QueueUrl"]).rsplit("/", 1)[-1], {}


def _dynamodb(call: Call, prefix: str) -> Iterator[Asked]:
    operation, given = _json(call)
    if operation in PARTIQL:
        for one in given.get("Statements", [given]):
            found = re.match(r'\s*(UPDATE|INSERT INTO|DELETE FROM)\s+"([\w.-]+)"', one["Statement"])
            if found is None:
                raise _unknown(call)
            action = f"PartiQL{found[1].split()[0].title()}"
            named: dict[str, str | tuple[str, ...]] = {"dynamodb:Attributes": attributes(one)}
            yield f"dynamodb:{action}", f"{prefix}table/{found[2]}", named
    elif operation == "BatchWriteItem":
        for table in given["RequestItems"]:
            yield "dynamodb:BatchWriteItem", f"{prefix}table/{table}", {}
    elif operation in DYNAMODB:
        context = {
            "dynamodb:Attributes": attributes(given),
            "dynamodb:LeadingKeys": leading_keys(given),
        }
        there = {key: values for key, values in context.items() if values}
        yield f"dynamodb:{operation}", f"{prefix}table/{given['TableName']}", {**there}
    else:
        raise _unknown(call)


def _logs(call: Call, prefix: str) -> Iterator[Asked]:
    operation, given = _json(call)
    if operation == LOOK_AT_LOGS:
        yield f"logs:{operation}", f"{prefix}log-group:{given['logGroupName']}:log-stream:", {}
        return
    if operation not in LOGS:
        raise _unknown(call)
    stream = f"{given['logGroupName']}:log-stream:{given['logStreamName']}"
    yield f"logs:{operation}", f"{prefix}log-group:{stream}", {}


def _cloudformation(call: Call, prefix: str) -> Iterator[Asked]:
    """A stack that is asked for by its name is judged as a stack of that name and *any* id."""
    given = dict(parse_qsl(call.body.decode()))
    if given.get("Action") not in STACKS or "StackName" not in given:
        raise _unknown(call)
    name = given["StackName"]
    arn = name if name.startswith("arn:") else f"{prefix}stack/{name}/*"
    yield f"cloudformation:{given['Action']}", arn, {}


def _cloudwatch(call: Call, _: str) -> Iterator[Asked]:
    operation, given = _json(call)
    if operation != "PutMetricData":
        raise _unknown(call)
    yield "cloudwatch:PutMetricData", "*", {"cloudwatch:namespace": given["Namespace"]}


def _sts(call: Call, _: str) -> Iterator[Asked]:
    """Who one is may everybody ask."""
    if dict(parse_qsl(call.body.decode())).get("Action") != "GetCallerIdentity":
        raise _unknown(call)
    yield from ()


def _json(call: Call) -> tuple[str, Parameters]:
    return call.headers.get("x-amz-target", "").rpartition(".")[2], json.loads(call.body or b"{}")


_SERVICES: dict[str, Callable[[Call, str], Iterator[Asked]]] = {
    "cloudformation": _cloudformation,
    "dynamodb": _dynamodb,
    "logs": _logs,
    "monitoring": _cloudwatch,
    "s3": _s3,
    "sqs": _sqs,
    "sts": _sts,
}


def _unknown(call: Call) -> UnknownCallError:
    target = call.headers.get("x-amz-target") or call.headers.get("authorization", "unsigned")
    return UnknownCallError(
        f"the rights of {call.method} {call.path} {call.query} ({target[:120]}) aren't known "
        "here: see lab/prove/iam/requests.py"
    )
