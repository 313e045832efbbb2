"""Reading a ZIP by ranges: the directory alone, then one range an image."""

import io
import zipfile
from collections.abc import Callable
from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.photos import archive, numbered, photo
from helpers.zips import MAKES
from reading.files.archive import (
    LINKS,
    BadArchiveError,
    Fetch,
    list_images,
    read_image_entry,
)
from reading.files.left_out import SYSTEM, THUMBNAILS


class Remote:
    """An archive that lies elsewhere; `ranges` is what was asked of it."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.ranges: list[tuple[int, int]] = []

    def fetch(self, start: int, stop: int) -> bytes:
        self.ranges.append((start, stop))
        return self.data[start:stop]

    def names(self) -> list[str]:
        images, _ = list_images(len(self.data), self.fetch)
        return [name for name, _ in images]

    def left_out(self) -> dict[str, tuple[str, ...]]:
        _, left_out = list_images(len(self.data), self.fetch)
        return {it.kind: it.names for it in left_out.kinds}

    def images(self) -> list[bytes]:
        images, _ = list_images(len(self.data), self.fetch)
        return [read_image_entry(entry, self.fetch) for _, entry in images]


contents = st.dictionaries(
    st.from_regex(r"[a-z]{1,8}/?[a-z]{1,8}\.png", fullmatch=True),
    st.binary(max_size=300).map(lambda data: b"\xff\xd8\xff" + data),  # a JPEG, or noise
    min_size=1,
    max_size=8,
)


@given(contents, st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]))
def test_every_image_comes_out_as_it_went_in(images: dict[str, bytes], method: int) -> None:
    remote = Remote(archive(images, method))
    assert remote.names() == [PurePosixPath(name).name for name in images]
    assert remote.images() == list(images.values())


def test_of_a_large_archive_only_the_directory_is_read() -> None:
    remote = Remote(archive({f"{n:05d}.jpg": bytes(10_000) for n in range(500)}))
    assert len(remote.names()) == 500
    assert len(remote.ranges) <= 4
    assert sum(stop - start for start, stop in remote.ranges) < len(remote.data) / 20


def test_an_image_is_one_range_of_its_own_size() -> None:
    remote = Remote(archive(numbered(3)))
    [(_, entry), *_], _ = list_images(len(remote.data), remote.fetch)
    remote.ranges.clear()
    assert read_image_entry(entry, remote.fetch) == photo(1)
    [(start, stop)] = remote.ranges
    assert stop - start < len(photo(1)) + 1_000


def test_a_long_local_header_costs_a_second_range() -> None:
    # The local header's extra field may be longer than the directory's: only it knows the start.
    name, extra = b"a.png", bytes(2_000)
    packed = bytearray(archive({"a.png": photo()}))
    packed[28:30] = len(extra).to_bytes(2, "little")
    packed[30 + len(name) : 30 + len(name)] = extra
    end = packed.rindex(b"PK\x05\x06")
    start = packed.index(b"PK\x01\x02")
    packed[end + 16 : end + 20] = start.to_bytes(4, "little")
    remote = Remote(bytes(packed))
    assert remote.images() == [photo()]


@pytest.mark.parametrize("make", MAKES.values(), ids=MAKES.keys())
def test_archives_of_every_make_are_read(make: Callable[[], bytes]) -> None:
    assert Remote(make()).images() == [photo()]


class Behind(io.BytesIO):
    """A file of which only what comes after a gap of `GAP` bytes is kept."""

    GAP = 5_000_000_000

    def tell(self) -> int:
        return super().tell() + self.GAP

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return super().seek(offset - (0 if whence else self.GAP), whence) + self.GAP

    def fetch(self, start: int, stop: int) -> bytes:
        assert stop - start < 1_000_000
        gap = bytes(max(0, min(stop, self.GAP) - start))
        return gap + self.getvalue()[max(0, start - self.GAP) : max(0, stop - self.GAP)]


def test_an_image_behind_four_gigabytes_is_found() -> None:
    file = Behind()
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("a.png", photo())
    [(name, entry)], _ = list_images(file.GAP + len(file.getvalue()), file.fetch)
    assert (name, entry.header_offset) == ("a.png", file.GAP)
    assert read_image_entry(entry, file.fetch) == photo()


def test_what_systems_add_is_left_out() -> None:
    images = {
        "photos/": b"",
        "photos/a.png": photo(),
        "__MACOSX/photos/._a.png": b"resource fork",
        ".DS_Store": b"",
        "photos/.thumbnails/a.png": photo(),
    }
    remote = Remote(archive(images))
    assert remote.names() == ["a.png"]
    assert remote.left_out() == {
        SYSTEM: ("__MACOSX/photos/._a.png", ".DS_Store"),
        THUMBNAILS: ("photos/.thumbnails/a.png",),
    }


def test_a_dot_in_front_of_a_name_leaves_nothing_out() -> None:
    remote = Remote(archive({"..a.png": photo(1), ".hidden/b.png": photo(2), "c.png": photo(3)}))
    assert remote.names() == ["..a.png", "b.png", "c.png"]
    assert remote.left_out() == {}


def with_entry(name: str, external_attr: int, data: bytes = b"") -> Remote:
    """An archive of an image and of this entry."""
    odd = zipfile.ZipInfo(name)
    odd.external_attr = external_attr
    buffer = io.BytesIO(archive({"a.png": photo()}))
    with zipfile.ZipFile(buffer, "a") as packed:
        packed.writestr(odd, data)
    return Remote(buffer.getvalue())


@pytest.mark.parametrize(
    ("name", "external_attr"),
    [("photos/", 0), ("photos\\", 0), ("photos", 0x10), ("photos", 0o040755 << 16)],
    ids=["slash", "backslash", "DOS", "Unix"],
)
def test_a_folder_is_no_entry_by_whatever_mark(name: str, external_attr: int) -> None:
    remote = with_entry(name, external_attr)
    assert remote.names() == ["a.png"]
    assert remote.left_out() == {}


def test_what_has_bytes_is_a_file_whatever_its_marks_say() -> None:
    assert with_entry("b.png", 0x10, photo(2)).names() == ["a.png", "b.png"]


@given(st.lists(st.sampled_from(["a.png", ".DS_Store", "b.MOV", "c", "x/Thumbs.db"]), max_size=30))
def test_images_and_what_is_left_out_are_all_entries(names: list[str]) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        for n, name in enumerate(names):
            packed.writestr(f"{n}/{name}", photo())
    images, left_out = list_images(len(buffer.getvalue()), Remote(buffer.getvalue()).fetch)
    assert len(images) + left_out.count == len(names)


@pytest.mark.parametrize(
    ("inner", "why"),
    [
        (archive({"b.png": photo()}), "a ZIP archive in an archive"),
        (archive({}), "a ZIP archive in an archive"),
        (b"7z\xbc\xaf\x27\x1c" + bytes(30), "a 7z archive in an archive"),
        (b"Rar!\x1a\x07\x01\x00" + bytes(30), "a RAR archive in an archive"),
    ],
)
def test_an_archive_in_an_archive_says_what_it_is(inner: bytes, why: str) -> None:
    remote = Remote(archive({"photos.jpg": inner}))
    assert remote.names() == ["photos.jpg"]
    with pytest.raises(BadArchiveError, match=why):
        remote.images()


def test_links_are_left_out() -> None:
    remote = with_entry("link.png", 0o120777 << 16, b"/etc/passwd")
    assert remote.names() == ["a.png"]
    assert remote.left_out() == {LINKS: ("link.png",)}


def test_what_is_no_archive_says_so() -> None:
    fetch: Fetch = Remote(b"no archive").fetch
    with pytest.raises(BadArchiveError, match="not a readable ZIP"):
        list_images(10, fetch)


def test_an_archive_of_another_kind_is_called_by_its_kind() -> None:
    data = b"7z\xbc\xaf\x27\x1c" + bytes(64)
    with pytest.raises(BadArchiveError, match="a 7z archive"):
        list_images(len(data), Remote(data).fetch)
