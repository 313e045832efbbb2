"""The kinds of file, told by content."""

import io
import zipfile
from typing import get_args

import pillow_heif
import pytest
from PIL import Image

from reading.files.kinds import HEAD_BYTES, KINDS, RECEIPT_KINDS, kind_of, kind_of_name
from receipts.batch import ContentType

pillow_heif.register_heif_opener()


def name_of(head: bytes) -> str | None:
    kind = kind_of(head)
    return kind.name if kind else None


def media(brand: bytes, *others: bytes) -> bytes:
    size = 16 + 4 * len(others)
    return size.to_bytes(4, "big") + b"ftyp" + brand + bytes(4) + b"".join(others) + bytes(64)


@pytest.mark.parametrize("save_as", ["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "PDF"])
def test_a_file_is_known_by_its_content(save_as):
    file = io.BytesIO()
    Image.new("RGB", (64, 64)).save(file, save_as)
    kind = kind_of(file.getvalue()[:HEAD_BYTES])
    assert kind
    assert kind.is_receipt
    assert kind.name.upper() == save_as


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (media(b"heic", b"mif1", b"heic"), "HEIC"),
        (media(b"heix"), "HEIC"),
        (media(b"hevc", b"msf1"), "HEIC"),
        (media(b"mif1", b"mif1", b"heic"), "HEIC"),
        (media(b"msf1", b"msf1", b"hevc"), "HEIC"),
        (media(b"avif", b"mif1", b"miaf"), "AVIF"),
        (media(b"avis", b"avif", b"msf1"), "AVIF"),
        (media(b"mif1", b"miaf", b"avif"), "AVIF"),
        (media(b"heic", b"avif"), "HEIC"),
        (media(b"mif1", b"mif1"), "HEIF"),
        (media(b"qt  ", b"qt  "), "QuickTime film"),
        (media(b"isom", b"mp41"), "MP4 film"),
        (bytes(4) + b"moov", "QuickTime film"),
    ],
)
def test_files_that_begin_alike_are_told_apart_by_their_brands(head, kind):
    assert name_of(head) == kind


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"From: x\r\n\r\n" + b"%PDF-1.4\n", "PDF"),
        (b"MM\0*" + bytes(8), "TIFF"),
        (b"II+\0\x08\0\0\0", "TIFF"),
        (b"BMW service invoice", "text file"),
        (b'\xef\xbb\xbf {"title": "IMG.jpg"}', "JSON file"),
        ('{"title": "é"}'.encode("utf-16"), "JSON file"),
        (b"<!DOCTYPE html><html>", "HTML page"),
        ("Grüße".encode() * 500, "text file"),
        (b"7z\xbc\xaf\x27\x1c\0\4", "7z archive"),
        (b"Rar!\x1a\x07\x01\0", "RAR archive"),
        (bytes(257) + b"ustar\0" + bytes(200), "tar archive"),
        (b"RIFF\x24\0\0\0WAVEfmt ", "sound file"),
        (b"\0\x05\x16\x07\0\x02\0\0Mac OS X", "AppleDouble file"),
        (b"", None),
        (b" \n", None),
        (bytes(2048), None),
        (b"\xff\xd8", None),
        (b"\0\0\0\x18ftyp", "MP4 film"),
    ],
)
def test_what_is_no_picture_is_named_too(head, kind):
    assert name_of(head[:HEAD_BYTES]) == kind


def test_an_archive_and_an_office_document_are_told_apart():
    plain, office = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(plain, "w") as archive:
        archive.writestr("a.png", b"")
    with zipfile.ZipFile(office, "w") as archive:
        archive.writestr("[Content_Types].xml", b"<?xml")
    assert name_of(plain.getvalue()) == "ZIP archive"
    assert name_of(office.getvalue()) == "office document"


def test_no_head_of_any_length_ends_in_an_error():
    for head in (media(b"mif1", b"avif"), b"RIFF\0\0\0\0WEBPVP8 ", b"BM" + bytes(30), b"%PDF-1.4"):
        for length in range(len(head)):
            kind_of(head[:length])


@pytest.mark.parametrize(
    ("name", "kind"),
    [("a.JFIF", "JPEG"), ("b/c.hif", "HEIF"), ("x.pdf", "PDF"), ("t.zip", "ZIP archive")],
)
def test_a_name_promises_a_kind(name, kind):
    promised = kind_of_name(name)
    assert promised
    assert promised.name == kind


def test_a_name_without_a_known_suffix_promises_nothing():
    assert kind_of_name("IMG_0001") is None
    assert kind_of_name("a.jpg.download") is None


def test_no_two_kinds_share_a_name_a_suffix_or_a_content_type():
    assert len({kind.name for kind in KINDS}) == len(KINDS)
    suffixes = [suffix for kind in KINDS for suffix in kind.suffixes]
    assert len(set(suffixes)) == len(suffixes)
    assert len({kind.content_type for kind in KINDS}) == len(KINDS)


def test_the_api_takes_the_content_types_of_the_list_and_one_wrong_name():
    ours = {kind.content_type for kind in RECEIPT_KINDS}
    assert set(get_args(ContentType)) == ours | {"image/jpg"}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ('{"total": 3}', "JSON file"),
        ("[\n  {}]", "JSON file"),
        ("[1.5, 2]", "JSON file"),
        ("[14/03/2025, 12:04] Anna: here it is", "text file"),
        ("{\\rtf1\\ansi hello}", "RTF document"),
    ],
)
def test_a_chat_and_a_letter_are_no_json(text: str, name: str) -> None:
    assert name_of(text.encode()) == name
