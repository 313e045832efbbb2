"""The reader's handler: reads, or gives up in time and with a reason."""

import json

import pytest

from helpers.deployed import RESOURCES, Stack
from helpers.fakes import FakeEngine
from helpers.photos import announced, archive, numbered
from receipts.errors import SettingsError

MOST_RECEIVES = int(
    RESOURCES["ReadFunction"]["Properties"]["Environment"]["Variables"]["MAX_RECEIVES"]
)


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> FakeEngine:
    engine = FakeEngine()
    monkeypatch.setattr("reading.engines.make_engine", lambda *_: engine)
    return engine


@pytest.fixture
def crashing(monkeypatch: pytest.MonkeyPatch) -> FakeEngine:
    engine = FakeEngine(fails_on=lambda _: True)
    monkeypatch.setattr("reading.engines.make_engine", lambda *_: engine)
    return engine


def sent(stack: Stack, count: int = 1) -> str:
    """A batch whose receipts wait to be read; its status address."""
    data = archive(numbered(count))
    answer = stack.request(
        "POST /batches",
        json.dumps({"customer_reference": "C-1", "archive": announced(data)}),
        {"Idempotency-Key": "k"},
    )
    accepted = json.loads(answer["body"])
    stack.upload(accepted["uploads"][0], data)
    stack.poll("SplitMapping")
    return str(accepted["status"])


def counts(stack: Stack, status: str) -> dict[str, int]:
    told: dict[str, int] = json.loads(stack.request(f"GET {status}")["body"])["counts"]
    return told


def test_a_receipt_is_read_onto_the_write_queue(stack: Stack, engine: FakeEngine) -> None:
    status = sent(stack, 3)
    assert stack.poll("ReadMapping") == 3
    results = [json.loads(message["Body"]) for message in stack.waiting("WriteQueue")]
    assert {result["receipt"]["merchant"] for result in results} == {"CORNER BAKERY"}
    assert counts(stack, status)["read"] == engine.reads == 3


@pytest.mark.parametrize(("setting", "items"), [("true", 1), ("false", 0)])
def test_receipts_vote_in_the_ledger_unless_that_is_switched_off(
    stack: Stack, monkeypatch: pytest.MonkeyPatch, setting: str, items: int
) -> None:
    engine = FakeEngine("CORNER BAKERY", "Tel 020 555 0101", "Date: 2026-01-27", "TOTAL EUR 6.00")
    monkeypatch.setattr("reading.engines.make_engine", lambda *_: engine)
    variables = RESOURCES["ReadFunction"]["Properties"]["Environment"]["Variables"]
    monkeypatch.setitem(variables, "AGREEMENT", setting)
    sent(stack, 3)
    assert stack.poll("ReadMapping") == 3
    found = stack.client("dynamodb").scan(TableName="Ledger")["Items"]
    votes = [item for item in found if item["entry"]["S"] == "#votes"]
    assert len(votes) == items
    assert all(sum(name.startswith("vote-") for name in item) == 3 for item in votes)


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("count", ["20", "200"])
def test_how_much_may_be_wrong_unseen_is_a_setting(
    stack: Stack, monkeypatch: pytest.MonkeyPatch, count: str
) -> None:
    shown = {name: {20: 0.01, 200: 1.01} for name in ("date", "merchant", "total")}
    monkeypatch.setattr("reading.review.AT_MOST_ONE_WRONG_IN", shown)
    variables = RESOURCES["ReadFunction"]["Properties"]["Environment"]["Variables"]
    monkeypatch.setitem(variables, "ONE_WRONG_IN", count)
    sent(stack)
    stack.poll("ReadMapping")
    [message] = stack.waiting("WriteQueue")
    assert json.loads(message["Body"])["needs_review"] == (count == "200")


@pytest.mark.usefixtures("crashing")
def test_a_poison_message_is_given_up_before_the_redrive_policy_takes_it(stack: Stack) -> None:
    status = sent(stack)
    redrive = RESOURCES["ReceiptQueue"]["Properties"]["RedrivePolicy"]["maxReceiveCount"]
    assert redrive > MOST_RECEIVES
    for _ in range(MOST_RECEIVES - 1):
        assert stack.poll("ReadMapping") == 1
        assert not stack.waiting("ReceiptDlq")
    stack.poll("ReadMapping")
    [message] = stack.waiting("ReceiptDlq")
    assert message["MessageAttributes"]["reason"]["StringValue"].startswith("OcrEngineError")
    assert counts(stack, status)["dead_lettered"] == 1
    assert stack.poll("ReadMapping") == 0


@pytest.mark.usefixtures("crashing")
def test_a_failure_that_may_pass_is_in_the_log(
    stack: Stack, caplog: pytest.LogCaptureFixture
) -> None:
    sent(stack)
    stack.poll("ReadMapping")
    assert "the engine crashed" in caplog.text


@pytest.mark.usefixtures("engine")
def test_a_message_that_is_not_ours_is_given_up_at_once(stack: Stack) -> None:
    stack.send("ReceiptQueue", '{"version": 7}')
    assert stack.poll("ReadMapping") == 1
    [message] = stack.waiting("ReceiptDlq")
    assert message["Body"] == '{"version": 7}'
    assert "not a ReceiptMessage" in message["MessageAttributes"]["reason"]["StringValue"]


@pytest.mark.usefixtures("engine")
def test_no_log_line_holds_what_is_on_a_receipt(
    stack: Stack, caplog: pytest.LogCaptureFixture
) -> None:
    sent(stack)
    stack.poll("ReadMapping")
    assert "BAKERY" not in caplog.text
    assert "6.00" not in caplog.text


def test_a_redriven_dead_letter_is_read_after_all(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    ill = [True]
    engine = FakeEngine(fails_on=lambda _: ill[0])
    monkeypatch.setattr("reading.engines.make_engine", lambda *_: engine)
    status = sent(stack)
    while stack.poll("ReadMapping"):
        pass
    assert counts(stack, status)["dead_lettered"] == 1
    ill[0] = False
    [message] = stack.waiting("ReceiptDlq")
    stack.send("ReceiptQueue", message["Body"])  # what a redrive does
    stack.poll("ReadMapping")
    assert counts(stack, status) == {
        "waiting": 0,
        "read": 1,
        "stored": 0,
        "rejected": 0,
        "dead_lettered": 0,
    }


@pytest.mark.parametrize(
    ("setting", "value"),
    [("OCR_ENGINE", "tesserract"), ("MAX_RECEIVES", "four"), ("ONE_WRONG_IN", "100000")],
)
def test_a_wrong_setting_fails_the_invocation_by_its_name(
    stack: Stack, monkeypatch: pytest.MonkeyPatch, setting: str, value: str
) -> None:
    sent(stack)
    variables = RESOURCES["ReadFunction"]["Properties"]["Environment"]["Variables"]
    monkeypatch.setitem(variables, setting, value)
    with pytest.raises(SettingsError, match=f"(?i){setting}"):
        stack.poll("ReadMapping")
