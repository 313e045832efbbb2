"""What `template.yaml` deploys, under moto: queues, bucket and ledger with its properties.

moto runs no Lambda code and no event source mapping. `invoke` calls the handler that the template
names, with the environment that it sets; `poll` is a mapping's loop, one turn at a time. Time on
the queues is virtual: `Stack.now_s` moves on by what a message stays hidden, and by nothing else.
"""

import contextlib
import importlib
import itertools
import json
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import boto3
import botocore.loaders
import botocore.session
import requests
from moto.sqs import models
from msgspec import Struct, field
from samtranslator.yaml_helper import yaml_parse

from helpers.fakes import OWNER
from helpers.moto_calls import mocked_aws
from helpers.openapi import check_answer
from helpers.s3 import ACCOUNT, BUCKET, REGION, hold_to_its_form, notification
from lab.support import paths
from receipts.handlers import wiring

TEMPLATE: dict[str, Any] = yaml_parse(paths.TEMPLATE.read_text())
RESOURCES: dict[str, Any] = TEMPLATE["Resources"]
CREDENTIALS = {
    "AWS_DEFAULT_REGION": REGION,
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
}
QUEUES = [name for name, r in RESOURCES.items() if r["Type"] == "AWS::SQS::Queue"]
FUNCTIONS = [name for name, r in RESOURCES.items() if r["Type"] == "AWS::Serverless::Function"]

LOADER = botocore.loaders.create_loader()
"""Shared by all deployments: reading the descriptions of AWS's services takes half a second."""

Call = tuple[str, str, str]
"""Who called, the operation as botocore names it ("sqs:SendMessage"), and on what."""


