"""The demo counts an archive's entries by a rule of its own, and agrees with the splitter's."""

import io
import zipfile
from pathlib import Path

import pytest
from rich.console import Console

from helpers.photos import archive, photo
from lab.run.demo.archive import make_archive
from lab.run.demo.choices import DemoChoiceError, DemoChoices
from lab.run.demo.entries import EntryCounts, count_entries
from reading.files.archive import list_images

MAC = {
    "Receipts/": b"",
    "Receipts/.DS_Store": b"x",
    "Receipts/IMG_1.png": photo(1),
    "__MACOSX/Receipts/._IMG_1.png": b"x",
    "Receipts/IMG_2.png": photo(2),
    "__MACOSX/Receipts/._IMG_2.png": b"x",
}
PHONE = {
    "DCIM/IMG_1.png": photo(1),
    "DCIM/IMG_1.MOV": b"x" * 20,
    "DCIM/.trashed-17-IMG_2.png": photo(2),
    "DCIM/.thumbnails/1.png": photo(3),
    "DCIM/.nomedia": b"",
    "DCIM/MVI_1.THM": photo(4),
}
WINDOWS = {"Receipts\\": b"", "Receipts\\a.png": photo(1), "Receipts\\Thumbs.db": b"x"}
NAS = {"a.png": photo(1), "@eaDir/a.png/SYNOPHOTO_THUMB_M.png": photo(2), "#recycle/b.png": photo()}
DOTS = {"..IMG_1.png": photo(1), ".hidden/IMG_2.png": photo(2), "c.png": photo(3)}
TAKEOUT = {"T/IMG_1.png": photo(1), "T/IMG_1.png.supplemental-metadata.json": b"{}", "T/a.pdf": b""}


def written(folder: Path, data: bytes) -> Path:
    path = folder / "sent.zip"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("entries", [MAC, PHONE, WINDOWS, NAS, DOTS, TAKEOUT])
def test_the_demo_s_count_is_what_the_splitter_accepts_and_leaves_out(
    tmp_path: Path, entries: dict[str, bytes]
) -> None:
    data = archive(entries)
    images, left_out = list_images(len(data), lambda start, stop: data[start:stop])
    counted = count_entries(written(tmp_path, data))
    assert counted is not None
    assert counted.entries == len(images) + left_out.count
    assert counted.pictures == sum(name.endswith(".png") for name, _ in images)


def test_it_knows_pictures_under_any_name(tmp_path: Path) -> None:
    """A splitter that left out what its list doesn't know would be seen."""
    entries = {"IMG_0001": photo(1), "a.jpg.download": photo(2), "b.xyz": b"%PDF-1.7", "c.jpg": b""}
    counted = count_entries(written(tmp_path, archive(entries)))
    assert counted == EntryCounts(entries=4, pictures=3)


def test_what_the_standard_library_can_not_read_is_not_counted(tmp_path: Path) -> None:
    assert count_entries(written(tmp_path, b"no archive")) is None


def choices(receipts: Path, count: int | None = None) -> DemoChoices:
    return DemoChoices(receipts=receipts, count=count, concurrency=2)


def packed(receipts: Path, folder: Path, count: int | None = None) -> list[str]:
    made = make_archive(choices(receipts, count), folder, Console(file=io.StringIO()))
    with zipfile.ZipFile(made.path) as archive:
        return sorted(archive.namelist())


@pytest.fixture
def full(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    for name, data in PHONE.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    return folder


def test_of_a_folder_what_may_be_receipts_is_packed(full: Path, tmp_path: Path) -> None:
    assert packed(full, tmp_path) == ["DCIM/IMG_1.png"]


def test_count_picks_among_what_may_be_receipts(full: Path, tmp_path: Path) -> None:
    assert packed(full, tmp_path, count=3) == ["DCIM/IMG_1.png"]
    sent = written(tmp_path, archive(MAC))
    assert packed(sent, tmp_path, count=1) == ["IMG_1.png"]


def test_a_folder_without_files_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    with pytest.raises(DemoChoiceError, match="no photo and no PDF in"):
        packed(tmp_path / "photos", tmp_path)


def test_a_file_that_is_no_archive_is_refused_in_words(tmp_path: Path) -> None:
    sent = written(tmp_path, b"no archive")
    with pytest.raises(DemoChoiceError, match="neither a photo nor a PDF"):
        packed(sent, tmp_path, count=1)
