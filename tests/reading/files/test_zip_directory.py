"""The directory of archives as tools write and harm them: a flaw costs at most its own entry."""

import contextlib
import io
import zipfile
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.made_zips import DOS, END, NTFS, RECORD, UNIX, Far, Made, end, field, zipped
from helpers.photos import archive, numbered, photo
from reading.files.archive import list_images, read_image_entry
from reading.files.limits import MAX_IMAGE_BYTES
from reading.files.zip_directory import BadArchiveError, DirectoryEntry, read_directory

A, B, C = (Made(name=name, data=photo(n)) for n, name in enumerate((b"a.png", b"b.png", b"c.png")))
ALL = ["a.png", "b.png", "c.png"]


def entries(data: bytes) -> list[DirectoryEntry]:
    return read_directory(len(data), lambda start, stop: data[start:stop])


def paths(data: bytes) -> list[str]:
    return [entry.path for entry in entries(data)]


def images(data: bytes) -> list[bytes]:
    """All images, read."""

    def fetch(start: int, stop: int) -> bytes:
        return data[start:stop]

    return [read_image_entry(entry.place, fetch) for entry in read_directory(len(data), fetch)]


def spoilt_extra(extra: bytes) -> bytes:
    return zipped(A, Made(name=b"b.png", data=photo(1), extra=extra), C)


def with_wrong_length(offset: int) -> bytes:
    """The second record says another length of its name, extra field or comment."""
    data = bytearray(zipped(A, B, C))
    at = data.index(RECORD, data.index(RECORD) + 1) + offset
    data[at : at + 2] = (77).to_bytes(2, "little")
    return bytes(data)


def signed(*, counted: bool = False) -> bytes:
    data, signature = zipped(A, B, C), b"PK\x05\x05\x03\x00sig"
    length, offset = (int.from_bytes(data[at : at + 4], "little") for at in (-10, -6))
    return data[:-22] + signature + end(3, length + counted * len(signature), offset)


def moved(by: int) -> bytes:
    data = zipped(A, B, C)
    length, offset = (int.from_bytes(data[at : at + 4], "little") for at in (-10, -6))
    return data[:-22] + end(3, length, offset + by)


HARMED: dict[str, Callable[[], bytes]] = {
    "an extra field longer than it may be": lambda: spoilt_extra(field(0x6375, b"abc", 6375)),
    "an extra field of one byte": lambda: spoilt_extra(b"\x01"),
    "a ZIP64 field that is not needed, and empty": lambda: spoilt_extra(field(1, b"")),
    "a comment's length that leads nowhere": lambda: with_wrong_length(32),
    "an extra field's length that leads nowhere": lambda: with_wrong_length(30),
    "version 6.5 needed": lambda: zipped(A, Made(name=b"b.png", data=photo(1), needed=65), C),
    "70 kB of zeros behind": lambda: zipped(A, B, C) + bytes(70_000),
    "a page of HTML behind": lambda: zipped(A, B, C) + b"<html>PK" * 100_000,
    "noise behind that looks like an end": lambda: zipped(A, B, C) + bytes(70_000) + end(1, 1, 1),
    "a comment that holds an end record's mark": lambda: zipped(A, B, C, comment=b"x" + END * 9),
    "a comment that holds an end record": lambda: zipped(A, B, C, comment=b"x" + end(9, 9, 9)),
    "a comment that is cut off": lambda: zipped(A, B, C, comment=b"from my phone")[:-5],
    "a digital signature": signed,
    "a digital signature that counts": lambda: signed(counted=True),
    "a number of a disk, all on it": lambda: zipped(
        *(Made(name=e.name, data=e.data, disk=1) for e in (A, B, C)), disk=1
    ),
    "behind a program that counts": lambda: bytes(999) + zipped(A, B, C),
    "behind a program that is counted": lambda: bytes(999) + zipped(A, B, C, before=999),
    "a directory said to stand elsewhere": lambda: moved(+99),
    "a directory said to stand before": lambda: moved(-99),
    "a gap behind the directory": lambda: zipped(A, B, C)[:-22] + bytes(9) + zipped(A, B, C)[-22:],
}


