"""The agent, wired: moto for AWS, a real PostgreSQL."""

import time
from pathlib import Path

import boto3
import psycopg
import pytest
from moto import mock_aws

from fakes_agent import BATCH, bodies
from lab.postgres import Postgres
from receipts.adapters.dynamodb import DynamoLedger
from receipts.adapters.postgres import PostgresInbox
from receipts.agent_config import AgentConfig
from receipts.breaker import Breaker
from receipts.entrypoints import agent
from receipts.gate import Gate
from receipts.ledger import State

REGION = "eu-central-1"


@pytest.fixture
def _credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")


@pytest.mark.usefixtures("_credentials")
@mock_aws
def test_one_cycle_takes_results_from_the_queue_into_the_database(postgres: Postgres) -> None:
    sqs = boto3.client("sqs", region_name=REGION)
    dynamodb = boto3.client("dynamodb", region_name=REGION)
    queue, dead = (sqs.create_queue(QueueName=name)["QueueUrl"] for name in ("write", "dead"))
    dynamodb.create_table(
        TableName="ledger",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[
            {"AttributeName": name, "AttributeType": "S"} for name in ("batch_id", "entry")
        ],
        KeySchema=[
            {"AttributeName": "batch_id", "KeyType": "HASH"},
            {"AttributeName": "entry", "KeyType": "RANGE"},
        ],
    )
    for body in [*bodies(1, 2, 3), "not ours"]:
        sqs.send_message(QueueUrl=queue, MessageBody=body)
    config = AgentConfig(
        queue_url=queue,
        dead_letter_url=dead,
        ledger_table="ledger",
        database=postgres.conninfo("receipts_agent"),
        rows_per_second=100,
        region=REGION,
    )
    inbox = PostgresInbox(config.database)
    inbox.hold()
    gate = Gate(config.orders(), burst=50, breaker=Breaker(3, 1, 60), now=time.monotonic() - 60)
    cycle = agent.wire(config, inbox, gate).cycle()
    inbox.close()
    assert (cycle.stored, cycle.new, len(cycle.set_aside)) == (3, 3, 1)
    with psycopg.connect(postgres.conninfo()) as connection:
        assert connection.execute("SELECT count(*) FROM receipts_inbox.receipt").fetchone() == (3,)
    ledger = DynamoLedger("ledger", dynamodb)
    assert {ledger.state(BATCH, index) for index in (1, 2, 3)} == {State.STORED}
    [given_up] = sqs.receive_message(QueueUrl=dead, MessageAttributeNames=["reason"])["Messages"]
    assert given_up["Body"] == "not ours"
    assert "not a ResultMessage" in given_up["MessageAttributes"]["reason"]["StringValue"]


def test_a_wrong_configuration_ends_with_2_and_says_what_to_give(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "agent.toml"
    path.write_text('color = "red"\n')
    assert agent.run(path) == 2
    err = capsys.readouterr().err
    assert "color: unknown" in err
    assert "queue_url: missing; give the write queue's URL" in err
