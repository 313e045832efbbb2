"""What is read from logs and queues: recorded lines, as PostgreSQL and the agent write them."""

import json
from pathlib import Path

import boto3
import pytest

from helpers.moto_calls import mocked_aws
from lab.prove.campaign import evidence
from lab.prove.campaign.judge import Letter
from lab.prove.campaign.windows import Rows
from lab.prove.drills.environment import DrillEnvironment
from lab.run.local.system import DLQS

INSERT = 'LOG:  execute _pg3_0: INSERT INTO receipts_inbox.receipt ("receipt_id") SELECT'
TWO_ROWS = """[{"receipt_id":"b-1","name":"O''Brien"},{"receipt_id":"b-2"}]"""
SERVER_LOG = f"""\
1795832100.001 {INSERT}
1795832100.001 DETAIL:  Parameters: $1 = '{TWO_ROWS}'
1795832100.100 ERROR:  value too long
1795832100.100 STATEMENT:  INSERT INTO receipts_inbox.receipt ("receipt_id") SELECT
1795832100.200 {INSERT}
1795832100.200 DETAIL:  Parameters: $1 = '[{{"receipt_id":"control-row"}}]'
1795832100.300 LOG:  statement: ALTER ROLE receipts_agent CONNECTION LIMIT 1
1795832100.400 {INSERT.replace("_pg3_0", "<unnamed>")}
1795832100.400 DETAIL:  parameters: $1 = '[{{"receipt_id":"b-3"}}]'
"""

LINES: list[tuple[str, str, dict[str, object]]] = [
    ("started", "02:15:00,250", {"ceiling_rows_per_second": 60.0}),
    ("new settings", "02:15:03,500", {"rows_per_second": 20.0}),
    ("new settings", "02:15:04,500", {"paused": True}),
    ("a cycle failed", "02:15:05,000", {"exception": "Traceback\nValueError: no"}),
]
AGENT_LOG = "no JSON at all\n" + "".join(
    json.dumps({"message": message, "timestamp": f"2026-11-28 {time}+0000", **more}) + "\n"
    for message, time, more in LINES
)
STARTED = 1795832100.250


@pytest.fixture
def agent_log(tmp_path: Path) -> Path:
    log = tmp_path / "agent.log"
    log.write_text(AGENT_LOG)
    return log


def test_rows_arrive_when_the_server_says_so_and_control_rows_are_none(tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    log.write_text(SERVER_LOG)
    found, end = evidence.arrivals(log, 0)
    assert found == [Rows(1795832100.001, 2), Rows(1795832100.4, 1)]
    assert end == len(SERVER_LOG.encode())
    assert evidence.arrivals(log, end) == ([], end)


def test_a_ceiling_counts_from_its_line_in_the_agents_log_on(agent_log: Path) -> None:
    found = sorted(evidence.ceilings("first", [agent_log]))
    assert [(one.agent, one.rows_per_s) for one in found] == [("first", 60.0), ("first", 20.0)]
    assert [one.at for one in found] == pytest.approx([STARTED, STARTED + 3.25], abs=1e-6)


def test_an_error_of_our_own_is_found_unless_an_earlier_round_had_it(agent_log: Path) -> None:
    assert evidence.own_errors([agent_log], STARTED) == ["a cycle failed: ValueError: no"]
    assert evidence.own_errors([agent_log], STARTED + 60) == []


def test_what_the_agents_noticed_is_counted(agent_log: Path) -> None:
    counts = {"started": 1, "new settings": 2, "a cycle failed": 1}
    assert evidence.noticed([agent_log], STARTED) == counts
    assert evidence.noticed([agent_log], STARTED + 4.5) == {"a cycle failed": 1}


@mocked_aws()
def test_letters_are_taken_with_their_reasons_and_those_without() -> None:
    class OnlyQueues(DrillEnvironment):
        def __init__(self) -> None:
            self.sqs = boto3.client("sqs", region_name="eu-central-1")
            url = self.sqs.create_queue(QueueName="dlq")["QueueUrl"]
            self.outputs = {DLQS["write DLQ"]: url}

    env = OnlyQueues()
    url = env.outputs[DLQS["write DLQ"]]
    reason = {"reason": {"DataType": "String", "StringValue": "too big"}}
    env.sqs.send_message(QueueUrl=url, MessageBody="one", MessageAttributes=reason)
    env.sqs.send_message(QueueUrl=url, MessageBody="two")
    found = sorted(evidence.take_letters(env), key=lambda it: it.body)
    assert found == [Letter("one", "too big"), Letter("two", None)]
    assert evidence.take_letters(env) == []