@pytest.mark.parametrize("make", HARMED.values(), ids=HARMED.keys())
def test_a_harmless_flaw_costs_nothing(make: Callable[[], bytes]) -> None:
    assert [entry.path[:5] for entry in entries(make())] == ALL
    assert images(make()) == [photo(0), photo(1), photo(2)]


def test_an_entry_whose_place_nobody_can_tell_is_rejected_alone() -> None:
    data = zipped(
        A, *[Made(name=b"b.png", said_offset=0xFFFFFFFF, extra=b"\x01\x00\x08\x00")] * 2, C
    )

    def fetch(start: int, stop: int) -> bytes:
        return data[start:stop]

    [(_, a), (_, lost), _, (_, c)], _ = list_images(len(data), fetch)
    assert [read_image_entry(entry, fetch) for entry in (a, c)] == [photo(0), photo(2)]
    with pytest.raises(BadArchiveError, match="points to no image"):
        read_image_entry(lost, fetch)


PARTS: dict[str, tuple[Callable[[], bytes], str]] = {
    "the first of a split archive": (lambda: b"PK\x07\x08" + A.header(), "one part of a split"),
    "the last of a split archive": (lambda: zipped(A, B, disk=2), "one part of a split"),
    "the last, whose directory begins before": (
        lambda: zipped(A, B, disk=1)[200:],
        "one part of a split",
    ),
    "cut off at its end": (lambda: zipped(A, B)[:-2], "its end is missing"),
    "cut off within": (lambda: zipped(A, B)[:150], "its end is missing"),
    "the last of parts cut by 7-Zip": (lambda: zipped(A, B)[150:], "its beginning is missing"),
    "cut off behind an archive in it": (
        lambda: zipped(A, Made(name=b"more.zip", data=zipped(B)), C)[:-150],
        "what is before that has no directory",
    ),
    "two archives in a file": (lambda: zipped(A) + zipped(B), "what is before that has no dir"),
    "a record overwritten": (
        lambda: RECORD.join(zipped(A, B, C).split(RECORD, 2)[:2]) + b"?" + zipped(A, B, C)[-80:],
        "is damaged|not where",
    ),
    "nothing": (lambda: b"", "one part of several"),
}


@pytest.mark.parametrize(("make", "why"), PARTS.values(), ids=PARTS.keys())
def test_a_part_of_an_archive_says_what_is_missing(make: Callable[[], bytes], why: str) -> None:
    with pytest.raises(BadArchiveError, match=why):
        entries(make())


def test_a_record_that_is_overwritten_is_not_passed_over() -> None:
    data = bytearray(zipped(A, B, C))
    second = data.index(RECORD, data.index(RECORD) + 1)
    data[second : second + 4] = b"????"
    with pytest.raises(BadArchiveError, match="damaged behind entry 2 of 3"):
        entries(bytes(data))


PHOTO = 3_000_000


@pytest.mark.parametrize(
    "sizes",
    [[PHOTO] * 1_500, [PHOTO] * 99 + [4_400_000_000] + [PHOTO] * 50, [PHOTO] * 1_431 + [2_000_000]],
    ids=["photos", "a film of over 4 GiB among photos", "the directory alone is behind 4 GiB"],
)
def test_an_archive_of_macos_over_4_gib_without_zip64_is_read(sizes: list[int]) -> None:
    far = Far([Made(name=b"%04d.png" % n, data=photo(n % 256)) for n in range(len(sizes))], sizes)
    assert far.size > 2**32
    found, _ = list_images(far.size, far.fetch)
    assert far.ranges < 30
    for n in {0, 1, 98, 100, 130, *range(len(sizes) - 71, len(sizes))}:
        name, entry = found[n]
        assert (name, entry.header_offset) == (f"{n:04d}.png", sum(sizes[:n]))
        assert read_image_entry(entry, far.fetch) == photo(n % 256)


