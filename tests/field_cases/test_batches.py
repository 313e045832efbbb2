"""Folders and archives as people have them: receipts arrive under their names, the rest is told."""

from pathlib import Path

import pytest
from msgspec import to_builtins

from helpers.event_loop import EventLoop
from helpers.field_cases import KINDS, BatchCase, Kind, Note
from receipts.client.packing import pack_archive, pack_manifest

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
    if case.manifest:
        parcel = pack_manifest(path, "C-1")
        files = [one.read_bytes() for one in parcel.paths]
        batch = event_loop.ask("january", files=to_builtins(parcel.request.files))
    else:
        parcel = pack_archive(path, "C-1", tmp_path)
        files = [parcel.paths[0].read_bytes()]
        batch = event_loop.ask("january", packed=files[0])
    for form, data in zip(batch.forms, files, strict=True):
        event_loop.stack.upload(form, data)
    event_loop.run()
    report = batch.report()
    stored = sorted(one["name"] for one in batch.receipts() if one["state"] == "stored")
    left_out = report["left_out"]["count"]
    note(kind.folder, case.path, f"{len(stored)} stored: {', '.join(stored)}; {left_out} left out")
    assert stored == sorted(case.receipts)
    assert left_out == case.left_out
    assert report["counts"]["rejected"] == 0
