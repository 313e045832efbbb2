"""What lies below a folder is sent, left out, or refused with a reason; nothing is passed over."""

import os
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.photos import archive, photo
from helpers.zips import after_a_program
from reading.files.folder import (
    Contents,
    FoundFile,
    NothingToSendError,
    flattened,
    look_through,
    pack,
)
from reading.files.kinds import PDF, PNG
from reading.files.limits import MAX_IMAGE_BYTES, MAX_NAME

SEVEN_ZIP = b"7z\xbc\xaf\x27\x1c" + bytes(64)


def _folder(top: Path, files: dict[str, bytes]) -> Path:
    for name, data in files.items():
        (top / name).parent.mkdir(parents=True, exist_ok=True)
        (top / name).write_bytes(data)
    return top


def _names(contents: Contents) -> list[str]:
    return [file.name for file in contents.files]


def _refused(contents: Contents) -> dict[str, str]:
    return {file.name: file.reason for file in contents.refused}


def test_what_may_be_a_receipt_is_told_by_its_bytes_and_not_by_its_suffix(tmp_path):
    names = ("a.jfif", "b.jpg.download", "IMG_0001", "deep/er/c.hif", ".hidden/d.png")
    files = {**dict.fromkeys(names, photo()), "e.txt.pdf": b"%PDF-1.7\n"}
    contents = look_through(_folder(tmp_path, files))
    assert set(_names(contents)) == set(files)
    assert {file.kind for file in contents.files} == {PNG, PDF}
    assert str(contents) == ""


def test_what_is_not_sent_is_counted_and_named_with_its_reason(tmp_path):
    others = {".DS_Store": b"x", "IMG_1.MOV": b"x", "a/empty.jpg": b"", "old.7z": SEVEN_ZIP}
    folder = _folder(tmp_path, {"a.png": photo(), **others, "more.zip": archive({"a": b"x"})})
    with (folder / "big.png").open("wb") as big:
        big.write(photo())
        big.truncate(MAX_IMAGE_BYTES + 1)
    (folder / "note.jpg").write_bytes(b"\x00\x01garbage\xff")
    contents = look_through(folder)
    assert _names(contents) == ["a.png"]
    assert str(contents).splitlines() == [
        "7 files are not sent:",
        "  left out: system files 1 (.DS_Store), films 1 (IMG_1.MOV)",
        "  a/empty.jpg: is empty",
        "  big.png: has 26,214,401 bytes; a file may have 26,214,400",
        "  more.zip: a ZIP archive: send it by itself, and not as a manifest",
        "  note.jpg: neither a photo nor a PDF",
        "  old.7z: neither a photo nor a PDF, but of the kind: 7z archive",
    ]


def test_links_to_files_are_the_files_and_others_are_named(tmp_path):
    album = _folder(tmp_path / "album", {"a.png": photo()})
    (album / "b.png").symlink_to("a.png")
    (album / "gone.png").symlink_to("nowhere.png")
    (album / "loop.png").symlink_to("loop.png")
    (album / "round").symlink_to(album)
    os.mkfifo(album / "pipe")
    contents = look_through(album)
    assert _names(contents) == ["a.png", "b.png"]
    refused = _refused(contents)
    assert set(refused) == {"gone.png", "loop.png", "pipe", "round"}
    assert "No such file" in refused["gone.png"]
    assert "isn't followed" in refused["round"]
    assert "a pipe" in refused["pipe"]


def test_a_file_or_folder_that_may_not_be_read_is_named(tmp_path, monkeypatch):
    """Root may read everything, and tests run as root: the system's refusal is made up."""
    folder = _folder(tmp_path, {"a.png": photo(), "b.png": photo(), "shut/c.png": photo()})
    open_it, list_it = Path.open, os.scandir

    def refuse(path: Path, *args, **more):
        if path.name in {"b.png", "shut"}:
            raise PermissionError(13, "Permission denied", str(path))
        return open_it(path, *args, **more)

    def refuse_to_list(path):
        if Path(path).name == "shut":
            raise PermissionError(13, "Permission denied", str(path))
        return list_it(path)

    monkeypatch.setattr(Path, "open", refuse)
    monkeypatch.setattr(os, "scandir", refuse_to_list)
    contents = look_through(folder)
    assert _names(contents) == ["a.png"]
    assert _refused(contents) == dict.fromkeys(
        ("b.png", "shut"), "can't be read: Permission denied"
    )


