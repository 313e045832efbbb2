"""What the customer's command packs, and what it refuses to."""

import mimetypes
import os
import shutil
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from commands.sending import packing
from commands.sending.packing import pack_archive, pack_manifest
from helpers.photos import encoded, photo
from receipts.errors import PackingError

JPEG = encoded(Image.new("L", (64, 64)), "JPEG")


@pytest.fixture
def photos(tmp_path):
    folder = tmp_path / "photos"
    (folder / "january").mkdir(parents=True)
    (folder / "a.jpg").write_bytes(JPEG)
    (folder / "january" / "b.PNG").write_bytes(photo())
    (folder / "notes.txt").write_bytes(b"not a photo")
    return folder


def test_a_folder_becomes_one_archive_of_its_photos(photos, tmp_path):
    parcel = pack_archive(photos, "c-1", tmp_path)
    assert parcel.request.archive
    with zipfile.ZipFile(parcel.paths[0]) as archive:
        assert archive.namelist() == ["a.jpg", "january/b.PNG"]


def test_a_manifest_names_each_photo_with_its_size_and_type(photos):
    files = pack_manifest(photos, "c-1").request.files
    assert [(f.name, f.size, f.content_type) for f in files] == [
        ("a.jpg", len(JPEG), "image/jpeg"),
        ("b.PNG", len(photo()), "image/png"),
    ]


def test_types_are_told_by_the_bytes_on_a_machine_that_knows_no_suffix(tmp_path, monkeypatch):
    monkeypatch.setattr(mimetypes, "guess_type", lambda *_: (None, None))
    (tmp_path / "a.webp").write_bytes(encoded(Image.new("L", (64, 64)), "WEBP"))
    (tmp_path / "b").write_bytes(b"%PDF-1.7")
    files = pack_manifest(tmp_path, "c-1").request.files
    assert [f.content_type for f in files] == ["image/webp", "application/pdf"]


def test_the_same_photos_have_the_same_key_and_others_another(photos, tmp_path):
    first = pack_archive(photos, "c-1", tmp_path).idempotency_key
    assert pack_archive(photos, "c-1", tmp_path).idempotency_key == first
    (photos / "a.jpg").write_bytes(photo(1))
    assert pack_archive(photos, "c-1", tmp_path).idempotency_key != first


def test_the_same_photos_make_the_same_bytes_on_whatever_machine(photos, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(photos, copy)
    os.utime(copy / "a.jpg", (0, 0))  # 1970, as some devices say
    (copy / "january" / "b.PNG").chmod(0o600)
    (tmp_path / "other").mkdir()
    first = pack_archive(photos, "c-1", tmp_path)
    second = pack_archive(copy, "c-1", tmp_path / "other")
    assert first.paths[0].read_bytes() == second.paths[0].read_bytes()
    assert first.idempotency_key == second.idempotency_key


def test_another_archive_of_the_same_photos_is_another_batch(photos, tmp_path):
    """Its digest differs: under the first one's key it would be refused."""
    first = pack_archive(photos, "c-1", tmp_path)
    repacked = tmp_path / "repacked.zip"
    with zipfile.ZipFile(repacked, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("a.jpg", "january/b.PNG"):
            archive.write(photos / name, name)
    assert pack_archive(repacked, "c-1", tmp_path).idempotency_key != first.idempotency_key


def test_an_empty_folder_says_so(tmp_path):
    with pytest.raises(PackingError, match="no photo and no PDF in"):
        pack_archive(tmp_path, "c-1", tmp_path)


def test_a_file_that_is_no_archive_says_so(photos, tmp_path):
    with pytest.raises(PackingError, match=r"notes\.txt: neither a photo nor a PDF, .*text file"):
        pack_archive(photos / "notes.txt", "c-1", tmp_path)


def test_what_is_not_there_is_named_and_not_the_folder_in_which_it_would_be_packed(tmp_path):
    with pytest.raises(PackingError, match=r"^nowhere: there is no such file or folder$"):
        pack_archive(Path("nowhere"), "c-1", tmp_path)


def test_one_photo_is_a_batch_of_one(photos, tmp_path):
    with zipfile.ZipFile(pack_archive(photos / "a.jpg", "c-1", tmp_path).paths[0]) as archive:
        assert archive.namelist() == ["a.jpg"]
    parcel = pack_manifest(photos / "a.jpg", "c-1")
    assert [file.name for file in parcel.request.files] == ["a.jpg"]
    assert parcel.paths == (photos / "a.jpg",)


def test_a_full_disk_is_told_in_words_that_name_no_folder_of_ours(photos, tmp_path, monkeypatch):
    def full(*_args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "copyfileobj", full)
    (tmp_path / "made").mkdir()
    with pytest.raises(PackingError, match="No space left on device") as told:
        pack_archive(photos, "c-1", tmp_path / "made")
    assert str(tmp_path / "made") not in str(told.value)


def test_a_folder_of_more_than_an_archive_takes_is_refused_before_it_is_packed(
    photos, tmp_path, monkeypatch
):
    monkeypatch.setattr(packing, "MAX_ARCHIVE_BYTES", len(JPEG))
    with pytest.raises(PackingError, match=f"2 photos; an archive may have {len(JPEG)} bytes"):
        pack_archive(photos, "c-1", tmp_path)
    monkeypatch.undo()
    monkeypatch.setattr(packing, "MAX_ENTRIES", 1)
    assert not (tmp_path / "archive.zip").exists()
    with pytest.raises(PackingError, match="and 1 photos"):
        pack_archive(photos, "c-1", tmp_path)


def test_a_zip_in_place_of_a_manifest_s_folder_says_how_to_send_it(photos, tmp_path):
    archive = pack_archive(photos, "c-1", tmp_path).paths[0]
    with pytest.raises(PackingError, match="without --manifest"):
        pack_manifest(archive, "c-1")


def test_packing_tells_how_far_it_is(photos, tmp_path):
    size = len(JPEG) + len(photo())
    archived: list[int] = []
    named: list[int] = []
    pack_archive(photos, "c-1", tmp_path, archived.append)
    pack_manifest(photos, "c-1", named.append)
    assert (sum(archived), sum(named)) == (size, size)


def test_more_photos_than_a_manifest_names_point_to_the_archive(tmp_path):
    for number in range(1001):
        (tmp_path / f"{number}.jpg").write_bytes(JPEG)
    with pytest.raises(PackingError, match="send them as an archive"):
        pack_manifest(tmp_path, "c-1")


def test_a_manifest_sends_what_it_can_and_names_the_rest(photos):
    (photos / "january" / "a.jpg").write_bytes(JPEG + b"another")
    (photos / "for $12.jpg").write_bytes(JPEG)
    (photos / "empty.jpg").write_bytes(b"")
    parcel = pack_manifest(photos, "c-1")
    assert [file.name for file in parcel.request.files] == [
        "a.jpg",
        "january - a.jpg",
        "b.PNG",
    ]
    assert {file.name for file in parcel.contents.refused} == {"empty.jpg", "for $12.jpg"}
    assert "text and data 1 (notes.txt)" in str(parcel.contents)
