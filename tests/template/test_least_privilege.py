"""Least privilege, proven both ways: what a role may do is done, and what is done it may do.

A small journey with everything that goes right and wrong is played through the real handlers, the
agent and `receipts reconcile`; each call to AWS is recorded with who made it, and held against the
roles of `template.yaml`.
"""

import copy
import datetime as dt
import json
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from PIL import Image
from typer.testing import CliRunner

from commands import wired
from commands.cli import app
from commands.letters.queues import LetterQueue
from commands.restore import stored_receipts
from helpers import iam
from helpers.deployed import RESOURCES, TEMPLATE, Call, Stack, deployed
from helpers.fakes import OWNER, FakeEngine
from helpers.fakes_agent import FakeInbox, FakeTime
from helpers.photos import announced, archive, encoded, numbered, photo
from helpers.template_parts import Template, deployed_by_default, statements
from receipts.agent.gate import Gate, OperatorSettings
from receipts.agent.pacing import Breaker
from receipts.agent.schedule import Schedule
from receipts.agent.writer import Cycle, Writer
from receipts.aws.dynamodb import DynamoLedger
from receipts.aws.sqs import SqsDeadLetterReader, SqsDeadLetters, SqsQueue, SqsWriteQueue
from receipts.batch import receipt_id_for
from receipts.errors import InboxUnavailableError, NotSentError
from receipts.handlers import reconcile
from receipts.messages import Row
from receipts.reconcile import Action

LOG_GROUPS = [name for name, one in RESOURCES.items() if one["Type"] == "AWS::Logs::LogGroup"]
POISON = "0002.png"
POISONOUS = encoded(Image.new("L", (640, 64), 255), "PNG")  # the engine fails on what is so long


@pytest.fixture(scope="module")
def played() -> Iterator[Stack]:
    """The stack after the journey."""
    with deployed() as stack, pytest.MonkeyPatch.context() as patch:
        engine = FakeEngine(fails_on=lambda image: max(image.size) > 5 * min(image.size))
        patch.setattr("reading.engines.make_engine", lambda *_: engine)
        play(stack, patch)
        yield stack


@pytest.fixture(scope="module")
def calls(played: Stack) -> frozenset[Call]:
    """Everything that the roles' bearers asked of AWS."""
    return frozenset(call for call in played.calls if call[0] != "the test")


def play(stack: Stack, patch: pytest.MonkeyPatch) -> None:
    data = archive(numbered(3) | {POISON: POISONOUS})
    an_archive_whose_messages_are_lost(stack)
    body = json.dumps({"customer_reference": "C-1", "archive": announced(data)})
    for _ in range(2):  # the first answer was lost
        answer = stack.request("POST /batches", body, {"Idempotency-Key": "k"})
    accepted = json.loads(answer["body"])
    stack.upload(accepted["uploads"][0], data)
    stack.send("UploadQueue", "not ours")
    stack.send("ReceiptQueue", "not ours")
    stack.send("WriteQueue", "not ours")
    one_that_never_comes(stack)
    with patch.context() as busy:
        busy.setattr(SqsQueue, "send_receipts", _refused)
        stack.poll("SplitMapping")
    while stack.poll("SplitMapping") + stack.poll("ReadMapping", lambda body: '"index":1' in body):
        pass
    agent(stack)
    stack.request(f"GET {accepted['status']}")
    stack.request(f"GET {accepted['status']}/receipts")
    one_that_is_read_and_no_more(stack)
    reconciled(stack, patch)
    operator(stack, patch)


def _refused(*_: object) -> None:
    raise NotSentError("SQS refused a message: busy")


def an_archive_whose_messages_are_lost(stack: Stack) -> None:
    data = archive(numbered(2))
    body = json.dumps({"customer_reference": "C-1", "archive": announced(data)})
    answer = stack.request("POST /batches", body, {"Idempotency-Key": "lost"})
    stack.upload(json.loads(answer["body"])["uploads"][0], data)
    stack.poll("SplitMapping")
    stack.client("sqs").purge_queue(QueueUrl=stack.urls["ReceiptQueue"])


def one_that_is_read_and_no_more(stack: Stack) -> None:
    file = {"name": "1.png", "size": len(photo()), "content_type": "image/png"}
    body = json.dumps({"customer_reference": "C-1", "files": [file]})
    answer = stack.request("POST /batches", body, {"Idempotency-Key": "read"})
    stack.upload(json.loads(answer["body"])["uploads"][0], photo())
    stack.poll("SplitMapping")
    stack.poll("ReadMapping")