class Stack(Struct, kw_only=True):
    """The deployed resources. `calls` is everything that was asked of AWS, and who asked.

    `attributes` is who named which attribute of the ledger in an update or its condition.
    `now_s` is the time on the queues, in seconds since all was deployed.
    """

    now_s: float = 0.0
    urls: dict[str, str] = field(default_factory=dict)
    calls: set[Call] = field(default_factory=set)
    attributes: set[tuple[str, str]] = field(default_factory=set)
    caller: str = "the test"
    session_token: str = ""
    clients: dict[str, Any] = field(default_factory=dict)
    invocations: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    remaining_ms: int = 900_000

    def client(self, service: str) -> Any:
        """One client a service."""
        if service not in self.clients:
            self.clients[service] = boto3.client(service)  # type: ignore[call-overload]  # stubs know literals
        return self.clients[service]

    def environment(self, function: str) -> dict[str, str]:
        """What the function finds in `os.environ`: the template's, resolved, and nothing else."""
        shared = TEMPLATE["Globals"]["Function"]["Environment"]["Variables"]
        own = RESOURCES[function]["Properties"].get("Environment", {}).get("Variables", {})
        return {name: str(self._resolve(value)) for name, value in {**shared, **own}.items()}

    def outputs(self) -> dict[str, str]:
        """What the template puts out, as far as it is deployed here."""
        named = {name: self._resolve(one["Value"]) for name, one in TEMPLATE["Outputs"].items()}
        return {name: str(value) for name, value in named.items() if isinstance(value, str | int)}

    def describe(self, outputs: Mapping[str, str]) -> None:
        """Let CloudFormation, of which moto knows little without more packages, say these."""
        listed = [{"OutputKey": key, "OutputValue": value} for key, value in outputs.items()]
        stack = {"StackName": "receipts", "Outputs": listed}
        self.answer("cloudformation.DescribeStacks", {"Stacks": [stack]})

    def answer(self, operation: str, said: Mapping[str, Any]) -> None:
        """Answer this operation, which moto doesn't know, so."""
        answer = SimpleNamespace(status_code=200), said
        assert boto3.DEFAULT_SESSION is not None
        boto3.DEFAULT_SESSION.events.register(
            f"before-call.{operation}",
            lambda **_: answer,  # type: ignore[arg-type]  # an answer is a hook's to give
        )

    def invoke(self, function: str, event: dict[str, Any]) -> Any:
        """Call the handler that the template names, as Lambda does."""
        module, _, name = RESOURCES[function]["Properties"]["Handler"].rpartition(".")
        handler = getattr(importlib.import_module(module), name)
        context = SimpleNamespace(
            aws_request_id=f"invocation-{next(self.invocations)}",
            function_name=function,
            memory_limit_in_mb=RESOURCES[function]["Properties"]["MemorySize"],
            invoked_function_arn=f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{function}",
            get_remaining_time_in_millis=lambda: self.remaining_ms,
        )
        environment = CREDENTIALS | self.environment(function)
        if self.session_token:  # a role's credentials have one; the test's own have not
            environment["AWS_SESSION_TOKEN"] = self.session_token
        with patch.dict(os.environ, environment, clear=True), self.calling_as(function):
            answer = handler(event, context)
        return json.loads(json.dumps(answer))  # Lambda takes JSON and nothing else

    @contextlib.contextmanager
    def calling_as(self, caller: str) -> Iterator[None]:
        """What is asked of AWS within is asked by `caller`."""
        before, self.caller = self.caller, caller
        try:
            yield
        finally:
            self.caller = before

    def request(
        self,
        route: str,
        body: str | None = None,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
        owner: str | None = OWNER,
        *,
        signed_by: str | None = None,
        is_base64: bool = False,
    ) -> Any:
        """An HTTP request, as API Gateway hands it to the function behind it (format 2.0).

        Of `owner`'s token, or signed by the IAM user or role with the id `signed_by`. Every answer
        is held to the OpenAPI document.
        """
        method, path = route.split()
        function = "AcceptFunction" if method == "POST" else "StatusFunction"
        event = {
            "version": "2.0",
            "rawPath": path,
            "rawQueryString": "",
            "headers": {name.lower(): value for name, value in (headers or {}).items()},
            "queryStringParameters": dict(query or {}),
            "pathParameters": dict(zip(["batch_id"], path.split("/")[2:3], strict=False)),
            "requestContext": {
                "http": {"method": method, "path": path},
                "stage": "$default",
                "requestId": "request-1",
                "authorizer": _authorizer(owner, signed_by),
            },
            "body": body,
            "isBase64Encoded": is_base64,
        }
        answer = self.invoke(function, event)
        check_answer(method, path, answer)
        return answer

    def upload(self, form: Mapping[str, Any], data: bytes) -> None:
        """Send a presigned form; S3 then notifies the upload queue. Raises `RefusedByS3Error`."""
        hold_to_its_form(form["fields"], data)
        # A presigned form carries the rights of the role that signed it.
        self.calls.add(("AcceptFunction", "s3:PutObject", "ReceiptsBucket/uploads"))
        answer = requests.post(form["url"], data=form["fields"], files={"file": data}, timeout=10)
        answer.raise_for_status()
        self.send("UploadQueue", notification(form["fields"]["key"]))

    def overwrite(self, form: Mapping[str, Any], data: bytes) -> None:
        """Upload what S3 would refuse for the form, as if it didn't."""
        key = form["fields"]["key"]
        self.client("s3").put_object(Bucket=BUCKET, Key=key, Body=data)
        self.send("UploadQueue", notification(key))

    def send(self, queue: str, body: str) -> None:
        """Put a message on a queue."""
        self.client("sqs").send_message(QueueUrl=self.urls[queue], MessageBody=body)

    def poll(self, mapping: str, delete_is_lost: Callable[[str], bool] = lambda _: False) -> int:
        """One turn of an event source mapping; answer how many messages it delivered.

        Takes ten messages, and where all are hidden waits for the first. Invokes the function with
        as many at once as the template says, and deletes what it did not report as failed; that
        stays hidden for as long as the function asked, or as the queue says. A standard queue
        delivers at least once: where `delete_is_lost` says so of a body, it comes a second time.
        """
        properties = RESOURCES[mapping]["Properties"]
        queue = properties["EventSourceArn"]["Fn::GetAtt"][0]
        url, sqs = self.urls[queue], self.client("sqs")
        taken: list[dict[str, Any]] = []
        while not taken and self._wait_for_one(queue):
            taken = sqs.receive_message(
                QueueUrl=url, MaxNumberOfMessages=10, MessageSystemAttributeNames=["All"]
            ).get("Messages", [])
        forgotten = {
            m["MessageId"] for m in taken if _receives(m) == 1 and delete_is_lost(m["Body"])
        }
        size = properties["BatchSize"]
        done: list[dict[str, Any]] = []
        for start in range(0, len(taken), size):
            some = {m["MessageId"]: m for m in taken[start : start + size]}
            event = {"Records": [_record(message, queue) for message in some.values()]}
            answer = self.invoke(properties["FunctionName"]["Ref"], event)
            failed = {failure["itemIdentifier"] for failure in answer["batchItemFailures"]}
            assert failed <= some.keys()  # AWS would take the whole batch as failed
            done += [some[i] for i in some.keys() - failed - forgotten]
        _delete(sqs, url, done)
        return len(taken)

    def waiting(self, queue: str) -> list[dict[str, Any]]:
        """All messages of a queue, hidden or not, which is left as it was."""
        sqs, found = self.client("sqs"), []
        were = [(m, m.visible_at, m.approximate_receive_count) for m in _messages(queue)]
        for message, _, _ in were:
            message.visible_at, message.approximate_receive_count = 0.0, 0
        while some := sqs.receive_message(
            QueueUrl=self.urls[queue], MaxNumberOfMessages=10, MessageAttributeNames=["All"]
        ).get("Messages"):
            found += some
        for message, visible_at, receives in were:
            message.visible_at, message.approximate_receive_count = visible_at, receives
        return found

    def depth(self, queue: str) -> int:
        """How many messages a queue holds, seen or unseen."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        counted = self.client("sqs").get_queue_attributes(
            QueueUrl=self.urls[queue], AttributeNames=names
        )["Attributes"]
        return sum(int(counted[name]) for name in names)

    def _wait_for_one(self, queue: str) -> bool:
        """Let time pass until a message is visible; False where the queue is empty."""
        messages = _messages(queue)
        if messages:
            first_s = min(message.visible_at for message in messages) / 1000
            self.now_s = max(self.now_s, first_s)
        return bool(messages)

    def _resolve(self, value: Any) -> Any:
        match value:
            case {"Ref": name} if name in TEMPLATE.get("Parameters", {}):
                return TEMPLATE["Parameters"][name]["Default"]
            case {"Ref": "AWS::StackName"}:
                return "receipts"
            case {"Ref": name}:
                return self.urls.get(name, BUCKET if name == "ReceiptsBucket" else name)
            case _:
                return value

    def _record_call(self, params: Mapping[str, Any], model: Any, **_: object) -> None:
        if model.name in ("CreateBucket", "GetCallerIdentity"):
            return  # boto3 makes up the first to sign a form; the second needs no right
        service = model.service_model.service_name
        for target in _targets(params, self.urls):
            self.calls.add((self.caller, f"{service}:{model.name}", target))
        self.attributes |= {(self.caller, name) for name in _attributes(params)}


@contextlib.contextmanager
def deployed() -> Iterator[Stack]:
    """The template's queues, bucket and ledger under moto, for a while."""
    # For each message that it delivers, moto counts the whole queue to see if one is too old.
    never_old = patch.object(
        models.SQSBackend, "is_message_valid_based_on_retention_period", lambda *_: True
    )
    stack, ticks = Stack(), itertools.count(1)
    # To moto a message is visible *after* its time: each look at the clock takes a nanosecond.
    on_the_queues = patch.object(
        models, "unix_time_millis", lambda: stack.now_s * 1000 + next(ticks) * 1e-6
    )
    with (
        patch.dict(os.environ, CREDENTIALS),
        mocked_aws(),
        never_old,
        on_the_queues,
    ):
        session = botocore.session.Session()
        session.register_component("data_loader", LOADER)
        boto3.setup_default_session(botocore_session=session)
        assert boto3.DEFAULT_SESSION is not None
        boto3.DEFAULT_SESSION.events.register("provide-client-params", stack._record_call)  # noqa: SLF001
        _create(stack)
        wiring.forget()  # a new deployment starts new workers
        yield stack
        boto3.DEFAULT_SESSION = None


