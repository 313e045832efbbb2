"""The customer's command against a service that fails: on a real socket, in this process."""

import datetime as dt
import threading
from collections import defaultdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest
import stamina
import typer
from msgspec import json
from stamina.instrumentation import set_on_retry_hooks
from typer.testing import CliRunner

from commands import cli
from commands.cli import app
from commands.sending.packing import pack_manifest
from commands.sending.service import Service
from commands.sending.upload_log import UploadLog
from helpers.photos import photo
from reading.files.left_out import LeftOut
from receipts.errors import PackingError, ServiceError, ServiceRefusedError
from receipts.ledger import Counts
from receipts.report_batch import Report

NEVER_S = 120.0
"""As long as an upload is held for another one that doesn't come."""


class _Api(BaseHTTPRequestHandler):
    """Accepts a batch of photos; refuses uploads in `refused`, and once each one in `busy`.

    Asked how far it is it gives one of the `answers` after the other, then knows of no batch.

    Answers an upload in `held` only when the other upload that it names has come, too.
    """

    server: ThreadingHTTPServer
    held: dict[str, str]
    came: defaultdict[str, threading.Event]
    refused: set[str]
    busy: list[str]
    ended: list[str]
    answers: list[tuple[int, bytes] | tuple[int, bytes, str]]
    uploads: list[str]
    asked: list[dict[str, Any]]
    tokens: list[tuple[str, str | None]]
    accepted_at: str

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.tokens.append((self.path, self.headers["Authorization"]))
        if self.path == "/batches":
            self.asked.append(json.decode(body))
            self._answer(201, json.encode(self._accepted(json.decode(body))))
            return
        name = self.path.removeprefix("/upload/")
        self.came[name].set()
        if name in self.held:
            self.came[self.held[name]].wait(NEVER_S)
        if name in self.busy:
            self.busy.remove(name)
            self._answer(503, b"SlowDown")
            return
        if name in self.ended:
            self.ended.remove(name)
            self._answer(400, b"<Code>ExpiredToken</Code> The provided token has expired.")
            return
        if name in self.refused:
            self._answer(403, b"EntityTooLarge")
            return
        self.uploads.append(name)
        self._answer(204, b"")

    def _accepted(self, request: Any) -> dict[str, Any]:
        address = f"http://127.0.0.1:{self.server.server_port}/upload/"
        forms = [
            {"name": f["name"], "url": address + f["name"], "fields": {"key": f["name"]}}
            for f in request["files"]
        ]
        return {
            "batch_id": "b1",
            "accepted_at": self.accepted_at,
            "status": "/batches/b1",
            "uploads": forms,
            "uploads_expire_at": "2026-01-31T12:00:00Z",
        }

    def do_GET(self):
        answer = 404, b'{"error": {"status": 404, "message": "no batch b2"}}'
        self._answer(*(self.answers.pop(0) if self.answers else answer))

    def _answer(self, status: int, body: bytes, kind: str = "application/json") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


@pytest.fixture
def api():
    lists: dict[str, Any] = {"refused": set()} | {
        name: [] for name in ("answers", "asked", "busy", "ended", "uploads", "tokens")
    }
    events: dict[str, Any] = {"held": {}, "came": defaultdict(threading.Event)}
    handler = type("Api", (_Api,), {**lists, **events, "accepted_at": "2026-01-31T11:00:00.25Z"})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield handler, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def parcel(tmp_path):
    photos = tmp_path / "photos"
    photos.mkdir()
    for name in ("a.jpg", "b.jpg"):
        (photos / name).write_bytes(photo())
    return pack_manifest(photos, "c-1")


@pytest.fixture(autouse=True)
def stamina_s_own_words():
    yield
    set_on_retry_hooks(None)  # the command puts its own in their place


@pytest.fixture
def service(api):
    service = Service(api[1], "token")
    yield service
    service.close()


def test_an_upload_that_was_cut_off_goes_on_where_it_stopped(api, service, parcel, tmp_path):
    handler, _ = api
    handler.refused.add("b.jpg")
    accepted = service.accept(parcel)
    with pytest.raises(ServiceRefusedError, match=r"b\.jpg: 403 EntityTooLarge"):
        service.upload(parcel, accepted, UploadLog(tmp_path, "b1"), lambda _: None)
    handler.refused.clear()
    came: list[int] = []
    service.upload(parcel, accepted, UploadLog(tmp_path, "b1"), came.append)
    assert sorted(handler.uploads) == ["a.jpg", "b.jpg"]
    assert sum(came) == parcel.size


def test_an_upload_that_s3_is_too_busy_for_is_tried_again(api, service, parcel, tmp_path):
    handler, _ = api
    handler.busy += ["a.jpg", "a.jpg"]
    came: list[int] = []
    stamina.set_testing(True, attempts=3)  # without its pauses
    try:
        service.upload(parcel, service.accept(parcel), UploadLog(tmp_path, "b1"), came.append)
    finally:
        stamina.set_testing(False)
    assert sorted(handler.uploads) == ["a.jpg", "b.jpg"]
    assert sum(came) == parcel.size


