"""The customer's side of a run: asks for batches, uploads by the forms, asks how far they are."""

import hashlib
import io
import os
import shutil
import zipfile
from pathlib import Path
from typing import Any

import httpx
from msgspec import json

from lab.prove.lambda_run.runtime_api import InvocationError
from lab.run.local.deployment import Deployment
from lab.run.photos import receipt_set
from receipts.accept_batch import Accepted
from receipts.client.packing import pack_archive, pack_manifest
from receipts.client.service import Service
from receipts.client.upload_log import UploadLog
from receipts.report_batch import Report

PHOTOS, SEED = 5, 2026
_TIMEOUT_S = 60.0
Form = dict[str, Any]


class Customer:
    """Sends rendered receipts. `batches` are those that end in the database."""

    def __init__(self, deployment: Deployment, folder: Path) -> None:
        """`folder` is for what is sent."""
        self._folder = folder
        self._token = {"Authorization": f"Bearer {deployment.issuer.token()}"}
        self._url = deployment.api_url
        self._service = Service(deployment.api_url, deployment.issuer.token())
        self.photos: tuple[Path, ...] = receipt_set(PHOTOS, SEED).images
        self.batches: list[str] = []
        self.uploaded: dict[str, str] = {}

    def close(self) -> None:
        """Close its connections."""
        self._service.close()

    def send_all(self) -> None:
        """A manifest and an archive, each asked for twice; each with a file that is no picture.

        `uploaded` then has each file's key.
        """
        manifest, archive = self._folder / "manifest", self._folder / "archive"
        for folder, photos in ((manifest, self.photos), (archive, self.photos[:2])):
            folder.mkdir()
            for photo in photos:
                shutil.copy(photo, folder / photo.name)
            (folder / "not-a-photo.jpg").write_bytes(b"\xff\xd8\xff no picture")
        shutil.copy(self.photos[0], manifest / "the-first-again.jpg")
        for parcel in (
            pack_manifest(manifest, "customer-1"),
            pack_archive(archive, "customer-2", self._folder),
        ):
            self._service.accept(parcel)
            accepted = self._service.accept(parcel)
            log = UploadLog(self._folder, accepted.batch_id)
            self._service.upload(parcel, accepted, log, lambda _bytes: None)
            self.batches.append(accepted.batch_id)
            self.uploaded |= {form.name: form.fields["key"] for form in accepted.uploads}

    def report(self, batch_id: str) -> Report:
        """How far the batch is."""
        return self._service.report(batch_id)

    def receipts(self, batch_id: str) -> list[dict[str, Any]]:
        """The first page of the batch's receipts."""
        path = f"/batches/{batch_id}/receipts"
        answer = httpx.get(f"{self._url}{path}", headers=self._token, timeout=_TIMEOUT_S)
        if not answer.is_success:
            raise InvocationError(f"GET {path}: {answer.status_code} {answer.text}")
        found: list[dict[str, Any]] = answer.json()["receipts"]
        return found

    def ask_for(self, *names: str) -> tuple[str, list[Form]]:
        """A batch of photos of these names: its id and the forms, in the order of `photos`."""
        files = [
            {"name": name, "size": photo.stat().st_size, "content_type": "image/jpeg"}
            for name, photo in zip(names, self.photos, strict=False)
        ]
        return self._ask({"files": files})

    def ask_for_archive(self, data: bytes) -> tuple[str, Form]:
        """A batch of one archive with these bytes: its id and the form."""
        announced = {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        batch_id, [form] = self._ask({"archive": announced})
        return batch_id, form

    def _ask(self, of: dict[str, Any]) -> tuple[str, list[Form]]:
        answer = httpx.post(
            f"{self._url}/batches",
            json={"customer_reference": "customer-3", **of},
            headers={**self._token, "Idempotency-Key": os.urandom(8).hex()},
            timeout=_TIMEOUT_S,
        )
        if not answer.is_success:
            raise InvocationError(f"POST /batches: {answer.status_code} {answer.text}")
        accepted = json.decode(answer.content, type=Accepted)
        forms: list[Form] = answer.json()["uploads"]
        return accepted.batch_id, forms

    def upload(self, form: Form, data: bytes) -> None:
        """Send a form."""
        file = {"file": (form["name"], data)}
        answer = httpx.post(form["url"], data=form["fields"], files=file, timeout=_TIMEOUT_S)
        if not answer.is_success:
            raise InvocationError(f"the form of {form['name']}: {answer.status_code} {answer.text}")


def archive_of(photo: Path, name: str) -> bytes:
    """A ZIP of one photo; `name` makes it another one."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(f"{name}.jpg", photo.read_bytes())
    return packed.getvalue()
