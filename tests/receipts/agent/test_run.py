"""The agent, wired: moto for AWS, a real PostgreSQL."""

import errno
import socket
import time
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import psycopg
import pytest
from botocore.exceptions import EndpointConnectionError

from helpers.fakes_agent import BATCH, NOON, FakeInbox, FakeTime, bodies
from helpers.moto_calls import mocked_aws
from lab.run.postgres import Postgres
from receipts.agent import run as agent
from receipts.agent import start as agent_start
from receipts.agent.config import REMEDIES, AgentConfig, load
from receipts.agent.gate import Closed, ClosedReason, Gate
from receipts.agent.metrics import Metrics
from receipts.agent.pacing import Breaker
from receipts.agent.postgres import PostgresInbox
from receipts.aws.dynamodb import DynamoLedger
from receipts.errors import NotDeletedError
from receipts.ledger import State

REGION = "eu-central-1"


@pytest.fixture
def _credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")


@pytest.mark.usefixtures("_credentials")
@mocked_aws()
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
    inbox.ensure_writer()
    gate = Gate(
        config.operator_settings(), burst=50, breaker=Breaker(3, 1, 60), now=time.monotonic() - 60
    )
    writer = agent_start.wire(config, inbox, gate)
    cycle = writer.cycle()
    writer.stop()
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


def written(folder: Path, **changes: object) -> Path:
    """A complete file; nothing listens where it points to."""
    lines = {
        "queue_url": "https://sqs.invalid/write",
        "dead_letter_url": "https://sqs.invalid/dead",
        "ledger_table": "ledger",
        "database": "host=127.0.0.1 port=1 connect_timeout=2",
        "region": REGION,
        "rows_per_second": 10,
        "metrics_port": 0,
        **changes,
    }
    path = folder / "agent.toml"
    path.write_text("".join(f"{key} = {value!r}\n" for key, value in lines.items() if value != ""))
    return path


@pytest.mark.usefixtures("_credentials")
@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("database", "dbnam=x", 'invalid connection option "dbnam"'),
        ("region", "eu central", "Provided region_name 'eu central' doesn't match"),
        ("region", "", "You must specify a region; give"),
        ("endpoint_url", "no address", "Invalid endpoint: no address"),
    ],
)
def test_a_value_that_can_not_be_used_ends_with_2_and_says_what_to_give(
    key: str,
    value: str,
    says: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("AWS_DEFAULT_REGION", "AWS_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    path = written(tmp_path, **{key: value})
    assert agent.run(path) == 2
    err = capsys.readouterr().err
    assert f"{path}: {key}: {says}" in err
    assert f"; give {REMEDIES[key]}" in err


@pytest.mark.slow
def test_a_program_for_credentials_that_fails_is_worth_another_try(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    aws = tmp_path / "aws.ini"
    aws.write_text("[default]\ncredential_process = /nowhere/aws_signing_helper\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(aws))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    assert agent.run(written(tmp_path)) == 1
    assert "AWS: [Errno 2] No such file or directory: " in capsys.readouterr().err


@pytest.mark.usefixtures("_credentials")
def test_the_pace_counts_from_when_this_agent_became_the_one_that_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = FakeTime()

    class Slow(FakeInbox):
        def __init__(self, *_: object, **__: object) -> None:
            super().__init__()

        def ensure_writer(self) -> bool:
            now.now += 100
            return super().ensure_writer()

        def close(self) -> None:
            pass

    monkeypatch.setattr(agent_start, "open_inbox", Slow)
    monkeypatch.setattr(agent_start, "time", SimpleNamespace(monotonic=now))
    config = load(written(tmp_path))
    gate = Gate(config.operator_settings(), 20, Breaker(3, 1, 60), now=0)
    with ExitStack() as stack:
        agent_start.start(config, gate, Metrics(), stack)
    assert gate.closed(100, NOON) == Closed(ClosedReason.PACE, 2.0)


@pytest.mark.usefixtures("_credentials")
def test_a_port_in_use_is_worth_another_try(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert agent.run(written(tmp_path, metrics_port=port)) == 1
    said = f"metrics_port: {port}: Address already in use; give {REMEDIES['metrics_port']}"
    assert said in capsys.readouterr().err


@pytest.mark.usefixtures("_credentials")
def test_a_port_without_a_right_to_it_ends_with_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def serving(*_: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(agent_start, "serving", serving)
    assert agent.run(written(tmp_path, metrics_port=80)) == 2
    assert "metrics_port: 80: Permission denied; give" in capsys.readouterr().err


def test_a_clean_stop_is_clean_while_aws_is_away(caplog: pytest.LogCaptureFixture) -> None:
    def stop() -> None:
        raise EndpointConnectionError(endpoint_url="https://sqs")

    agent_start._release(SimpleNamespace(stop=stop))  # type: ignore[arg-type]  # noqa: SLF001
    assert "comes again by itself" in caplog.text


@pytest.mark.parametrize(
    "refused",
    [EndpointConnectionError(endpoint_url="https://sqs"), NotDeletedError("an old handle")],
    ids=["no answer", "a batch call that took none of its entries"],
)
def test_what_aws_refuses_is_one_line_and_no_defect_of_ours(
    refused: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    def cycle() -> None:
        raise refused

    writer: Any = SimpleNamespace(cycle=cycle)
    gate: Any = None
    assert agent._cycle(writer, gate, Metrics()) == agent.AWS_PAUSE_S  # noqa: SLF001
    [line] = caplog.records
    assert line.message == "AWS is out of reach"
    assert line.exc_info is None


def test_the_service_manager_is_told_where_it_asks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    agent.notify_service_manager(b"WATCHDOG=1")  # nobody asks
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        agent.notify_service_manager(b"WATCHDOG=1")
        assert manager.recv(100) == b"WATCHDOG=1"