def test_forms_that_ended_with_their_role_s_session_are_asked_for_anew(
    api, service, parcel, tmp_path
):
    handler, _ = api
    handler.ended += ["b.jpg", "b.jpg"]
    came: list[int] = []
    service.upload(parcel, service.accept(parcel), UploadLog(tmp_path, "b1"), came.append)
    assert sorted(handler.uploads) == ["a.jpg", "b.jpg"]
    assert [path for path, _ in handler.tokens].count("/batches") == 3
    assert sum(came) == parcel.size


def test_forms_that_end_at_once_are_not_asked_for_for_ever(api, service, parcel, tmp_path):
    handler, _ = api
    handler.ended += ["b.jpg"] * 1_000
    accepted = service.accept(parcel)
    with pytest.raises(ServiceRefusedError, match="expired"):
        service.upload(parcel, accepted, UploadLog(tmp_path, "b1"), lambda _: None)
    assert len(handler.ended) == 1_000 - 25


def test_what_came_through_beside_a_failure_is_remembered(api, service, parcel, tmp_path):
    api[0].refused.add("a.jpg")
    api[0].held["a.jpg"] = "b.jpg"  # else it could fail before the other has begun
    with pytest.raises(ServiceRefusedError):
        service.upload(parcel, service.accept(parcel), UploadLog(tmp_path, "b1"), lambda _: None)
    assert "b.jpg" in UploadLog(tmp_path, "b1")


def test_the_api_is_told_who_sends_and_s3_is_not(api, service, parcel, tmp_path):
    accepted = service.accept(parcel)
    service.upload(parcel, accepted, UploadLog(tmp_path, "b1"), lambda _: None)
    tokens = dict(api[0].tokens)
    assert tokens.pop("/batches") == "Bearer token"
    assert set(tokens.values()) == {None}


@pytest.fixture
def send(api, parcel, tmp_path, monkeypatch):
    """The command, typed with the same photos each time."""
    monkeypatch.setattr(typer, "get_app_dir", lambda _: str(tmp_path / "remembered"))
    photos = str(parcel.paths[0].parent)
    where = ["--api", api[1], "--token", "token"]
    command = ["send", photos, "--customer", "c-1", "--manifest", *where]
    return lambda *more: CliRunner().invoke(app, [*command, *more], catch_exceptions=False)


def test_what_was_sent_is_not_sent_again_to_the_same_batch(api, send):
    assert send().stdout == send().stdout == f"{api[1]}/batches/b1\n"
    assert sorted(api[0].uploads) == ["a.jpg", "b.jpg"]


def test_the_home_that_was_typed_is_asked_for_with_the_batch(api, send):
    send("--home-currency", "eur", "--date-order", "dmy", "--language", "de")
    home = {"currency": "EUR", "date_order": "dmy", "language": "de"}
    assert api[0].asked[0]["home"] == home


@pytest.mark.parametrize(
    ("typed", "why"),
    [("--home-currency", "no currency"), ("--date-order", "XX"), ("--language", "no language")],
)
def test_a_home_with_a_code_that_names_nothing_is_refused_before_anything_is_sent(
    api, send, typed, why
):
    result = send(typed, "XX")
    assert result.exit_code == 2
    assert why.lower() in result.stderr.lower()
    assert not api[0].asked


def test_a_new_stack_at_the_same_address_gets_all_of_it(api, send):
    send()
    api[0].accepted_at = "2026-01-31T11:00:00.26Z"
    send()
    assert sorted(api[0].uploads) == ["a.jpg", "a.jpg", "b.jpg", "b.jpg"]


def test_an_unknown_batch_says_so(service):
    with pytest.raises(ServiceRefusedError, match=r"404.*no batch b2"):
        service.report("b2")


def test_a_service_that_is_not_there_is_named_at_once(monkeypatch):
    tries: list[str] = []
    request = httpx.Client.request

    def counted(self: httpx.Client, method: str, url: str, **more: Any) -> httpx.Response:
        tries.append(url)
        return request(self, method, url, **more)

    monkeypatch.setattr(httpx.Client, "request", counted)
    stamina.set_testing(True, attempts=3)
    absent = Service("http://127.0.0.1:9", "token")
    try:
        with pytest.raises(ServiceError, match=r"127\.0\.0\.1:9 does not answer.*address right"):
            absent.report("b1")
    finally:
        stamina.set_testing(False)
        absent.close()
    assert len(tries) == 1


