"""One journey on the real parts: emulator, template, Tesseract, agent, PostgreSQL."""

import zipfile
from pathlib import Path
from typing import Any

import httpx
import pytest

from commands.sending.packing import PackedBatch, pack_archive, pack_manifest
from commands.sending.service import Service
from commands.sending.upload_log import UploadLog
from lab.run.demo.balance import balance, count_independently
from lab.run.demo.entries import EntryCounts
from lab.run.demo.rows import count_right_totals, stored_rows
from lab.run.local.deployment import Choices
from lab.run.local.settling import wait_until_settled
from lab.run.local.system import local_system
from lab.run.photos import receipt_set, write_archive
from receipts.errors import ServiceRefusedError
from receipts.report_batch import Report

pytestmark = pytest.mark.slow

RECEIPTS = 16
BROKEN = "17-broken.jpg"


@pytest.fixture(scope="module")
def running():
    laptop = Choices(concurrency=3, ocr_engine="tesseract")
    with local_system(laptop) as system, system.agent(rows_per_second=50.0) as agent:
        yield system, agent


@pytest.fixture(scope="module")
def receipts(tmp_path_factory):
    return receipt_set(RECEIPTS, seed=7, cache_dir=tmp_path_factory.mktemp("rendered"))


def _send(running: Any, parcel: PackedBatch, folder: Path) -> Report:
    system, agent = running
    service = Service(system.deployment.api_url, system.deployment.issuer.token())
    accepted = service.accept(parcel)
    service.upload(parcel, accepted, UploadLog(folder, accepted.batch_id), lambda _bytes: None)
    report = wait_until_settled(system, agent, service, accepted.batch_id)
    service.close()
    return report


def test_one_archive_ends_as_rows_and_its_broken_image_as_a_reason(running, receipts, tmp_path):
    path = write_archive(receipts, tmp_path / "archive.zip")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(BROKEN, b"no image at all")
    report = _send(running, pack_archive(path, "customer-1", tmp_path), tmp_path)

    counted = count_independently(
        running[0], report.batch_id, EntryCounts(entries=RECEIPTS + 1, pictures=0)
    )
    assert balance(report, counted).disagreements == ()
    assert (report.counts.stored, report.counts.rejected) == (RECEIPTS, 1)
    assert [reason.name for reason in report.reasons] == [BROKEN]
    rows = stored_rows(running[0], report.batch_id)
    assert count_right_totals(rows, receipts.truths) >= 0.9 * RECEIPTS


def test_a_manifest_of_single_photos_takes_the_same_path(running, receipts, tmp_path):
    folder = tmp_path / "photos"
    folder.mkdir()
    for image in receipts.images[:3]:
        (folder / image.name).write_bytes(image.read_bytes())
    report = _send(running, pack_manifest(folder, "customer-2"), tmp_path)

    assert (
        balance(
            report,
            count_independently(running[0], report.batch_id, EntryCounts(entries=3, pictures=0)),
        ).disagreements
        == ()
    )
    assert report.counts.stored == 3


def test_the_same_photos_sent_again_are_the_same_batch(running, receipts, tmp_path):
    path = write_archive(receipts, tmp_path / "again.zip")
    service = Service(running[0].deployment.api_url, running[0].deployment.issuer.token())
    parcel = pack_archive(path, "customer-3", tmp_path)
    assert service.accept(parcel).batch_id == service.accept(parcel).batch_id
    service.close()


def test_without_a_token_the_api_tells_nobody_anything(running):
    url = running[0].deployment.api_url
    for answer in (
        httpx.post(f"{url}/batches", json={}, timeout=120),
        httpx.get(f"{url}/batches/1", timeout=120),
    ):
        assert answer.status_code == 401


def test_a_batch_of_another_owner_is_not_found(running, receipts, tmp_path):
    deployment = running[0].deployment
    path = write_archive(receipts, tmp_path / "theirs.zip")
    service = Service(deployment.api_url, deployment.issuer.token())
    accepted = service.accept(pack_archive(path, "customer-4", tmp_path))
    service.close()
    else_ = Service(deployment.api_url, deployment.issuer.token("somebody else"))
    with pytest.raises(ServiceRefusedError, match="404"):
        else_.report(accepted.batch_id)
    else_.close()