def one_that_never_comes(stack: Stack) -> None:
    file = {"name": "1.png", "size": len(photo()), "content_type": "image/png"}
    body = json.dumps({"customer_reference": "C-1", "files": [file]})
    stack.request("POST /batches", body, {"Idempotency-Key": "never"})


def agent(stack: Stack) -> None:
    """Sets a message and a receipt aside, stores one, gives back what an outage left in hand."""
    time, inbox = FakeTime(), FakeInbox()
    settings = OperatorSettings(ceiling=100.0, share=1.0, paused=False, schedule=Schedule())
    breaker = Breaker(threshold=1, pause_s=1e6, longest_pause_s=1e6)
    with stack.calling_as("AgentPolicy"):
        sqs = stack.client("sqs")
        writer = Writer(
            queue=SqsWriteQueue(stack.urls["WriteQueue"], sqs),
            dead_letters=SqsDeadLetters(stack.urls["WriteDlq"], sqs),
            inbox=inbox,
            ledger=DynamoLedger("Ledger", stack.client("dynamodb")),
            gate=Gate(settings, 1, breaker, time()),
            poll_s=0,
            clock=time.clock,
            now=time,
        )
        inbox.refuses = lambda _: True
        go_on(writer, time, lambda cycle: any(one.receipt_id for one in cycle.set_aside))
        inbox.refuses = lambda _: False
        go_on(writer, time, lambda cycle: cycle.stored > 0)
        inbox.refuses = _connection_lost
        go_on(writer, time, lambda cycle: cycle.failure is not None)


def _connection_lost(_: Row) -> bool:
    raise InboxUnavailableError("the connection was lost")


def go_on(writer: Writer, time: FakeTime, until: Callable[[Cycle], bool]) -> None:
    """Cycle after cycle, without waiting for it."""
    while not until(cycle := writer.cycle()):
        time.now += cycle.closed.wait_s if cycle.closed else 0.0


def reconciled(stack: Stack, patch: pytest.MonkeyPatch) -> None:
    """Days later, so that everything that was left open is old enough."""
    later = dt.datetime.now(dt.UTC) + dt.timedelta(days=20)
    patch.setattr(reconcile, "utc_now", lambda: later)
    patch.setattr(
        reconcile,
        "SqsDeadLetterReader",
        lambda url, sqs: SqsDeadLetterReader(url, sqs, wait_s=0),
    )
    done = stack.invoke("ReconcileFunction", {})
    assert done.keys() >= {Action.PUT_BACK, Action.SENT_AGAIN, Action.REJECTED, Action.LEFT}
    stack.poll("SplitMapping")  # what was sent again
    assert stack.depth("ReceiptQueue") == 2


def operator(stack: Stack, patch: pytest.MonkeyPatch) -> None:
    """As many days later: what was taken up again then is overdue again."""
    later = dt.datetime.now(dt.UTC) + dt.timedelta(days=40)
    patch.setattr(reconcile, "utc_now", lambda: later)
    stack.describe(stack.outputs())
    with stack.calling_as("OperatorPolicy"):
        assert CliRunner().invoke(app, ["reconcile", "--stack", "receipts"]).exit_code == 0
        audit = ["audit", "--stack", "receipts", "--ids", "-"]
        assert CliRunner().invoke(app, audit, "none").exit_code == 0
        replay = ["replay", "--stack", "receipts", "--stored-since", "2026-01-01"]
        assert "1 put back" in CliRunner().invoke(app, replay).stdout
    stack.poll("SplitMapping")  # the same once more: nobody has read it yet
    assert stack.depth("ReceiptQueue") == 4
    others_beside(stack, patch)