def _authorizer(owner: str | None, signed_by: str | None) -> dict[str, Any] | None:
    if signed_by:
        return {"iam": {"accountId": ACCOUNT, "userId": signed_by, "cognitoIdentity": None}}
    return {"jwt": {"claims": {"sub": owner}, "scopes": []}} if owner else None


def _create(stack: Stack) -> None:
    sqs = stack.client("sqs")
    # Dead-letter queues first: the others name them.
    for name in sorted(QUEUES, key=lambda name: "RedrivePolicy" in RESOURCES[name]["Properties"]):
        properties = RESOURCES[name]["Properties"]
        attributes = {
            key: str(properties[key])
            for key in ("VisibilityTimeout", "MessageRetentionPeriod")
            if key in properties
        }
        if redrive := properties.get("RedrivePolicy"):
            dlq = redrive["deadLetterTargetArn"]["Fn::GetAtt"][0]
            policy = {
                "deadLetterTargetArn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:{dlq}",
                "maxReceiveCount": redrive["maxReceiveCount"],
            }
            attributes["RedrivePolicy"] = json.dumps(policy)
        stack.urls[name] = sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
    stack.client("s3").create_bucket(
        Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION}
    )
    table = RESOURCES["Ledger"]["Properties"]
    keys = ("BillingMode", "AttributeDefinitions", "KeySchema")
    stack.client("dynamodb").create_table(TableName="Ledger", **{key: table[key] for key in keys})


