"""Stands before the emulator as IAM stands before AWS: every call is judged, then passed on."""

import contextlib
import http.client
import re
import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler
from urllib.parse import urlsplit

from lab.prove.iam.evaluate import Request
from lab.prove.iam.judge import Judge
from lab.prove.iam.requests import Call, UnknownCallError, requests_of
from lab.prove.lambda_run.runtime_api import read_body

_NOT_PASSED_ON = {"accept-encoding", "connection", "content-length", "expect", "transfer-encoding"}
_OURS = {"connection", "content-length", "date", "server", "transfer-encoding"}
_MODIFIED = re.compile(rb"<LastModified>(\d{4})")
FORBIDDEN, NOT_FOUND = 403, 404


class Gate:
    """Judges and passes on.

    `unknown` are the calls whose rights nobody here knows, `uploaded` is told of each object that
    was put, bucket and key. `a_year_later` lets S3 say that all was put a year earlier.
    """

    def __init__(
        self, emulator: str, judge: Judge, account: str, uploaded: Callable[[str, str], None]
    ) -> None:
        """`emulator` is its URL."""
        self._host = urlsplit(emulator).netloc
        self._judge, self._account, self._uploaded = judge, account, uploaded
        self._local = threading.local()
        self.unknown: list[str] = []
        self.a_year_later = False

    def answer(self, call: Call) -> tuple[int, list[tuple[str, str]], bytes]:
        """Status, headers and body of the answer."""
        try:
            requests = requests_of(call, partition="aws", account=self._account)
        except UnknownCallError as error:
            self.unknown.append(str(error))
            return _denied(call, str(error))
        for request in requests:
            if not self._judge(request).allowed:
                said = f"{request.who} is not authorized to perform: {request.action}"
                return _denied(call, f"{said} on resource: {request.resource}")
        status, headers, body = self._pass_on(call)
        if not requests:  # what everybody may ask
            return status, headers, body
        first = requests[0]
        if status == NOT_FOUND and first.action == "s3:GetObject":
            bucket = first.resource.partition("/")[0]
            listing = Request(
                who=first.who, action="s3:ListBucket", resource=bucket, context=first.context
            )
            if not self._judge.may(listing):  # then S3 doesn't say whether an object is there
                return _denied(call, "Access Denied")
        if first.action == "s3:ListBucket" and self.a_year_later:
            body = _MODIFIED.sub(lambda it: b"<LastModified>%d" % (int(it[1]) - 1), body)
        if first.action == "s3:PutObject" and status < http.client.MULTIPLE_CHOICES:
            bucket, key = first.resource.rpartition(":")[2].split("/", 1)
            self._uploaded(bucket, key)
        return status, headers, body

    def _pass_on(self, call: Call) -> tuple[int, list[tuple[str, str]], bytes]:
        connection = getattr(self._local, "connection", None)
        if connection is None:
            connection = http.client.HTTPConnection(self._host, timeout=60)
            self._local.connection = connection
        headers = {k: v for k, v in call.headers.items() if k not in _NOT_PASSED_ON}
        target = f"{call.path}?{call.query}" if call.query else call.path
        try:
            connection.request(call.method, target, call.body, headers)
            answer = connection.getresponse()
            body = answer.read()
        except (OSError, http.client.HTTPException):
            connection.close()
            raise
        kept = [(k, v) for k, v in answer.getheaders() if k.lower() not in _OURS]
        if call.method == "HEAD":
            kept.append(("Content-Length", answer.getheader("Content-Length") or "0"))
        return answer.status, kept, body


def _denied(call: Call, why: str) -> tuple[int, list[tuple[str, str]], bytes]:
    if "x-amz-target" in call.headers:
        text, kind = f'{{"__type":"AccessDeniedException","message":"{why}"}}', "json"
    else:
        error = f"<Error><Code>AccessDenied</Code><Message>{why}</Message></Error>"
        text, kind = f"<ErrorResponse>{error}</ErrorResponse>", "xml"
        if "/s3/" in call.headers.get("authorization", ""):
            text = error
    is_head = call.method == "HEAD"
    headers = [("Content-Type", f"application/{kind}")]
    headers += [("Content-Length", "0")] if is_head else []
    return FORBIDDEN, headers, b"" if is_head else text.encode()


def handler_of(gate: Gate) -> type[BaseHTTPRequestHandler]:
    """The gate over HTTP."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _handle(self) -> None:
            parts = urlsplit(self.path)
            headers: Mapping[str, str] = {k.lower(): v for k, v in self.headers.items()}
            call = Call(
                method=self.command,
                path=parts.path,
                query=parts.query,
                headers=headers,
                body=read_body(self),
            )
            try:
                status, answered, body = gate.answer(call)
            except (OSError, http.client.HTTPException) as error:
                status, answered, body = 502, [], str(error).encode()
            with contextlib.suppress(OSError):
                self.send_response(status)
                for name, value in answered:
                    self.send_header(name, value)
                if self.command != "HEAD":
                    self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        do_GET = do_POST = do_PUT = do_HEAD = do_DELETE = _handle  # noqa: N815  the base's names

        def address_string(self) -> str:
            return "sandbox"

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base's own
            """Log nothing: the terminal belongs to the report."""

    return Handler
