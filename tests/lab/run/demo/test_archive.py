"""The demo sends of a folder what the client would, and says in words what it can't send."""

import io
import zipfile
from pathlib import Path

import pytest
from rich.console import Console

from helpers.photos import archive, photo
from lab.run.demo.archive import make_archive
from lab.run.demo.choices import DemoChoiceError, from_environment


def _made(source: Path, folder: Path, **more: str) -> tuple[list[str], str]:
    """Names in the archive, and what was printed."""
    printed = io.StringIO()
    choices = from_environment({"RECEIPTS": str(source), **more})
    made = make_archive(choices, folder, Console(file=printed, markup=False, width=200))
    with zipfile.ZipFile(made.path) as packed:
        return packed.namelist(), printed.getvalue()


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    folder.mkdir()
    for name in ("b.jfif", "a [x] of bé.png", ".DS_Store", "IMG_1.MOV", "c"):
        (folder / name).write_bytes(photo())
    (folder / "empty.jpg").touch()
    return folder


def test_a_folder_is_packed_by_the_client_s_rule_and_what_is_not_sent_is_named(photos, tmp_path):
    names, printed = _made(photos, tmp_path)
    assert names == ["a [x] of bé.png", "b.jfif", "c"]
    assert "3 of the 6 files" in printed
    assert "left out: system files 1 (.DS_Store), films 1 (IMG_1.MOV)" in printed
    assert "empty.jpg: is empty" in printed


def test_the_first_few_are_those_that_may_be_receipts(photos, tmp_path):
    assert _made(photos, tmp_path, COUNT="2")[0] == ["a [x] of bé.png", "b.jfif"]
    packed = tmp_path / "photos.zip"
    packed.write_bytes(archive({".DS_Store": b"x", "a.png": photo(), "b.png": photo()}))
    assert _made(packed, tmp_path, COUNT="1")[0] == ["a.png"]


def test_one_photo_is_packed_and_a_zip_is_sent_as_it_is(photos, tmp_path):
    assert _made(photos / "c", tmp_path)[0] == ["c"]
    packed = tmp_path / "photos.zip"
    packed.write_bytes(archive({".DS_Store": b"x", "a.png": photo()}))
    assert _made(packed, tmp_path)[0] == [".DS_Store", "a.png"]


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("a.7z", b"7z\xbc\xaf\x27\x1c" + bytes(64), "7z archive"),
        ("a.zip", b"PK\x03\x04" + bytes(64), "ZIP"),
        ("a.jpg", b"", "is empty"),
    ],
)
def test_what_can_t_be_sent_says_what_it_is(tmp_path, name, data, why):
    (tmp_path / name).write_bytes(data)
    for more in ({}, {"COUNT": "1"}):
        with pytest.raises(DemoChoiceError, match=why):
            _made(tmp_path / name, tmp_path, **more)


def test_the_first_few_of_an_archive_whose_entries_are_damaged_are_refused_in_words(tmp_path):
    damaged = bytearray(archive({"a.png": photo()}))
    damaged[60] ^= 0xFF
    (tmp_path / "a.zip").write_bytes(damaged)
    with pytest.raises(
        DemoChoiceError, match=r"a\.zip can be sent\n.*a\.png: the image is damaged"
    ):
        _made(tmp_path / "a.zip", tmp_path, COUNT="1")


def test_of_the_first_few_of_an_archive_the_readable_are_sent_and_the_others_named(tmp_path):
    damaged = bytearray(archive({"a.png": photo(), "b.png": photo()}))
    damaged[60] ^= 0xFF
    (tmp_path / "two.zip").write_bytes(damaged)
    names, printed = _made(tmp_path / "two.zip", tmp_path, COUNT="2")
    assert names == ["b.png"]
    assert "not sent: a.png: the image is damaged" in printed
