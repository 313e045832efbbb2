"""The customer's command against a service that fails: on a real socket, in this process."""

import threading
from collections import defaultdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import stamina
import typer
from msgspec import json
from typer.testing import CliRunner

from receipts.cli import app
from receipts.client.packing import pack_manifest
from receipts.client.service import Service
from receipts.client.upload_log import UploadLog
from receipts.errors import ServiceError, ServiceRefusedError

NEVER_S = 30.0
"""As long as an upload is held for another one that doesn't come."""


class _Api(BaseHTTPRequestHandler):
    """Accepts a batch of photos; refuses uploads in `refused`, and once each one in `busy`.

    Answers an upload in `held` only when the other upload that it names has come, too.
    """

    server: ThreadingHTTPServer
    held: dict[str, str]
    came: defaultdict[str, threading.Event]
    refused: set[str]
    busy: list[str]
    ended: list[str]
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
        self._answer(404, b'{"error": {"status": 404, "message": "no batch b2"}}')

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


@pytest.fixture
def api():
    lists: dict[str, Any] = {"refused": set()} | {
        name: [] for name in ("asked", "busy", "ended", "uploads", "tokens")
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
        (photos / name).write_bytes(b"12345")
    return pack_manifest(photos, "c-1")


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


def test_a_service_that_is_not_there_is_named():
    stamina.set_testing(True, attempts=1)
    try:
        absent = Service("http://127.0.0.1:9", "token")
        with pytest.raises(ServiceError, match=r"127\.0\.0\.1:9.*does not answer"):
            absent.report("b1")
        absent.close()
    finally:
        stamina.set_testing(False)