@pytest.mark.parametrize(
    "url", ["127.0.0.1:9", "htp://127.0.0.1", "http://", "http://x:port", "http://a..b", ""]
)
def test_an_address_that_is_none_is_refused_in_words(url):
    service = Service(url, "token")
    with pytest.raises(ServiceError, match="Is the address right"):
        service.report("b1")
    service.close()


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ((200, b"<html>hello", "text/html"), r"200 \(text/html\).*address right"),
        ((200, b'{"ok": true}'), "200 .*address right"),
        ((404, b"<html>not here", "text/html"), r"404 \(text/html\).*address right"),
        ((404, b'{"detail": "no such page"}'), "404 .*address right"),
        ((501, b"no such method", "text/plain"), "501 .*address right"),
        ((401, b'{"message": "Unauthorized"}'), "401 the token is not taken"),
        ((403, b"<html>", "text/html"), "403 the token is not taken"),
        ((422, b'{"error": {"status": 422, "message": "too many"}}'), "422 too many"),
    ],
)
def test_an_answer_that_means_no_is_told_in_words_and_asked_for_once(api, service, answer, why):
    api[0].answers += [answer, answer]
    with pytest.raises(ServiceRefusedError, match=why):
        service.report("b1")
    assert len(api[0].answers) == 1


def test_a_connection_that_breaks_later_is_tried_again(service, parcel, monkeypatch):
    service.accept(parcel)
    tries: list[str] = []

    def cut(*args: Any, **_: Any) -> None:
        tries.append(args[1])
        raise httpx.ReadError("connection reset")

    monkeypatch.setattr(httpx.Client, "request", cut)
    stamina.set_testing(True, attempts=3)
    try:
        with pytest.raises(ServiceError, match="connection reset"):
            service.report("b1")
    finally:
        stamina.set_testing(False)
    assert len(tries) == 3


@pytest.mark.parametrize("token", ["", "two words", "cut\noff", "tökén"])
def test_a_token_that_was_pasted_wrong_is_refused_and_not_shown(token):
    with pytest.raises(ServiceRefusedError) as told:
        Service("http://127.0.0.1:9", token)
    assert not token or token not in str(told.value)


def report(*, expected: int | None, settled: bool = True, **counts: int) -> tuple[int, bytes]:
    said = Report(
        batch_id="b1",
        customer_reference="c-1",
        accepted_at=dt.datetime(2026, 1, 31, tzinfo=dt.UTC),
        expected=expected,
        counts=Counts(**dict.fromkeys(Counts.__struct_fields__, 0) | counts),
        settled=settled,
        needs_review=0,
        duplicates=0,
        oldest_seconds=None if settled else 3,
        rejected=None,
        reasons=(),
        left_out=LeftOut(),
    )
    return 200, json.encode(said)


ENDS = [
    (report(expected=2, stored=2), 0),
    (report(expected=2, stored=1, rejected=1), 3),
    (report(expected=2, stored=1, dead_lettered=1), 3),
    (report(expected=2, rejected=2), 4),
    (report(expected=0), 4),
]


@pytest.mark.parametrize(("answer", "code"), ENDS)
def test_the_exit_code_tells_how_the_batch_ended(api, send, answer, code):
    api[0].answers += [answer, answer]
    assert send("--wait").exit_code == code
    where = ["--api", api[1], "--token", "token"]
    assert CliRunner().invoke(app, ["status", "b1", *where]).exit_code == code


def test_a_batch_that_is_not_settled_is_neither_stored_nor_rejected(api):
    api[0].answers.append(report(expected=2, stored=1, waiting=1, settled=False))
    where = ["--api", api[1], "--token", "token"]
    assert CliRunner().invoke(app, ["status", "b1", *where]).exit_code == 5


def test_a_photo_that_could_not_be_sent_is_in_the_exit_code_and_named(api, send, parcel):
    (parcel.paths[0].parent / "empty.jpg").write_bytes(b"")
    api[0].answers.append(report(expected=2, stored=2))
    uploaded, stored = send(), send("--wait")
    assert (uploaded.exit_code, stored.exit_code) == (3, 3)
    assert "empty.jpg: is empty" in uploaded.stderr


def test_what_is_left_out_is_named_and_the_rest_counts_as_all(api, send, parcel):
    (parcel.paths[0].parent / ".DS_Store").write_bytes(b"x")
    api[0].answers.append(report(expected=2, stored=2))
    ended = send("--wait")
    assert ended.exit_code == 0
    assert "system files 1 (.DS_Store)" in ended.stderr


def test_a_pause_is_told_in_words(api, send):
    api[0].busy.append("a.jpg")
    stamina.set_testing(True, attempts=2)  # without its pauses
    try:
        told = send().stderr.splitlines()
    finally:
        stamina.set_testing(False)
    assert told == [f"waiting 0.0 s for the service at {api[1]}: 503 SlowDown"]


@pytest.mark.parametrize(("error", "code"), [(ServiceError, 5), (PackingError, 1), (OSError, 1)])
def test_an_expected_error_is_one_line_whatever_brackets_it_has(monkeypatch, capsys, error, code):
    def fail(**_: object) -> None:
        raise error("no folder [/x]")

    monkeypatch.setattr(cli, "app", fail)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == code
    assert capsys.readouterr().err.startswith("error: no folder [/x]")
