"""Accepting: one batch a key, whatever is retried."""

import pytest

from fakes import START, FakeForms, FakeLedger
from receipts.accept_batch import Accepted, KeyReusedError, accept_batch
from receipts.batch import FORM_LIFETIME, BatchRequest, File


def manifest(*names: str) -> BatchRequest:
    files = [File(name=name, size=1000, content_type="image/jpeg") for name in names]
    return BatchRequest(customer_reference="C-1", files=tuple(files))


ARCHIVE = BatchRequest(customer_reference="C-1", archive=True)


def accept(request: BatchRequest, ledger: FakeLedger, key: str = "k") -> Accepted:
    return accept_batch(request, key, ledger=ledger, forms=FakeForms(), now=START)


def test_a_manifest_gets_a_form_a_file_and_its_number_is_expected(ledger: FakeLedger) -> None:
    accepted = accept(manifest("1.jpg", "2.jpg"), ledger)
    assert [form.name for form in accepted.uploads] == ["1.jpg", "2.jpg"]
    assert accepted.status == f"/batches/{accepted.batch_id}"
    assert accepted.uploads_expire_at == START + FORM_LIFETIME
    assert ledger.batches[accepted.batch_id].expected == 2
    assert ledger.names[accepted.batch_id] == ["1.jpg", "2.jpg"]


def test_an_archive_gets_one_form_and_its_number_is_not_known_yet(ledger: FakeLedger) -> None:
    accepted = accept(ARCHIVE, ledger)
    assert len(accepted.uploads) == 1
    assert ledger.batches[accepted.batch_id].expected is None


def test_a_retry_gets_the_same_batch(ledger: FakeLedger) -> None:
    first, second = accept(manifest("1.jpg"), ledger), accept(manifest("1.jpg"), ledger)
    assert first == second
    assert len(ledger.batches) == 1


def test_a_key_that_was_used_for_another_request_is_refused(ledger: FakeLedger) -> None:
    accepted = accept(manifest("1.jpg"), ledger)
    with pytest.raises(KeyReusedError):
        accept(manifest("2.jpg"), ledger)
    assert ledger.names[accepted.batch_id] == ["1.jpg"]


def test_the_same_key_of_another_customer_is_another_batch(ledger: FakeLedger) -> None:
    other = BatchRequest(customer_reference="C-2", archive=True)
    assert accept(ARCHIVE, ledger).batch_id != accept(other, ledger).batch_id
