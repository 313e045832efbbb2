"""Archives by the programs that people use: each receipt is found under its name, and whole."""

from collections.abc import Callable
from pathlib import Path

import pytest

from helpers.photos import photo
from reading.files.archive import BadArchiveError, list_images, read_image_entry
from real_tools.conftest import Tool

pytestmark = pytest.mark.slow

PHOTOS = {
    "Café Müller.png": photo(1),
    "領収書　一月.png": photo(2),
    "a b & 100%.png": photo(3),
    "sub/IMG_0001.png": photo(4),
    ".hidden/..IMG_2.png": photo(5),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The photos in a folder."""
    for name, data in PHOTOS.items():
        path = tmp_path / "photos" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return tmp_path / "photos"


def by(*arguments: str) -> Callable[[Tool], object]:
    """Packs all of the folder into `../made.zip`."""
    return lambda tool: tool(*arguments, within="photos")


def streamed(*arguments: str) -> Callable[[Tool], object]:
    """Packs to a pipe: sizes follow the data."""
    return by("sh", "-c", " ".join(arguments) + " > ../made.zip")


MAKES = {
    "zip": by("zip", "-r", "../made.zip", "."),
    "zip, stored": by("zip", "-r0", "../made.zip", "."),
    "zip, ZIP64 by force": by("zip", "-rfz", "../made.zip", "."),
    "zip, to a pipe": streamed("zip", "-r", "-", "."),
    "7-Zip": by("7zz", "a", "-tzip", "../made.zip", "."),
    "7-Zip, all names in UTF-8": by("7zz", "a", "-tzip", "-mcu=on", "../made.zip", "."),
    "7-Zip, names in the local code page": by("7zz", "a", "-tzip", "-mcl=on", "../made.zip", "."),
    "bsdtar": by("bsdtar", "-a", "-cf", "../made.zip", "."),
    "bsdtar, to a pipe": streamed("bsdtar", "--format", "zip", "-cf", "-", "."),
    "jar": by("jar", "--create", "--file", "../made.zip", "."),
    "jar, stored": by("jar", "--create", "--no-compress", "--file", "../made.zip", "."),
    "python": by("python3", "-m", "zipfile", "-c", "../made.zip", "."),
}


def unpacked(path: Path) -> dict[str, bytes]:
    """Names and bytes of the archive's receipts, by our own code."""
    data = path.read_bytes()
    fetch = lambda start, stop: data[start:stop]  # noqa: E731
    images, _ = list_images(len(data), fetch)
    return {name: read_image_entry(entry, fetch) for name, entry in images}


@pytest.mark.parametrize("make", MAKES)
def test_each_receipt_is_found_under_its_name(
    make: str, tool: Tool, folder: Path, tmp_path: Path
) -> None:
    MAKES[make](tool)
    found = unpacked(tmp_path / "made.zip")
    assert {name: found[name] for name in sorted(found) if name != "MANIFEST.MF"} == {
        Path(name).name: PHOTOS[name] for name in sorted(PHOTOS, key=lambda it: Path(it).name)
    }
    assert folder.exists()


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("zip", "-r", "-P", "secret"), "encrypted"),
        (("7zz", "a", "-tzip", "-psecret", "-mem=AES256"), "encrypted"),
        (("7zz", "a", "-tzip", "-mm=LZMA"), "compression method 14"),
        (("7zz", "a", "-tzip", "-mm=Deflate64"), "compression method 9"),
        (("7zz", "a", "-tzip", "-mm=BZip2"), "compression method 12"),
    ],
    ids=lambda it: " ".join(it) if isinstance(it, tuple) else "",
)
def test_what_is_encrypted_or_packed_otherwise_is_refused_entry_by_entry(
    arguments: tuple[str, ...], reason: str, tool: Tool, folder: Path, tmp_path: Path
) -> None:
    (folder / "large.png").write_bytes(b"a" * 100_000)  # small ones are stored as they are
    tool(*arguments, "../made.zip", ".", within="photos")
    data = (tmp_path / "made.zip").read_bytes()
    entries = dict(list_images(len(data), lambda start, stop: data[start:stop])[0])
    assert len(entries) == len(PHOTOS) + 1
    with pytest.raises(BadArchiveError, match=reason):
        read_image_entry(entries["large.png"], lambda start, stop: data[start:stop])


def test_the_last_part_of_a_split_archive_says_that_it_is_one(
    tool: Tool, folder: Path, tmp_path: Path
) -> None:
    (folder / "large.png").write_bytes(bytes(range(256)) * 1000)
    tool("zip", "-r0", "-s", "64k", "../made.zip", ".", within="photos")
    data = (tmp_path / "made.zip").read_bytes()
    with pytest.raises(BadArchiveError, match="part"):
        list_images(len(data), lambda start, stop: data[start:stop])


def test_a_7z_archive_is_called_one(tool: Tool, folder: Path, tmp_path: Path) -> None:
    tool("7zz", "a", "../made.7z", ".", within="photos")
    assert folder.exists()
    data = (tmp_path / "made.7z").read_bytes()
    with pytest.raises(BadArchiveError, match="7z"):
        list_images(len(data), lambda start, stop: data[start:stop])
