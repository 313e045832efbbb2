"""What the customer's command packs, and what it refuses to."""

import os
import shutil
import zipfile

import pytest

from receipts.client.packing import pack_archive, pack_manifest
from receipts.errors import PackingError


@pytest.fixture
def photos(tmp_path):
    folder = tmp_path / "photos"
    (folder / "january").mkdir(parents=True)
    (folder / "a.jpg").write_bytes(b"one")
    (folder / "january" / "b.PNG").write_bytes(b"two")
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
        ("a.jpg", 3, "image/jpeg"),
        ("b.PNG", 3, "image/png"),
    ]


def test_the_same_photos_have_the_same_key_and_others_another(photos, tmp_path):
    first = pack_archive(photos, "c-1", tmp_path).idempotency_key
    assert pack_archive(photos, "c-1", tmp_path).idempotency_key == first
    (photos / "a.jpg").write_bytes(b"ONE")
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
    with pytest.raises(PackingError, match="no photos in"):
        pack_archive(tmp_path, "c-1", tmp_path)


def test_a_file_that_is_no_archive_says_so(photos, tmp_path):
    with pytest.raises(PackingError, match="neither a folder nor a ZIP archive"):
        pack_archive(photos / "notes.txt", "c-1", tmp_path)


def test_more_photos_than_a_manifest_names_point_to_the_archive(tmp_path):
    for number in range(1001):
        (tmp_path / f"{number}.jpg").write_bytes(b"x")
    with pytest.raises(PackingError, match="send them as an archive"):
        pack_manifest(tmp_path, "c-1")


def test_two_photos_of_one_name_are_refused_by_name(photos):
    (photos / "january" / "a.jpg").write_bytes(b"another")
    with pytest.raises(PackingError, match=r"a\.jpg"):
        pack_manifest(photos, "c-1")
