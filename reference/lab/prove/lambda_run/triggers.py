"""What starts the functions on AWS and is played by us: mappings, and API Gateway's call.

The emulator has the API itself: it checks the token, finds the route and makes the event. Its own
function behind it is `FORWARDER`, which hands the event to the sandbox.
"""

import contextlib
import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler
from typing import Any

import boto3
from botocore.config import Config

from lab.prove.iam.evaluate import Request
from lab.prove.iam.judge import Judge
from lab.prove.lambda_run.function import Function, credentials
from lab.prove.lambda_run.runtime_api import InvocationError, read_body, serving

FORWARDER = """
import json, urllib.request

def handler(event, context):
    at = "http://127.0.0.1:{port}/" + context.function_name
    with urllib.request.urlopen(at, json.dumps(event).encode(), timeout=60) as answer:
        return json.load(answer)
"""


class NotInvokedError(InvocationError):
    """A service of AWS's has no right to invoke the function that it should."""


def client(service: str, who: str, gate: str, region: str) -> Any:  # noqa: ANN401  boto3's own
    """A client with the credentials of a role, which asks at the gate."""
    given = {name.lower(): value for name, value in credentials(who).items()}
    config = Config(retries={"mode": "standard", "total_max_attempts": 1})
    session = boto3.Session(region_name=region, **given)  # type: ignore[arg-type]
    return session.client(service, endpoint_url=gate, config=config)  # type: ignore[call-overload]


class QueueMapping:
    """An event source mapping of a queue: it takes messages with the function's own role."""

    def __init__(
        self,
        name: str,
        given: Mapping[str, Any],
        url: str,
        arn: str,
        function: Function,
        sqs: Any,  # noqa: ANN401  boto3's own
    ) -> None:
        """`given` are the resource's properties. Raises `InvocationError` for what isn't known."""
        if "FilterCriteria" in given or "SourceAccessConfigurations" in given:
            raise InvocationError(f"{name}: filters of a mapping aren't known here")
        self.name, self.function = name, function
        self.url, self._arn, self._sqs = url, arn, sqs
        self.size = int(given.get("BatchSize", 10))
        self._partial = "ReportBatchItemFailures" in given.get("FunctionResponseTypes", [])
        self.errors: list[str] = []
        self.failures = 0

    @contextlib.contextmanager
    def polling(self, threads: int = 1) -> Iterator[None]:
        """Deliver until the way out."""
        stop = threading.Event()
        self._sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=["VisibilityTimeout"])
        polls = [threading.Thread(target=self._poll, args=(stop,)) for _ in range(threads)]
        for poll in polls:
            poll.start()
        try:
            yield
        finally:
            stop.set()
            for poll in polls:
                poll.join()

    def _poll(self, stop: threading.Event) -> None:
        while not stop.is_set():
            try:
                self._deliver()
            except Exception as error:  # noqa: BLE001  whatever it was, the run fails by it
                self.errors.append(f"{self.name}: {type(error).__name__}: {error}")
                stop.wait(1)

    def _deliver(self) -> None:
        found = self._sqs.receive_message(
            QueueUrl=self.url,
            MaxNumberOfMessages=self.size,
            WaitTimeSeconds=1,
            MessageSystemAttributeNames=["All"],
            MessageAttributeNames=["All"],
        ).get("Messages", [])
        if not found:
            return
        answer = self.function.invoke({"Records": [_record(it, self._arn) for it in found]})
        failed = {it["itemIdentifier"] for it in (answer or {}).get("batchItemFailures", [])}
        self.failures += len(failed)
        kept = failed if self._partial else set()
        done = [
            {"Id": str(at), "ReceiptHandle": it["ReceiptHandle"]}
            for at, it in enumerate(found)
            if it["MessageId"] not in kept
        ]
        if done:
            self._sqs.delete_message_batch(QueueUrl=self.url, Entries=done)


def _record(message: Mapping[str, Any], arn: str) -> dict[str, Any]:
    attributes = {
        name: {
            "stringValue": it.get("StringValue"),
            "dataType": it["DataType"],
            "stringListValues": [],
            "binaryListValues": [],
        }
        for name, it in message.get("MessageAttributes", {}).items()
    }
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message["Attributes"],
        "messageAttributes": attributes,
        "md5OfBody": message["MD5OfBody"],
        "eventSource": "aws:sqs",
        "eventSourceARN": arn,
        "awsRegion": arn.split(":")[3],
    }


@contextlib.contextmanager
def api_calls(
    functions: Mapping[str, Function], judge: Callable[[], Judge], account: Callable[[], str]
) -> Iterator[int]:
    """Take what the emulator's API hands over, on this port; `functions` are by their real names.

    The functions' permissions are judged; judge and account are there once the stack is.
    """

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            function = functions[self.path.strip("/")]
            event = json.loads(read_body(self))
            try:
                _judge_api(event, function, judge(), account())
                answer, status = function.invoke(event), 200
            except InvocationError as error:
                answer, status = {"errorMessage": str(error)}, 500
            body = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base's own
            """Log nothing."""

    with serving(Handler, 0) as server:
        yield int(server.server_port)


def _judge_api(event: Mapping[str, Any], function: Function, judge: Judge, account: str) -> None:
    context = event["requestContext"]
    method, _, path = context["routeKey"].partition(" ")
    partition, region = (function.arn.split(":")[at] for at in (1, 3))
    api = f"arn:{partition}:execute-api:{region}:{account}:{context['apiId']}"
    source = f"{api}/{context['stage']}/{method}{path}"
    may_invoke(judge, "apigateway.amazonaws.com", function, {"aws:SourceArn": source})


def may_invoke(judge: Judge, who: str, function: Function, context: Mapping[str, str]) -> None:
    """Raise `NotInvokedError` where the policies don't let `who` invoke the function."""
    request = Request(
        who=who,
        action="lambda:InvokeFunction",
        resource=function.arn,
        context=tuple(sorted(context.items())),
    )
    if not judge(request).allowed:
        raise NotInvokedError(str(judge.denied[request]))


def wait_for(what: str, is_so: Callable[[], object], limit_s: float = 60.0) -> None:
    """Look ten times a second until it is so. Raises `InvocationError`."""
    until = time.monotonic() + limit_s
    while not is_so():
        if time.monotonic() > until:
            raise InvocationError(f"after {limit_s:.0f} s not so: {what}")
        time.sleep(0.1)
