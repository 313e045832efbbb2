"""The customer's side of the batches API: needs its address and a token.

Of the stages it knows two types alone, those of their answers: `Accepted` and `Report`.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http import HTTPStatus
from pathlib import Path
from typing import Any, TypeVar

import httpx
import stamina
from msgspec import json

from commands.sending.packing import PackedBatch
from commands.sending.upload_log import UploadLog
from reading.files.counted import CountedFile, Progress
from receipts.accept_batch import Accepted
from receipts.errors import ServiceError, ServiceRefusedError
from receipts.messages import JSON_ERRORS
from receipts.ports import Form
from receipts.report_batch import Report

_T = TypeVar("_T", Accepted, Report)

_UPLOADS_AT_ONCE = 8
_TIMEOUT = httpx.Timeout(30.0, connect=10.0, write=120.0)  # seconds; a photo takes its time


class _BusyError(Exception):
    """It asks for patience: a status of 429, or of 500 and over."""


class _FormEndedError(ServiceRefusedError):
    """Its hour is over, or the session of the role that signed it."""


_WORTH_ANOTHER_TRY = (httpx.TransportError, _BusyError)
_CHECK = "Is the address right (--api, RECEIPTS_API_URL)?"
_MOST_FORMS = 25
"""How often forms are asked for: a form lives for an hour, and a batch takes uploads for a day."""


class Service:
    """Asks for batches, uploads to them, asks how far they are. Close it after use.

    Each call raises `ServiceError` where nobody answers and `ServiceRefusedError` where the answer
    is no.
    """

    def __init__(self, url: str, token: str) -> None:
        """`url` as the stack's output `ApiUrl` gives it; `token` says who sends."""
        if not token.isascii() or token.split() != [token]:
            raise ServiceRefusedError("the token is empty, or has spaces or line breaks in it")
        self.url = url.rstrip("/")
        self._http = httpx.Client(timeout=_TIMEOUT, event_hooks={"response": [_raise_if_busy]})
        self._token = {"Authorization": f"Bearer {token}"}
        self._has_answered = False

    def close(self) -> None:
        """Close its connections."""
        self._http.close()

    def accept(self, parcel: PackedBatch) -> Accepted:
        """Ask for a batch; the same parcel asks for the same one."""
        headers = {"Content-Type": "application/json", "Idempotency-Key": parcel.idempotency_key}
        return self._ask(Accepted, "POST", "/batches", json.encode(parcel.request), **headers)

    def report(self, batch_id: str) -> Report:
        """How far the batch is."""
        return self._ask(Report, "GET", f"/batches/{batch_id}")

    def upload(
        self, parcel: PackedBatch, accepted: Accepted, sent: UploadLog, progress: Progress
    ) -> None:
        """Upload what was not uploaded before, several at a time; ask anew for forms that ended."""
        for path, form in zip(parcel.paths, accepted.uploads, strict=True):
            if form.name in sent:
                progress(path.stat().st_size)
        for _ in range(_MOST_FORMS - 1):
            try:
                return self._upload_rest(parcel, accepted, sent, progress)
            except _FormEndedError:
                accepted = self.accept(parcel)
        return self._upload_rest(parcel, accepted, sent, progress)

    def _upload_rest(
        self, parcel: PackedBatch, accepted: Accepted, sent: UploadLog, progress: Progress
    ) -> None:
        uploads = zip(parcel.paths, accepted.uploads, strict=True)
        left = [(path, form) for path, form in uploads if form.name not in sent]
        with ThreadPoolExecutor(_UPLOADS_AT_ONCE) as pool:
            list(pool.map(lambda upload: self._upload(upload, sent, progress), left))

    def _upload(self, upload: tuple[Path, Form], sent: UploadLog, progress: Progress) -> None:
        path, form = upload
        refused = f"S3 refused {form.name}"

        def send() -> httpx.Response:
            with CountedFile(path, progress) as file:
                files = {"file": (form.name, file)}
                answer = self._http.post(form.url, data=form.fields, files=files)
                if not answer.is_success and "expired" in answer.text:  # its policy, or its token
                    raise _FormEndedError(f"{refused}: {answer.status_code} {answer.text[:300]}")
                return answer

        answer = self._patiently(send, f"S3 ({form.name})", timeout_s=None)
        if not answer.is_success:
            raise ServiceRefusedError(f"{refused}: {answer.status_code} {answer.text[:500]}")
        sent.add(form.name)  # at once: what another upload meets must not undo this one

    def _ask(self, kind: type[_T], method: str, path: str, body: bytes = b"", **more: str) -> _T:
        address, headers = self.url + path, self._token | more
        answer = self._patiently(
            lambda: self._http.request(method, address, headers=headers, content=body), self.url
        )
        if answer.is_success:
            with suppress(*JSON_ERRORS):
                return json.decode(answer.content, type=kind)
        raise ServiceRefusedError(f"{method} {address}: {answer.status_code} {_why(answer)}")

    def _patiently(
        self, send: Callable[[], httpx.Response], whom: str, timeout_s: float | None = 45.0
    ) -> httpx.Response:
        # Whom nobody has reached yet is not away for a moment: the address is wrong.
        worth = _WORTH_ANOTHER_TRY if self._has_answered else _BusyError
        try:
            for attempt in stamina.retry_context(on=worth, attempts=4, timeout=timeout_s):
                with attempt:
                    answer = send()
        except (*_WORTH_ANOTHER_TRY, httpx.InvalidURL, UnicodeError) as error:
            hint = "" if self._has_answered else f" {_CHECK}"
            raise ServiceError(f"{whom} does not answer: {error}.{hint}") from error
        self._has_answered = True
        return answer


def _raise_if_busy(answer: httpx.Response) -> None:
    status = answer.status_code  # 501 comes from a server of another kind
    if status == HTTPStatus.TOO_MANY_REQUESTS or (answer.is_server_error and status != 501):  # noqa: PLR2004
        answer.read()
        raise _BusyError(f"{status} {' '.join(answer.text.split())[:100]}")


def _why(answer: httpx.Response) -> str:
    with suppress(*JSON_ERRORS, KeyError):
        return str(json.decode(answer.content, type=dict[str, dict[str, Any]])["error"]["message"])
    if answer.status_code in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        return "the token is not taken: it is wrong, or has ended (--token, RECEIPTS_TOKEN)"
    found = answer.headers.get("Location") or answer.headers.get("Content-Type", "no text")
    return f"({found}), which is not how the batches API answers. {_CHECK}"
