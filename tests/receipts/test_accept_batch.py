"""Accepting: one batch a key, whatever is retried."""

import datetime as dt

import pytest
from msgspec.structs import replace

from helpers.fakes import OWNER, START, CutOffError, FakeForms, FakeLedger
from reading.context import Home
from receipts.accept_batch import Accepted, accept_batch
from receipts.batch import (
    FORM_LIFETIME,
    UPLOAD_WINDOW,
    Archive,
    BatchRequest,
    File,
    StatedHome,
)
from receipts.errors import KeyReusedError, UploadsClosedError
from receipts.reconcile import NEVER_UPLOADED_AFTER


def manifest(*names: str) -> BatchRequest:
    files = [File(name=name, size=1000, content_type="image/jpeg") for name in names]
    return BatchRequest(customer_reference="C-1", files=tuple(files))


ARCHIVE = BatchRequest(customer_reference="C-1", archive=Archive(size=1, sha256="a" * 64))


def accept(
    request: BatchRequest,
    ledger: FakeLedger,
    key: str = "k",
    owner: str = OWNER,
    now: dt.datetime = START,
) -> Accepted:
    return accept_batch(request, key, owner, ledger=ledger, forms=FakeForms(), now=now)


def test_a_manifest_gets_a_form_a_file_and_its_number_is_expected(ledger: FakeLedger) -> None:
    accepted = accept(manifest("1.jpg", "2.jpg"), ledger)
    assert [form.name for form in accepted.uploads] == ["1.jpg", "2.jpg"]
    assert accepted.status == f"/batches/{accepted.batch_id}"
    assert accepted.uploads_expire_at == START + FORM_LIFETIME
    assert ledger.opened[accepted.batch_id].expected == 2
    assert ledger.manifests[accepted.batch_id] == ["1.jpg", "2.jpg"]


def test_an_archive_gets_one_form_and_its_number_is_not_known_yet(ledger: FakeLedger) -> None:
    accepted = accept(ARCHIVE, ledger)
    assert len(accepted.uploads) == 1
    assert ledger.opened[accepted.batch_id].expected is None


def test_a_retry_gets_the_same_batch(ledger: FakeLedger) -> None:
    first, second = accept(manifest("1.jpg"), ledger), accept(manifest("1.jpg"), ledger)
    assert first == second
    assert len(ledger.opened) == 1


def test_a_retry_is_told_when_the_first_request_was_accepted(ledger: FakeLedger) -> None:
    accept(ARCHIVE, ledger)
    later = accept(ARCHIVE, ledger, now=START + FORM_LIFETIME)
    assert later.accepted_at == START
    assert later.uploads_expire_at == START + 2 * FORM_LIFETIME


def test_a_key_that_was_used_for_another_request_is_refused(ledger: FakeLedger) -> None:
    accepted = accept(manifest("1.jpg"), ledger)
    with pytest.raises(KeyReusedError):
        accept(manifest("2.jpg"), ledger)
    assert ledger.manifests[accepted.batch_id] == ["1.jpg"]


@pytest.mark.parametrize("change", [{"size": 2}, {"sha256": "b" * 64}])
def test_a_key_that_was_used_for_another_archive_is_refused(
    ledger: FakeLedger, change: dict[str, int | str]
) -> None:
    accept(ARCHIVE, ledger)
    assert ARCHIVE.archive
    with pytest.raises(KeyReusedError):
        accept(replace(ARCHIVE, archive=replace(ARCHIVE.archive, **change)), ledger)
    assert len(ledger.opened) == 1


def test_the_home_that_a_request_says_is_kept_with_its_batch(ledger: FakeLedger) -> None:
    home = Home(currency="EUR", date_order="dmy", language="de")
    stated = StatedHome(currency="EUR", date_order="dmy", language="de")
    accepted = accept(replace(ARCHIVE, home=stated), ledger)
    assert ledger.opened[accepted.batch_id].home == home


def test_a_key_that_was_used_with_another_home_is_refused(ledger: FakeLedger) -> None:
    accepted = accept(ARCHIVE, ledger)
    with pytest.raises(KeyReusedError):
        accept(replace(ARCHIVE, home=StatedHome(currency="EUR")), ledger)
    assert ledger.opened[accepted.batch_id].home == Home()


def test_a_key_that_the_ledger_has_forgotten_begins_a_batch_of_its_own(ledger: FakeLedger) -> None:
    first = accept(manifest("1.jpg"), ledger)
    ledger.claims.clear()  # its other items may outlive it: DynamoDB drops each when it likes
    second = accept(manifest("1.jpg"), ledger, now=START + dt.timedelta(days=365))
    assert second.batch_id != first.batch_id
    assert second.accepted_at == START + dt.timedelta(days=365)
    keys = {form.fields["key"] for accepted in (first, second) for form in accepted.uploads}
    assert len(keys) == 2
    assert ledger.opened.keys() == {first.batch_id, second.batch_id}


def test_a_request_cut_off_anywhere_is_made_good_by_its_retry(
    ledger: FakeLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut_off(*_: object) -> None:
        raise CutOffError

    monkeypatch.setattr(ledger, "open_batch", cut_off)
    with pytest.raises(CutOffError):
        accept(manifest("1.jpg"), ledger)
    monkeypatch.undo()
    accepted = accept(manifest("1.jpg"), ledger, now=START + dt.timedelta(minutes=1))
    assert accepted.accepted_at == START
    assert ledger.opened[accepted.batch_id].accepted_at == START
    assert ledger.manifests[accepted.batch_id] == ["1.jpg"]


def test_the_same_key_of_another_customer_is_another_batch(ledger: FakeLedger) -> None:
    other = replace(ARCHIVE, customer_reference="C-2")
    assert accept(ARCHIVE, ledger).batch_id != accept(other, ledger).batch_id


def test_a_retry_is_refused_when_the_uploads_are_closed(ledger: FakeLedger) -> None:
    accept(ARCHIVE, ledger)
    accept(ARCHIVE, ledger, now=START + UPLOAD_WINDOW)
    with pytest.raises(UploadsClosedError, match="/batches/"):
        accept(ARCHIVE, ledger, now=START + UPLOAD_WINDOW + dt.timedelta(seconds=1))


def test_no_form_is_good_any_more_when_what_never_came_is_rejected() -> None:
    assert UPLOAD_WINDOW + FORM_LIFETIME < NEVER_UPLOADED_AFTER


def test_the_same_key_of_another_owner_is_another_batch(ledger: FakeLedger) -> None:
    assert accept(ARCHIVE, ledger).batch_id != accept(ARCHIVE, ledger, owner="else").batch_id
