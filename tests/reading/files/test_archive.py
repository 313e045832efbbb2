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
from reading.files.archive import BadArchiveError, Fetch, list_images, read_image_entry


class Remote:
    """An archive that lies elsewhere; `ranges` is what was asked of it."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.ranges: list[tuple[int, int]] = []

    def fetch(self, start: int, stop: int) -> bytes:
        self.ranges.append((start, stop))
        return self.data[start:stop]

    def names(self) -> list[str]:
        return [name for name, _ in list_images(len(self.data), self.fetch)]

    def images(self) -> list[bytes]:
        return [
            read_image_entry(entry, self.fetch)
            for _, entry in list_images(len(self.data), self.fetch)
        ]


contents = st.dictionaries(
    st.from_regex(r"[a-z]{1,8}/?[a-z]{1,8}\.png", fullmatch=True),
    st.binary(max_size=300),
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
    [(_, entry), *_] = list_images(len(remote.data), remote.fetch)
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
    [(name, entry)] = list_images(file.GAP + len(file.getvalue()), file.fetch)
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
    assert Remote(archive(images)).names() == ["a.png"]


def test_links_are_left_out() -> None:
    link = zipfile.ZipInfo("link.png")
    link.external_attr = 0o120777 << 16
    buffer = io.BytesIO(archive({"a.png": photo()}))
    with zipfile.ZipFile(buffer, "a") as packed:
        packed.writestr(link, "/etc/passwd")
    assert Remote(buffer.getvalue()).names() == ["a.png"]


def test_what_is_no_archive_says_so() -> None:
    fetch: Fetch = Remote(b"no archive").fetch
    with pytest.raises(BadArchiveError, match="not a readable ZIP"):
        list_images(10, fetch)