FOLDERS = {
    "a slash": Made(name=b"photos/", data=b""),
    "a backslash": Made(name=b"photos\\", data=b"", system=DOS),
    "DOS": Made(name=b"photos", data=b"", system=NTFS, attributes=0x10),
    "Unix": Made(name=b"photos", data=b"", system=UNIX, attributes=0o040755 << 16),
}


@pytest.mark.parametrize("made", FOLDERS.values(), ids=FOLDERS.keys())
def test_folders_are_told_by_every_mark(made: Made) -> None:
    assert [entry.is_folder for entry in entries(zipped(made, A))] == [True, False]


def test_no_mark_makes_a_folder_of_what_holds_data() -> None:
    for made in (Made(name=b"a\\"), Made(name=b"a", attributes=0x10)):
        assert not entries(zipped(made))[0].is_folder


def test_links_are_told_where_attributes_are_of_unix() -> None:
    link = 0o120777 << 16
    made = [Made(name=b"a", attributes=link, system=system) for system in (UNIX, NTFS)]
    assert [entry.is_link for entry in entries(zipped(*made))] == [True, False]


def test_folders_stand_before_a_slash_whatever_the_tool_wrote() -> None:
    assert paths(zipped(Made(name=b"a\\b/c.png", system=DOS))) == ["a/b/c.png"]


# --- Whatever comes -----------------------------------------------------------------------------

MOST_RANGES = 40
names = st.text(st.characters(codec="utf-8", exclude_characters="\0\\"), min_size=1, max_size=30)

contents = st.binary(max_size=50).map(lambda data: data and b"-" + data)  # no archive is among them


@given(
    st.dictionaries(names, contents, min_size=1, max_size=9),
    st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]),
    st.binary(max_size=40),
    st.binary(max_size=40).filter(lambda before: not before.startswith(b"PK")),
)
def test_what_zipfile_writes_is_listed_as_zipfile_lists_it(
    contents: dict[str, bytes], method: int, comment: bytes, before: bytes
) -> None:
    buffer = io.BytesIO(before + archive(contents, method))
    with zipfile.ZipFile(buffer, "a") as packed:
        packed.comment = comment
    data = buffer.getvalue()
    with zipfile.ZipFile(buffer) as packed:
        listed = packed.infolist()
    found = entries(data)
    assert [entry.place.header_offset for entry in found] == [info.header_offset for info in listed]
    assert [entry.is_folder for entry in found] == [info.is_dir() for info in listed]
    files = [image for entry, image in zip(found, images(data), strict=True) if image]
    assert files == [image for image in contents.values() if image]


class Counted:
    def __init__(self, data: bytes) -> None:
        self.data, self.ranges = data, 0

    def fetch(self, start: int, stop: int) -> bytes:
        assert 0 <= start < stop <= len(self.data)
        assert stop - start <= MAX_IMAGE_BYTES
        self.ranges += 1
        return self.data[start:stop]


marks = [RECORD, END, b"PK\x06\x06", b"PK\x06\x07", b"PK\x03\x04", bytes(66_000)]
ends = [end(1, 51, 0), end(1, 51, 0xFFFFFFFF), A.record(0)]
wholes = [zipped(A), zipped(A, B, before=40), archive(numbered(2))]
pieces = st.sampled_from([*marks, *ends, *wholes])


@settings(max_examples=500)
@given(st.lists(pieces | st.binary(max_size=60), max_size=8).map(b"".join))
def test_any_bytes_are_listed_or_bad_by_few_ranges(data: bytes) -> None:
    remote = Counted(data)
    with contextlib.suppress(BadArchiveError):
        assert len(read_directory(len(data), remote.fetch)) * 46 < len(data)
    assert remote.ranges <= MOST_RANGES
