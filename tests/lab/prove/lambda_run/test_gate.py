"""Every call is judged before the emulator has it; here the emulator is a server that says yes."""

import contextlib
from http.server import BaseHTTPRequestHandler

import boto3
import httpx
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from lab.prove.iam.evaluate import Statement
from lab.prove.iam.judge import Judge
from lab.prove.iam.policies import Policies
from lab.prove.lambda_run.gate import Gate, handler_of
from lab.prove.lambda_run.runtime_api import read_body, serving
from lab.prove.lambda_run.triggers import client

REGION, ACCOUNT = "eu-central-1", "000000000000"
URL = f"http://127.0.0.1/{ACCOUNT}/queue"
QUEUE = f"arn:aws:sqs:{REGION}:{ACCOUNT}:queue"
OBJECTS = "arn:aws:s3:::b/*"
LISTED = (
    b"<ListBucketResult><Contents><Key>k</Key>"
    b"<LastModified>2026-11-28T10:00:00.000Z</LastModified></Contents></ListBucketResult>"
)


def may(action: str, resource: str) -> Statement:
    return Statement(owner="Role", line=1, allows=True, actions=(action,), resources=(resource,))


class World:
    """An emulator, the gate before it, and what they were told."""

    def __init__(self, *rights: Statement) -> None:
        policies = Policies()
        policies.own["Role"] = [*rights]
        self.judge = Judge(policies)
        self.status = 200
        self.body = b"{}"
        self.asked: list[tuple[str, bytes]] = []
        self.uploads: list[tuple[str, str]] = []

    @contextlib.contextmanager
    def running(self):
        world = self

        class Emulator(BaseHTTPRequestHandler):
            def answer(self) -> None:
                world.asked.append((self.path, read_body(self)))
                self.send_response(world.status)
                self.send_header("Content-Length", str(len(world.body)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(world.body)

            do_GET = do_POST = do_PUT = do_HEAD = answer  # noqa: N815  the base's names

            def log_message(self, *_: object) -> None:
                pass

        with serving(Emulator, 0) as emulator:
            at = f"http://127.0.0.1:{emulator.server_port}"
            self.gate = Gate(at, self.judge, ACCOUNT, lambda *it: self.uploads.append(it))
            with serving(handler_of(self.gate), 0) as server:
                self.url = f"http://127.0.0.1:{server.server_port}"
                yield self

    def client(self, service: str):
        return client(service, "Role", self.url, REGION)


def test_a_call_that_is_allowed_is_passed_on_whole():
    with World(may("sqs:SendMessage", QUEUE)).running() as world:
        world.body = b'{"MessageId": "1", "MD5OfMessageBody": "9dd4e461268c8034f5c8564e155c67a6"}'
        assert world.client("sqs").send_message(QueueUrl=URL, MessageBody="x")["MessageId"] == "1"
        assert b'"MessageBody": "x"' in world.asked[0][1]
        assert not world.judge.denied


@pytest.mark.parametrize(
    ("service", "operation", "parameters"),
    [
        ("sqs", "send_message", {"QueueUrl": URL, "MessageBody": "x"}),
        ("s3", "put_object", {"Bucket": "b", "Key": "k", "Body": b"x"}),
        ("cloudformation", "describe_stacks", {"StackName": "s"}),
    ],
)
def test_a_call_that_is_denied_never_reaches_it_and_looks_as_on_aws(service, operation, parameters):
    with World().running() as world:
        with pytest.raises(ClientError) as caught:
            getattr(world.client(service), operation)(**parameters)
        assert "AccessDenied" in caught.value.response["Error"]["Code"]
        assert world.asked == []
        assert len(world.judge.denied) == 1


def test_a_call_whose_rights_nobody_knows_never_reaches_it():
    with World(may("*", "*")).running() as world:
        with pytest.raises(ClientError):
            world.client("sqs").purge_queue(QueueUrl=URL)
        assert world.asked == []
        assert "AmazonSQS.PurgeQueue" in world.gate.unknown[0]


@pytest.mark.parametrize(
    ("rights", "status"),
    [
        ([may("s3:GetObject", OBJECTS)], 403),
        ([may("s3:GetObject", OBJECTS), may("s3:ListBucket", "arn:aws:s3:::b")], 404),
    ],
    ids=["who may not list the bucket is not told", "who may list it is told"],
)
def test_whether_an_object_is_gone(rights, status):
    with World(*rights).running() as world:
        world.status = 404
        for operation in ("get_object", "head_object"):
            with pytest.raises(ClientError) as caught:
                getattr(world.client("s3"), operation)(Bucket="b", Key="gone")
            assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == status
        assert {it.action for it in world.judge.counts} == {"s3:GetObject"}  # that was no call


def test_a_form_is_judged_by_its_signers_rights_and_its_upload_told():
    session = boto3.Session("ASIARole", "x", region_name=REGION)
    s3 = session.client("s3", config=Config(signature_version="s3v4"))
    fields = s3.generate_presigned_post("b", "uploads/1.jpg")["fields"]
    with World(may("s3:PutObject", "arn:aws:s3:::b/uploads/*")).running() as world:
        world.status = 204
        sent = httpx.post(f"{world.url}/b", data=fields, files={"file": b"photo"}, timeout=120)
        assert sent.status_code == 204
        assert world.uploads == [("b", "uploads/1.jpg")]
    with World(may("s3:PutObject", "arn:aws:s3:::b/results/*")).running() as world:
        refused = httpx.post(f"{world.url}/b", data=fields, files={"file": b"x"}, timeout=120)
        assert refused.status_code == 403
        assert world.uploads == []


def test_a_year_later_the_bucket_says_so():
    with World(may("s3:ListBucket", "arn:aws:s3:::b")).running() as world:
        world.body = LISTED
        listing = {"Bucket": "b"}
        [now] = world.client("s3").list_objects_v2(**listing)["Contents"]
        world.gate.a_year_later = True
        [then] = world.client("s3").list_objects_v2(**listing)["Contents"]
        assert (now["LastModified"].year, then["LastModified"].year) == (2026, 2025)


def test_an_emulator_that_is_away_is_no_denial():
    judge = World(may("sqs:SendMessage", QUEUE)).judge
    gate = Gate("http://127.0.0.1:9", judge, ACCOUNT, lambda *_: None)
    with serving(handler_of(gate), 0) as server:
        at = f"http://127.0.0.1:{server.server_port}"
        with pytest.raises(ClientError, match="502"):
            client("sqs", "Role", at, REGION).send_message(QueueUrl=URL, MessageBody="x")
    assert not judge.denied