def _messages(queue: str) -> list[Any]:
    """Those of moto, hidden or not."""
    return list(models.sqs_backends[ACCOUNT][REGION].queues[queue]._messages)  # noqa: SLF001


def _delete(sqs: Any, url: str, messages: Sequence[Mapping[str, Any]]) -> None:
    if messages:
        entries = [{"Id": m["MessageId"], "ReceiptHandle": m["ReceiptHandle"]} for m in messages]
        sqs.delete_message_batch(QueueUrl=url, Entries=entries)


def _receives(message: Mapping[str, Any]) -> int:
    return int(message["Attributes"]["ApproximateReceiveCount"])


def _record(message: Mapping[str, Any], queue: str) -> dict[str, Any]:
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message["Attributes"],
        "messageAttributes": {},
        "md5OfBody": message["MD5OfBody"],
        "eventSource": "aws:sqs",
        "eventSourceARN": f"arn:aws:sqs:{REGION}:{ACCOUNT}:{queue}",
        "awsRegion": REGION,
    }


def _attributes(params: Mapping[str, Any]) -> Iterator[str]:
    """The attributes that an update names, of its key too: what `dynamodb:Attributes` holds."""
    if "UpdateExpression" in params:
        yield from params["Key"]
        yield from params.get("ExpressionAttributeNames", {}).values()
    for one in params.get("Statements", []):
        _, *names = re.findall(r'"(\w+)"', one["Statement"])
        yield from names


def _targets(params: Mapping[str, Any], urls: Mapping[str, str]) -> Iterator[str]:
    """What a call is about; one that deletes many objects is about each."""
    for deleted in params.get("Delete", {}).get("Objects", [{}]):
        yield _target({**params, **deleted}, urls)


def _target(params: Mapping[str, Any], urls: Mapping[str, str]) -> str:
    """The logical name of what a call is about, and a key's folder."""
    if url := params.get("QueueUrl"):
        return next((name for name, known in urls.items() if known == url), url)
    if "Bucket" in params:
        folder = re.match(r"[^/]*", params.get("Key", params.get("Prefix", "")))
        return f"ReceiptsBucket/{folder[0] if folder else ''}"
    if "StackName" in params:  # as AWS judges it: an id is one stack, a name any of that name
        return "a stack by its id" if ":" in params["StackName"] else "a stack by its name"
    if "Statements" in params:
        [table] = {str(one["Statement"].split('"')[1]) for one in params["Statements"]}
        return table
    for table in params.get("RequestItems", {}):
        return str(table)
    return str(params.get("TableName", params.get("logGroupName", "*")))
