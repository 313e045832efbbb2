"""The write function: the messages of its invocation take the queue's place."""

import logging
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import boto3
import psycopg
import pytest
from aws_lambda_powertools.utilities.parameters import clear_caches

from helpers.deployed import RESOURCES
from helpers.fakes_agent import BATCH, result
from helpers.moto_calls import mocked_aws
from lab.alternatives import write_function
from lab.run.postgres import Postgres
from reading.receipt import Receipt
from receipts.aws.dynamodb import DynamoLedger
from receipts.ledger import State
from receipts.messages import ResultMessage, encode

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

REGION = "eu-central-1"


@pytest.fixture
def sqs(monkeypatch: pytest.MonkeyPatch, postgres: Postgres) -> Iterator["SQSClient"]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    with mocked_aws():
        sqs = boto3.client("sqs")
        secrets = boto3.client("secretsmanager")
        ledger = RESOURCES["Ledger"]["Properties"]
        boto3.client("dynamodb").create_table(
            TableName="ledger",
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=ledger["AttributeDefinitions"],
            KeySchema=ledger["KeySchema"],
        )
        conninfo = postgres.conninfo("receipts_agent")
        secret = secrets.create_secret(Name="database", SecretString=conninfo)
        monkeypatch.setenv("LEDGER_TABLE", "ledger")
        monkeypatch.setenv("WRITE_DLQ_URL", sqs.create_queue(QueueName="dead")["QueueUrl"])
        monkeypatch.setenv("DATABASE_SECRET", secret["ARN"])
        write_function._ports.cache_clear()  # noqa: SLF001  as a new worker begins
        clear_caches()
        yield sqs


def invoke(bodies: Sequence[str]) -> list[str]:
    records = [
        {"messageId": str(n), "body": body, "attributes": {"ApproximateReceiveCount": "1"}}
        for n, body in enumerate(bodies)
    ]
    context: Any = None  # not looked at
    answer = write_function.handler({"Records": records}, context)
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


def body(message: ResultMessage) -> str:
    return encode(message).decode()


def rows(postgres: Postgres) -> int:
    with psycopg.connect(postgres.conninfo()) as connection:
        found: Any = connection.execute("SELECT count(*) FROM receipts_inbox.receipt").fetchone()
    return int(found[0])


@pytest.mark.usefixtures("sqs")
def test_an_invocation_stores_its_messages_and_twice_is_once(postgres: Postgres) -> None:
    bodies = [body(result(index)) for index in (1, 2, 3)]
    assert invoke(bodies) == []
    assert invoke(bodies) == []
    assert rows(postgres) == 3
    ledger = DynamoLedger("ledger", boto3.client("dynamodb"))
    assert ledger.state(BATCH, 2) is State.STORED


def test_a_bad_row_is_set_aside_and_its_neighbours_are_stored(
    sqs: "SQSClient", postgres: Postgres
) -> None:
    poison = result(2, receipt=Receipt(currency="euro"))
    assert invoke([body(result(1)), body(poison), "not ours", body(result(3))]) == []
    assert rows(postgres) == 2
    url = sqs.get_queue_url(QueueName="dead")["QueueUrl"]
    dead = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    assert {message["Body"] for message in dead} == {"not ours", body(poison)}


@pytest.mark.usefixtures("sqs")
def test_while_the_database_is_away_all_of_them_come_again(postgres: Postgres) -> None:
    with psycopg.connect(postgres.conninfo(), autocommit=True) as admin:
        admin.execute("ALTER ROLE receipts_agent NOLOGIN")
        try:
            assert invoke([body(result(1)), body(result(2))]) == ["0", "1"]
        finally:
            admin.execute("ALTER ROLE receipts_agent LOGIN")


@pytest.mark.usefixtures("sqs")
def test_two_may_write_at_a_time_and_neither_keeps_its_connection(postgres: Postgres) -> None:
    with psycopg.connect(postgres.conninfo("receipts_agent")) as other:
        other.execute("SELECT pg_try_advisory_lock(hashtext('receipts_inbox'), 1)")
        assert invoke([body(result(1))]) == []
    assert rows(postgres) == 1


def keep_secret(conninfo: str) -> None:
    secrets = boto3.client("secretsmanager")
    secrets.put_secret_value(SecretId="database", SecretString=conninfo)


@pytest.mark.usefixtures("sqs")
def test_a_login_that_was_rotated_meanwhile_fails_no_batch(postgres: Postgres) -> None:
    with psycopg.connect(postgres.conninfo(), autocommit=True) as admin:
        admin.execute("CREATE ROLE receipts_old LOGIN IN ROLE receipts_agent")
        keep_secret(postgres.conninfo("receipts_old"))
        assert invoke([body(result(1))]) == []
        admin.execute("DROP ROLE receipts_old")
    keep_secret(postgres.conninfo("receipts_agent"))
    assert invoke([body(result(2))]) == []
    assert rows(postgres) == 2


@pytest.mark.usefixtures("sqs")
def test_a_secret_is_kept_for_a_while_and_then_read_again(
    postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert invoke([body(result(1))]) == []
    keep_secret(postgres.conninfo("receipts_agent", dbname="elsewhere"))
    assert invoke([body(result(2))]) == []
    clear_caches()
    monkeypatch.setattr(write_function, "SECRET_MAX_AGE_S", 0)
    keep_secret(postgres.conninfo("receipts_agent"))
    assert invoke([body(result(3))]) == []
    keep_secret(postgres.conninfo("receipts_agent", dbname="elsewhere"))
    assert invoke([body(result(4))]) == ["0"]


@pytest.mark.usefixtures("sqs")
def test_why_the_database_took_nothing_is_logged_in_a_line(
    postgres: Postgres, caplog: pytest.LogCaptureFixture
) -> None:
    keep_secret(postgres.conninfo("receipts_nobody"))
    assert invoke([body(result(1))]) == ["0"]
    [warning] = [record for record in caplog.records if record.levelname != "INFO"]
    assert 'role "receipts_nobody" does not exist' in vars(warning)["reason"]


@pytest.mark.usefixtures("sqs")
def test_what_comes_leaves_no_word_of_its_own_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger=write_function.logger.name)
    good = result(1, name="canary.jpg", receipt=Receipt(merchant="canary"))
    refused = result(2, name="canary.jpg", receipt=Receipt(currency="canary"))
    assert invoke([encode(good).decode(), encode(refused).decode(), "canary"]) == []
    found = [f"{vars(record)} {caplog.handler.format(record)}" for record in caplog.records]
    assert any("stored" in line for line in found)
    assert [line for line in found if "canary" in line] == []
