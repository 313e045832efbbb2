"""A drawing is read as people draw: arrows either way, carriers between, no clusters."""

from pathlib import Path

import pytest

from lab.review.catalogue import DesignError
from lab.review.drawn import Drawing, read_drawing
from lab.review.recognise import recognise

HEAD = """
from diagrams import Cluster, Diagram, Edge
from diagrams.aws.compute import Fargate, Lambda
from diagrams.aws.analytics import Glue, KinesisDataStreams, ManagedStreamingForKafka as MSK
from diagrams.aws.database import Dynamodb, RDS
from diagrams.aws.general import TraditionalServer, User
from diagrams.aws.integration import Appsync, MQ, SQS, SNS, StepFunctions
from diagrams.aws.migration import Datasync
from diagrams.aws.network import APIGateway, SiteToSiteVpn, DirectConnect
from diagrams.aws.storage import S3
from diagrams.onprem.compute import Server
from diagrams.onprem.database import MySQL, PostgreSQL
from diagrams.onprem.network import Internet
"""


def drawn_of(tmp_path: Path, body: str) -> Drawing:
    file = tmp_path / "mine.py"
    lines = "\n".join(f"    {it}" for it in body.strip().splitlines())
    file.write_text(f'{HEAD}\nwith Diagram("mine"):\n{lines}\n')
    return read_drawing(file)


def read(tmp_path: Path, body: str) -> dict[str, str]:
    return recognise(drawn_of(tmp_path, body))


@pytest.mark.parametrize(
    "arrows",
    [
        "queue >> agent >> database",
        "agent >> queue\nagent >> database",
        "queue << agent\ndatabase << agent",
        "queue - agent\nagent >> database",
        "net = Internet('Internet')\nagent >> net >> queue\nagent >> database",
        "for end in (database,):\n    queue >> Edge(label='long poll') >> agent >> end",
    ],
)
def test_an_agent_that_asks_is_seen_however_its_arrow_points(tmp_path: Path, arrows: str) -> None:
    parts = "queue = SQS('Results')\nagent = Server('Agent')\ndatabase = MySQL('Database')"
    said = read(tmp_path, f"{parts}\n{arrows}")
    assert (said["writer"], said["waits"], said["way"]) == ("agent", "sqs", "outbound")
    assert said["password"] == "premises"  # noqa: S105 - where it lives


@pytest.mark.parametrize(
    ("frame", "on_premises"),
    [
        ("Client's premises", True),
        ("Data centre", True),
        ("On-premises, outside AWS", True),
        ("AWS account of the client", False),
        ("VPC", False),
        ("Office", True),
    ],
)
def test_a_frame_says_on_which_side_it_is(tmp_path: Path, frame: str, on_premises: bool) -> None:  # noqa: FBT001
    file = tmp_path / "mine.py"
    file.write_text(
        f'{HEAD}\nwith Diagram("mine"):\n    with Cluster("{frame}"):\n        Server("It")\n'
    )
    (node,) = read_drawing(file).nodes.values()
    assert node.on_premises == on_premises


def test_a_traditional_server_without_a_frame_stands_on_premises(tmp_path: Path) -> None:
    said = read(tmp_path, "SQS('Results') >> TraditionalServer('Agent') >> PostgreSQL('Database')")
    assert said["writer"] == "agent"


@pytest.mark.parametrize("arrow", [">>", "<<"])
def test_a_container_that_asks_writes_and_one_that_reads_photos_stays_open(
    tmp_path: Path, arrow: str
) -> None:
    said = read(
        tmp_path,
        "queue, poller = SQS('Results'), Fargate('Poller')\n"
        f"queue {arrow} poller\npoller >> PostgreSQL('Database')",
    )
    assert (said["writer"], said["waits"], said["way"]) == ("container", "sqs", "tunnel")
    assert "writer" not in read(
        tmp_path, "SQS('Photos') >> Fargate('OCR and store') >> PostgreSQL('Database')"
    )


@pytest.mark.parametrize(
    ("drawn", "writer", "waits", "named"),
    [
        ("MSK('Results') >> Server('Consumers')", "consumer_group", "other", "Amazon MSK"),
        ("MQ('Results') >> Server('JMS client')", "agent", "other", "Amazon MQ"),
        ("MSK('Results') >> Lambda('Store')", "mapping", "other", "Amazon MSK"),
        ("MQ('Results') >> Lambda('Store')", "mapping", "other", "Amazon MQ"),
        ("S3('Results') >> Glue('Results')", "other", "files", "AWS Glue"),
        ("S3('Results') >> Datasync('Results')", "other", "files", "AWS DataSync"),
        ("Lambda('OCR') >> Appsync('Results')", "other", None, "AWS AppSync"),
    ],
)
def test_a_service_of_which_no_rule_speaks_is_known_by_name(
    tmp_path: Path, drawn: str, writer: str, waits: str | None, named: str
) -> None:
    drawing = drawn_of(tmp_path, f"{drawn} >> PostgreSQL('Database')")
    said = recognise(drawing)
    assert (said["writer"], said.get("waits")) == (writer, waits)
    assert drawing.not_judged == [f"Results ({named})"]
    assert drawing.not_understood == []


