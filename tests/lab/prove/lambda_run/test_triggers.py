"""Lambda's polling of a queue, played: what is delivered, deleted and left."""

import threading
from typing import Any

import pytest

from lab.prove.iam.evaluate import Statement
from lab.prove.iam.judge import Judge
from lab.prove.iam.policies import Policies
from lab.prove.lambda_run.runtime_api import InvocationError
from lab.prove.lambda_run.triggers import NotInvokedError, QueueMapping, may_invoke, wait_for

ARN = "arn:aws:sqs:eu-central-1:1:queue"


class FakeSqs:
    """A queue of these bodies, given out once."""

    def __init__(self, *bodies: str) -> None:
        self.left = [message(body) for body in bodies]
        self.deleted: list[str] = []
        self.empty = threading.Event()

    def get_queue_attributes(self, **_: object) -> None:
        pass

    def receive_message(self, *, MaxNumberOfMessages: int, **_: object) -> dict[str, Any]:  # noqa: N803  boto3's
        taken, self.left = self.left[:MaxNumberOfMessages], self.left[MaxNumberOfMessages:]
        if not taken:
            self.empty.set()
        return {"Messages": taken} if taken else {}

    def delete_message_batch(self, *, Entries: list[dict[str, str]], **_: object) -> None:  # noqa: N803  boto3's
        self.deleted += [entry["ReceiptHandle"] for entry in Entries]


def message(body: str) -> dict[str, Any]:
    return {
        "MessageId": body,
        "ReceiptHandle": f"handle of {body}",
        "Body": body,
        "Attributes": {"ApproximateReceiveCount": "1"},
        "MD5OfBody": "",
    }


class FakeFunction:
    """Answers as told, and keeps its events."""

    arn = "arn:aws:lambda:eu-central-1:1:function:f"

    def __init__(self, answer: object = None) -> None:
        self.answer = answer
        self.events: list[dict[str, Any]] = []

    def invoke(self, event: dict[str, Any]) -> object:
        self.events.append(event)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def mapped(sqs: FakeSqs, function: FakeFunction, **more: object) -> QueueMapping:
    given = {"BatchSize": 2, "FunctionResponseTypes": ["ReportBatchItemFailures"], **more}
    mapping = QueueMapping("Mapping", given, "url", ARN, function, sqs)  # type: ignore[arg-type]
    with mapping.polling():
        sqs.empty.wait()
    return mapping


def test_messages_come_in_batches_and_what_is_done_is_deleted():
    sqs, function = FakeSqs("a", "b", "c"), FakeFunction({"batchItemFailures": []})
    mapped(sqs, function)
    bodies = [[it["body"] for it in event["Records"]] for event in function.events]
    assert bodies == [["a", "b"], ["c"]]
    assert sqs.deleted == ["handle of a", "handle of b", "handle of c"]
    [record, _] = function.events[0]["Records"]
    assert (record["eventSourceARN"], record["awsRegion"]) == (ARN, "eu-central-1")


def test_what_failed_is_left_on_the_queue():
    sqs = FakeSqs("a", "b")
    mapping = mapped(sqs, FakeFunction({"batchItemFailures": [{"itemIdentifier": "a"}]}))
    assert sqs.deleted == ["handle of b"]
    assert mapping.failures == 1


def test_without_partial_answers_all_is_deleted_whatever_the_function_says():
    sqs = FakeSqs("a")
    function = FakeFunction({"batchItemFailures": [{"itemIdentifier": "a"}]})
    mapped(sqs, function, FunctionResponseTypes=[])
    assert sqs.deleted == ["handle of a"]


def test_a_function_that_fails_leaves_everything_and_the_run_fails_by_it():
    sqs = FakeSqs("a")
    mapping = mapped(sqs, FakeFunction(InvocationError("it died")))
    assert sqs.deleted == []
    assert mapping.errors == ["Mapping: InvocationError: it died"]


def test_a_mapping_with_a_filter_is_refused():
    with pytest.raises(InvocationError, match="filters"):
        mapped(FakeSqs(), FakeFunction(), FilterCriteria={})


def test_who_has_no_permission_does_not_invoke():
    function = FakeFunction()
    policies = Policies()
    policies.of_resource[function.arn] = [
        Statement(
            owner="Permission",
            line=1,
            allows=True,
            actions=("lambda:InvokeFunction",),
            resources=(function.arn,),
            conditions=(("ArnLike", "aws:SourceArn", ("arn:aws:execute-api:*:*:api/*",)),),
            principals=("apigateway.amazonaws.com",),
        )
    ]
    judge = Judge(policies)
    source = {"aws:SourceArn": "arn:aws:execute-api:eu-central-1:1:api/$default/GET/batches"}
    may_invoke(judge, "apigateway.amazonaws.com", function, source)  # type: ignore[arg-type]
    other = {"aws:SourceArn": "arn:aws:execute-api:eu-central-1:1:other/$default/GET/batches"}
    with pytest.raises(NotInvokedError, match="lambda:InvokeFunction"):
        may_invoke(judge, "apigateway.amazonaws.com", function, other)  # type: ignore[arg-type]


def test_waiting_ends_with_what_it_waited_for():
    with pytest.raises(InvocationError, match="the moon is blue"):
        wait_for("the moon is blue", lambda: False, limit_s=0)