def test_names_that_are_no_utf_8_are_sent_and_stay_two(tmp_path):
    for name in (b"caf\xe9.png", b"caf\xe8.png"):
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)).write_bytes(photo())
    contents = look_through(tmp_path)
    assert _names(contents) == ["caf\ufffd.png", "caf\ufffd (2).png"]
    pack(contents, tmp_path / "packed.zip", lambda _: None)
    with zipfile.ZipFile(tmp_path / "packed.zip") as packed:
        assert packed.namelist() == _names(contents)


def test_letters_and_accents_that_macos_takes_apart_are_put_together(tmp_path):
    assert _names(look_through(_folder(tmp_path, {"Cafe\u0301.png": photo()}))) == ["Café.png"]


def test_a_photo_or_a_pdf_by_itself_is_a_folder_of_one(tmp_path):
    folder = _folder(tmp_path, {"a.txt": photo(), "b.pdf": b"%PDF-1.4"})
    assert _names(look_through(folder / "a.txt")) == ["a.txt"]
    assert _names(look_through(folder / "b.pdf")) == ["b.pdf"]


@pytest.mark.parametrize(
    "data",
    [archive({"a.png": photo()}), after_a_program(), b"#!/bin/sh\n" * 500 + after_a_program()],
)
def test_a_zip_is_an_archive_and_a_photo_that_ends_like_one_is_a_photo(tmp_path, data):
    folder = _folder(tmp_path, {"any": data, "a.png": photo() + data})
    assert look_through(folder / "any").is_archive
    assert _names(look_through(folder / "a.png")) == ["a.png"]


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("x.7z", SEVEN_ZIP, "7z archive"),
        ("x.zip", b"PK\x03\x04" + bytes(64), "not a readable ZIP archive"),
        ("x.jpg", b"", "is empty"),
        ("notes.txt", b"bread 2.40", "text file"),
        ("IMG_1.MOV", b"\0\0\0\x14ftypqt  \0\0\0\0qt  ", "QuickTime film"),
    ],
)
def test_one_file_that_can_t_be_sent_says_what_it_is(tmp_path, name, data, why):
    with pytest.raises(NothingToSendError, match=why):
        look_through(_folder(tmp_path, {name: data}) / name)


def test_what_is_not_there_or_holds_nothing_says_so(tmp_path):
    with pytest.raises(NothingToSendError, match="nowhere: there is no such file or folder"):
        look_through(tmp_path / "nowhere")
    with pytest.raises(NothingToSendError, match="no photo and no PDF in"):
        look_through(tmp_path)


def test_two_cameras_photos_of_one_name_are_told_apart_by_folder(tmp_path):
    files = ("100APPLE/IMG_1.JPG", "101APPLE/IMG_1.JPG", "101APPLE/IMG_2.JPG", "IMG_3.JPG")
    contents = look_through(_folder(tmp_path, dict.fromkeys(files, photo())))
    assert _names(flattened(contents, "/")) == [
        "100APPLE - IMG_1.JPG",
        "101APPLE - IMG_1.JPG",
        "IMG_2.JPG",
        "IMG_3.JPG",
    ]


def test_a_name_that_can_t_be_sent_is_refused_and_the_others_are_not(tmp_path):
    long = "x" * (MAX_NAME + 1)
    files = dict.fromkeys(("a.png", "lunch for $12.png", long), photo())
    contents = flattened(look_through(_folder(tmp_path, files)), "$")
    assert _names(contents) == ["a.png"]
    assert set(_refused(contents)) == {"lunch for $12.png", long}
    with pytest.raises(NothingToSendError, match=r"\$12"):
        flattened(look_through(tmp_path / "lunch for $12.png"), "$")


@given(st.lists(st.text(st.sampled_from("ab ()2-/"), min_size=1, max_size=8), min_size=1))
def test_whatever_they_are_called_no_two_have_the_same_name_and_none_is_lost(names):
    files = tuple(FoundFile(path=Path(name), name=name, size=1, kind=PNG) for name in set(names))
    flat = flattened(Contents(files=files), "/")
    assert len({file.name for file in flat.files}) == len(files)
    assert [file.path for file in flat.files] == [file.path for file in files]


@pytest.mark.parametrize("kept", [100, 200])
def test_the_last_part_of_an_archive_is_no_file_of_an_unknown_kind(
    tmp_path: Path, kept: int
) -> None:
    whole = archive({"a.png": photo(), "b.png": photo()})
    (tmp_path / "photos.zip").write_bytes(b"\xff\0" + whole[kept:])
    with pytest.raises(NothingToSendError, match="one part of"):
        look_through(tmp_path / "photos.zip")
