"""Folders and archives as people have them: receipts arrive under their names, the rest is told."""

from pathlib import Path

import pytest
from msgspec import to_builtins

from commands.sending.packing import pack_archive, pack_manifest
from helpers.event_loop import EventLoop
from helpers.field_cases import KINDS, BatchCase, Kind, Note
from receipts.errors import PackingError

pytestmark = pytest.mark.slow

BATCHES = [
    pytest.param(kind, case, id=f"{kind.folder}/{case.path}")
    for kind in KINDS
    for case in kind.batch
]


@pytest.mark.parametrize(("kind", "case"), BATCHES)
def test_each_receipt_arrives_under_its_name_and_what_is_none_is_counted(
    kind: Kind, case: BatchCase, inputs: Path, tmp_path: Path, event_loop: EventLoop, note: Note
) -> None:
    path = inputs / kind.folder / case.path
    try:
        parcel = (
            pack_manifest(path, "C-1") if case.manifest else pack_archive(path, "C-1", tmp_path)
        )
    except PackingError as error:
        told = str(error).replace(f"{inputs}/", "")
        note(kind.folder, case.path, f"refused: {told}")
        assert case.refused
        assert case.refused in told
        return
    data = [one.read_bytes() for one in parcel.paths]
    files = to_builtins(parcel.request.files) if case.manifest else ()
    batch = event_loop.ask("january", files, *([] if files else data))
    for form, one in zip(batch.forms, data, strict=True):
        event_loop.stack.upload(form, one)
    event_loop.run()
    report = batch.report()
    stored = [one["name"] for one in batch.receipts() if one["state"] == "stored"]
    left_out = report["left_out"]["count"]
    told = f"{len(stored)} stored: {', '.join(stored)}"
    note(kind.folder, case.path, f"{told}; {left_out} left out" if left_out else told)
    assert sorted(stored) == sorted(case.receipts)
    assert left_out == case.left_out
    assert report["counts"]["rejected"] == 0
    assert case.refused is None