def test_a_database_in_aws_has_no_firewall_to_pass(tmp_path: Path) -> None:
    assert "way" not in read(tmp_path, "SQS('Photos') >> Lambda('Read') >> RDS('Database')")


def test_the_clients_own_app_is_not_taken_for_the_writer(tmp_path: Path) -> None:
    said = read(
        tmp_path,
        "app = TraditionalServer('Expenses app')\ndatabase = PostgreSQL('Database')\n"
        "store = Lambda('Store')\napp >> database\nstore >> DirectConnect('DX') >> database",
    )
    assert (said["writer"], said["way"]) == ("reader", "tunnel")


def test_a_function_behind_the_readers_queue_writes_and_a_reader_on_its_own_queue_reads(
    tmp_path: Path,
) -> None:
    both = read(
        tmp_path,
        "database = PostgreSQL('Database')\n"
        "SQS('Photos') >> Lambda('OCR') >> SQS('Results') >> Lambda('Store') >> database",
    )
    assert (both["writer"], both["waits"]) == ("mapping", "sqs")
    one = read(tmp_path, "SQS('Photos') >> Lambda('OCR') >> PostgreSQL('Database')")
    assert (one["writer"], one["waits"]) == ("reader", "receipt_queue")


def test_numbers_in_labels_and_comments_are_read_and_a_comment_comes_first(tmp_path: Path) -> None:
    body = (
        "# review: retention_days = 3\n"  # within the block: comments are read wherever they stand
        "SQS('Results, 12 days') >> Server('Agent, 50 rows/s') >> PostgreSQL('Database')"
    )
    said = read(tmp_path, body)
    assert (said["retention_days"], said["rate"]) == ("3", "50")


@pytest.mark.parametrize(
    ("label", "intake"), [("one photo", "each_request"), ("300 photos", "in_request"), ("", None)]
)
def test_a_call_of_the_api_carries_what_its_arrow_says(
    tmp_path: Path, label: str, intake: str | None
) -> None:
    said = read(tmp_path, f"User('Customer') >> Edge(label={label!r}) >> APIGateway('API')")
    assert said.get("intake") == intake


def test_a_photo_that_calls_its_reader_is_no_queue(tmp_path: Path) -> None:
    said = read(tmp_path, "S3('Photos') >> Lambda('OCR') >> SQS('Results')")
    assert (said["cutter"], said["fanout"]) == ("s3_events", "direct")
    assert "cutter" not in read(tmp_path, "S3('ZIP uploads') >> Lambda('OCR') >> SQS('Results')")


def test_a_step_of_a_workflow_waits_in_it_and_a_tables_stream_is_no_reader(tmp_path: Path) -> None:
    end = "Lambda('Store') >> PostgreSQL('Database')"
    step = read(tmp_path, f"StepFunctions('Distributed Map') >> Lambda('OCR') >> {end}")
    assert (step["writer"], step["waits"]) == ("reader", "workflow")
    stream = read(tmp_path, f"Lambda('OCR') >> Dynamodb('Results') >> {end}")
    assert stream["writer"] == "mapping"
    assert "waits" not in stream


@pytest.mark.parametrize(
    ("label", "waits"), [("FIFO, one group", "fifo_one"), ("Results.fifo", None)]
)
def test_a_fifo_queue_is_one_line_only_where_it_is_one_group(
    tmp_path: Path, label: str, waits: str | None
) -> None:
    said = read(tmp_path, f"SQS('{label}') >> Server('Agent') >> PostgreSQL('Database')")
    assert (said["writer"], said.get("waits")) == ("agent", waits)


def test_what_is_not_drawn_is_not_made_up(tmp_path: Path) -> None:
    assert read(tmp_path, "SQS('Some queue')") == {}
    said = read(tmp_path, "SQS('Results') >> Server('Agent') >> PostgreSQL('Database')")
    assert not {"rate", "pace", "key", "order", "switch", "counter", "intake"} & {*said}


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("x = 1", "nothing is drawn in it"),
        ("1 / 0", "ZeroDivisionError: division by zero"),
        ("with", "SyntaxError"),
        ("import sys; sys.exit(3)", "it ended itself"),
    ],
)
def test_a_file_that_is_no_drawing_says_why(tmp_path: Path, source: str, says: str) -> None:
    file = tmp_path / "mine.py"
    file.write_text(source)
    with pytest.raises(DesignError, match=says):
        read_drawing(file)


def test_nothing_is_written_by_reading_a_drawing(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    read(tmp_path, "SQS('Results') >> Server('Agent') >> PostgreSQL('Database')")
    assert [it.name for it in tmp_path.iterdir()] == ["mine.py"]
