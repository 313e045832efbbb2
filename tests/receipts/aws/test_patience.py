"""A call that AWS never answers ends before the function does, which then can say why."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import boto3
import botocore.session
import pytest
from botocore.awsrequest import AWSResponse, HTTPHeaders
from botocore.config import Config
from botocore.retries.standard import ExponentialBackoff

from helpers.deployed import CREDENTIALS, RESOURCES, Stack
from helpers.fakes import FakeEngine
from receipts.aws.patience import COMMAND, FUNCTION
from receipts.handlers import wiring

FUNCTIONS = {
    name: one["Properties"]
    for name, one in RESOURCES.items()
    if one["Type"] == "AWS::Serverless::Function"
}


def longest_s(config: Config) -> float:
    """A call's tries, none of them answered, with the SDK's longest pauses between them."""
    options: Any = config  # botocore's stubs know none of its options
    tries = options.retries["total_max_attempts"]
    backoff = ExponentialBackoff(random=lambda: 1.0)
    failed: Any = [SimpleNamespace(attempt_number=number) for number in range(1, tries)]
    pauses = [backoff.delay_amount(one) for one in failed]
    return float(tries * (options.connect_timeout + options.read_timeout) + sum(pauses))


def variable(function: str, name: str) -> float:
    return float(FUNCTIONS[function]["Environment"]["Variables"][name])


def batch_size(mapping: str) -> int:
    return int(RESOURCES[mapping]["Properties"]["BatchSize"])


@pytest.mark.parametrize("function", ["AcceptFunction", "StatusFunction"])
def test_who_asks_the_api_gets_an_error_and_no_silence(function: str) -> None:
    assert longest_s(FUNCTION) < FUNCTIONS[function]["Timeout"]


def test_a_reader_has_time_to_set_a_receipt_aside_after_the_longest_read_and_a_call_in_vain() -> (
    None
):
    in_vain = 1
    set_aside = 2  # to the dead-letter queue, then in the ledger
    spent_s = variable("ReadFunction", "OCR_TIMEOUT_SECONDS")
    spent_s += (in_vain + set_aside) * longest_s(FUNCTION)
    assert spent_s < FUNCTIONS["ReadFunction"]["Timeout"]


def test_a_splitter_has_time_to_give_all_its_messages_back_after_each_failed() -> None:
    one_for_all = 1
    calls = batch_size("SplitMapping") + one_for_all
    assert calls * longest_s(FUNCTION) < FUNCTIONS["SplitFunction"]["Timeout"]


@pytest.fixture
def made(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """The clients of every function, as they are made."""
    monkeypatch.setattr("reading.engines.make_engine", lambda *_: FakeEngine())
    make, clients = boto3.client, []

    def noted(*given: Any, **options: Any) -> Any:
        clients.append(make(*given, **options))
        return clients[-1]

    monkeypatch.setattr(boto3, "client", noted)
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    for function in FUNCTIONS:
        for name, value in stack.environment(function).items():
            monkeypatch.setenv(name, value)
    yield clients
    wiring.forget()


def test_every_client_of_every_function_has_that_patience(made: list[Any]) -> None:
    wiring.acceptor(), wiring.splitter(), wiring.reader(), wiring.ledger()
    assert {client.meta.service_model.service_name for client in made} == {"dynamodb", "s3", "sqs"}
    for client in made:
        assert longest_s(client.meta.config) == longest_s(FUNCTION), client
        assert client.meta.config.retries["mode"] == "standard"


@pytest.mark.parametrize("config", [FUNCTION, COMMAND])
def test_the_ledger_is_asked_at_the_host_that_a_firewall_knows(config: Config) -> None:
    """The SDK's own choice for credentials that name their account is a host of that account's."""
    assert host_of_the_ledger(config) == "dynamodb.eu-central-1.amazonaws.com"
    assert host_of_the_ledger(Config()) == "123456789012.ddb.eu-central-1.amazonaws.com"


def host_of_the_ledger(config: Config) -> str | None:
    session = botocore.session.get_session()
    session.set_credentials("key", "secret", account_id="123456789012")
    ledger: Any = session.create_client("dynamodb", region_name="eu-central-1", config=config)
    asked: list[str] = []

    def answer(request: Any, **_: object) -> AWSResponse:
        asked.append(request.url)
        raw: Any = SimpleNamespace(stream=lambda: [b"{}"])
        return AWSResponse(request.url, 200, HTTPHeaders(), raw)

    ledger.meta.events.register("before-send.dynamodb", answer)
    ledger.list_tables()
    [url] = asked
    return urlsplit(url).hostname