def others_beside(stack: Stack, patch: pytest.MonkeyPatch) -> None:
    """Who corrects or traces a receipt, decides about dead letters, or forgets a customer.

    All but the tracer have theirs beside the operator's, so only what that one lacks is in it.
    """
    later = dt.datetime.now(dt.UTC) + dt.timedelta(days=60)
    patch.setattr(wired, "utc_now", lambda: later)
    patch.setattr(wired, "LetterQueue", partial(LetterQueue, wait_s=0))
    ledger = DynamoLedger("Ledger", stack.client("dynamodb"))
    batch_id = next(iter(ledger.batches())).batch_id
    [(stored_in, index)] = stored_receipts(ledger)
    stored = receipt_id_for(stored_in, index)
    logs = stack.client("logs")
    for name in LOG_GROUPS:
        logs.create_log_group(logGroupName=name)
    groups = [{"ResourceType": "AWS::Logs::LogGroup", "PhysicalResourceId": n} for n in LOG_GROUPS]
    stack.answer("cloudformation.ListStackResources", {"StackResourceSummaries": groups})
    commands = {
        "CorrectionPolicy": [["correct", stored, "total=1.00", "--by", "Ada"]] * 2,
        "OperatorPolicy": [
            ["trace", f"{batch_id}-00001", "--logs"],
            ["replay", "--batch", stored_in],
        ],
        "DeadLetterPolicy": [
            ["dlq", "redrive", "--queue", "receipt", "--yes"],
            ["dlq", "discard", "--queue", "upload", "--because", "x", "--yes"],
            ["dlq", "discard", "--queue", "write", "--because", "x", "--yes"],
        ],
        "ErasurePolicy": [["forget", "C-1", "--owner", OWNER, "--yes"]],
    }
    for policy, lines in commands.items():
        for queue in ("UploadDlq", "ReceiptDlq", "WriteDlq"):
            stack.send(queue, json.dumps({"batch_id": batch_id, "index": 1, "receipt_id": "x"}))
        with stack.calling_as(policy):
            for line in lines:
                done = CliRunner().invoke(app, [*line, "--stack", "receipts"])
                assert done.exit_code == 0, done.output


def test_what_is_done_is_allowed(calls: frozenset[Call]) -> None:
    assert iam.needed(calls) - iam.allowed(TEMPLATE) == set()


def test_what_is_allowed_is_done(calls: frozenset[Call]) -> None:
    assert iam.allowed(TEMPLATE) - iam.needed(calls) == set()


def test_a_right_too_many_is_found(calls: frozenset[Call]) -> None:
    generous = copy.deepcopy(TEMPLATE)
    statement = statement_of(generous, "StatusRole")
    statement["Action"] = ["dynamodb:Query", "dynamodb:DeleteItem"]
    extra = iam.allowed(generous) - iam.needed(calls)
    assert extra == {("StatusRole", "dynamodb:DeleteItem", "Ledger")}


def test_a_right_too_few_is_found(calls: frozenset[Call]) -> None:
    mean = copy.deepcopy(TEMPLATE)
    statement_of(mean, "AcceptRole")["Action"] = "dynamodb:PutItem"
    lacking = iam.needed(calls) - iam.allowed(mean)
    assert lacking == {("AcceptRole", "dynamodb:GetItem", "Ledger")}


def test_a_right_on_another_resource_is_found(calls: frozenset[Call]) -> None:
    astray = copy.deepcopy(TEMPLATE)
    statement_of(astray, "StatusRole")["Resource"] = {"Fn::GetAtt": ["ReceiptsBucket", "Arn"]}
    assert iam.needed(calls) - iam.allowed(astray) == {("StatusRole", "dynamodb:Query", "Ledger")}


def test_every_role_and_policy_was_at_work(calls: frozenset[Call]) -> None:
    bearers = {right[0] for right in iam.needed(calls)}
    kinds = ("AWS::IAM::Role", "AWS::IAM::ManagedPolicy")
    there = deployed_by_default(TEMPLATE)["Resources"]
    assert bearers == {name for name, one in there.items() if one["Type"] in kinds}


def test_the_agent_may_change_a_receipt_and_not_whose_the_batch_is(played: Stack) -> None:
    [condition] = [
        one["Condition"]["ForAllValues:StringEquals"]["dynamodb:Attributes"]
        for whose, one in statements(TEMPLATE)
        if whose == "AgentPolicy" and "dynamodb:UpdateItem" in one["Action"]
    ]
    named = {name for whose, name in played.attributes if whose == "AgentPolicy"}
    assert named <= set(condition)
    assert set(condition) - named == {"duplicate_of"}  # of a photo that was sent twice
    assert "owner" not in condition


def statement_of(template: Template, role: str) -> dict[str, Any]:
    """The role's first statement."""
    policies = template["Resources"][role]["Properties"]["Policies"]
    statement: dict[str, Any] = policies[0]["PolicyDocument"]["Statement"][0]
    return statement
