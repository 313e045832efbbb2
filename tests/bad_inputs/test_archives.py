"""Archives that are wrong: rejected whole with a reason, or image by image and the rest stored."""

import io
import struct
import tracemalloc
import zipfile
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from helpers.bad_input_table import RecordAnswer
from helpers.event_loop import EventLoop
from helpers.photos import archive, numbered, photo
from helpers.zips import MAKES
from reading.files import archive as reading
from reading.files.archive import BadArchiveError, list_images

pytestmark = pytest.mark.slow

END = b"PK\x05\x06"
DIRECTORY = b"PK\x01\x02"
GOOD = numbered(3)


@dataclass
class Field:
    """Where a number stands in an entry of the directory, and its bytes."""

    offset: int
    size: int


FLAGS, METHOD, CRC = Field(8, 2), Field(10, 2), Field(16, 4)
COMPRESSED, RAW, HEADER_OFFSET = Field(20, 4), Field(24, 4), Field(42, 4)
LOCAL = {FLAGS.offset: 6, METHOD.offset: 8, CRC.offset: 14, COMPRESSED.offset: 18, RAW.offset: 22}


def changed(data: bytes, field: Field, value: int, entry: int = 0) -> bytes:
    """The archive with a number of one entry changed, in its directory and local header."""
    at = [i for i in range(len(data)) if data.startswith(DIRECTORY, i)][entry]
    header = int.from_bytes(data[at + 42 : at + 46], "little")
    new = bytearray(data)
    number = value.to_bytes(field.size, "little")
    new[at + field.offset : at + field.offset + field.size] = number
    if field.offset in LOCAL:
        local = header + LOCAL[field.offset]
        new[local : local + field.size] = number
    return bytes(new)


def end_record(data: bytes, offset: int, value: int, size: int) -> bytes:
    """The archive with a number of its end record changed."""
    at = data.rindex(END) + offset
    return data[:at] + value.to_bytes(size, "little") + data[at + size :]


def overlapping() -> bytes:
    """Two entries of the directory that share one image: the way of the better ZIP bombs."""
    data = archive(GOOD)
    second = [i for i in range(len(data)) if data.startswith(DIRECTORY, i)][1]
    first = data.index(DIRECTORY)
    return data[: second + 42] + data[first + 42 : first + 46] + data[second + 46 :]


def of_zeros(entries: int, size: int) -> bytes:
    """Entries that shrink to a thousandth."""
    return archive({f"{n}.png": bytes(size) for n in range(entries)}, zipfile.ZIP_DEFLATED)


def claiming(total: int) -> bytes:
    """An archive whose entries claim to unpack to `total` bytes."""
    data = archive(numbered(4))
    for entry in range(4):
        data = changed(data, RAW, total // 4, entry)
    return data


def not_utf8() -> bytes:
    data = archive({"ü.png": photo()})
    return data.replace("ü".encode(), b"\xff\xff")


WHOLE: list[tuple[str, Callable[[], bytes], str]] = [
    ("an image in an archive's place", photo, "not a readable ZIP"),
    ("an empty archive", lambda: archive({}), "no receipts: no files at all"),
    (
        "a folder, a system file and a film alone",
        lambda: archive({"a/": b"", ".DS_Store": b"x", "IMG_1.MOV": b"x"}),
        "no receipts: system files 1 (.DS_Store), films 1 (IMG_1.MOV)",
    ),
    ("an archive cut off in the middle", lambda: archive(GOOD)[:300], "not a readable ZIP"),
    ("an archive without its last byte", lambda: archive(GOOD)[:-1], "not a readable ZIP"),
    (
        "a directory overwritten with noise",
        lambda: archive(GOOD).replace(DIRECTORY, b"\xde\xad\xbe\xef"),
        "not a readable ZIP",
    ),
    (
        "a directory that begins before the archive",
        lambda: end_record(archive(GOOD), 12, 1_000_000, 4),
        "not a readable ZIP",
    ),
    (
        "an entry behind the archive's end",
        lambda: changed(archive(GOOD), HEADER_OFFSET, 1_000_000),
        "outside",
    ),
    (
        "an entry longer than the archive",
        lambda: changed(archive(GOOD), COMPRESSED, 1_000_000, entry=2),
        "outside",
    ),
    ("overlapping entries", overlapping, "overlap"),
    (
        "ZIP bomb: 4 entries that unpack to 12 GB",
        lambda: claiming(12_000_000_000),
        "unpacked it would have over",
    ),
    ("10,001 entries", lambda: archive(dict.fromkeys(map(str, range(10_001)), b"x")), "at most"),
    ("a name that is no UTF-8", not_utf8, "not a readable ZIP"),
]


@pytest.mark.parametrize(("what", "make", "why"), WHOLE, ids=[what for what, *_ in WHOLE])
def test_an_archive_that_cannot_be_trusted_is_rejected_whole(
    event_loop: EventLoop,
    record_answer: RecordAnswer,
    what: str,
    make: Callable[[], bytes],
    why: str,
) -> None:
    batch = event_loop.ask("k", packed=(data := make()))
    event_loop.stack.upload(batch.forms[0], data)
    event_loop.run()
    report = batch.report()
    assert report["settled"]
    assert why in report["rejected"]
    assert not event_loop.stack.depth("UploadDlq")
    record_answer("archive", what, f"rejected: {report['rejected'][:160]}")


ONE: list[tuple[str, Callable[[bytes], bytes], str]] = [
    ("an encrypted entry", lambda data: changed(data, FLAGS, 0x1), "encrypted"),
    ("an entry with another CRC", lambda data: changed(data, CRC, 1), "checksum"),
    ("an entry packed with LZMA", lambda data: changed(data, METHOD, 14), "method 14"),
    ("an entry of 30 MB", lambda data: changed(data, RAW, 30_000_000), "30,000,000 bytes"),
    ("an entry that says it is shorter", lambda data: changed(data, RAW, 10), "checksum"),
    (
        "an entry without its local header",
        lambda data: b"\xde\xad\xbe\xef" + data[4:],
        "points to no image",
    ),
    (
        "an entry whose local header claims a longer name",
        lambda data: data[:26] + struct.pack("<H", 60_000) + data[28:],
        "ends within the image",
    ),
]


@pytest.mark.parametrize(("what", "spoil", "why"), ONE, ids=[what for what, *_ in ONE])
def test_one_bad_entry_is_rejected_and_the_rest_is_stored(
    event_loop: EventLoop,
    record_answer: RecordAnswer,
    what: str,
    spoil: Callable[[bytes], bytes],
    why: str,
) -> None:
    batch = event_loop.ask("k", packed=(data := spoil(archive(GOOD))))
    event_loop.stack.upload(batch.forms[0], data)
    event_loop.run()
    report = batch.report()
    [reason] = report["reasons"]
    assert (reason["index"], reason["state"]) == (1, "rejected")
    assert why in reason["reason"]
    assert report["counts"]["stored"] == 2
    assert report["settled"]
    record_answer("archive", what, f"receipt rejected: {reason['reason']}; the rest is stored")


def test_a_bomb_of_one_entry_costs_no_more_than_an_image_may(
    event_loop: EventLoop, record_answer: RecordAnswer
) -> None:
    size = 25 * 1024**2
    packed = of_zeros(1, size)
    assert len(packed) < size / 900
    with zipfile.ZipFile(buffer := io.BytesIO(packed), "a") as both:
        both.writestr("good.png", photo())
    batch = event_loop.ask("k", packed=(data := buffer.getvalue()))
    event_loop.stack.upload(batch.forms[0], data)
    event_loop.run()
    [reason] = batch.report()["reasons"]
    assert batch.report()["counts"]["stored"] == 1
    record_answer(
        "archive",
        "ZIP bomb: an entry that grows a thousandfold, to 25 MiB",
        f"receipt rejected: {reason['reason']}; the rest is stored",
    )


READ: list[tuple[str, dict[str, bytes], list[str]]] = [
    ("names with ../ and from the root", {"../a.png": photo(1), "/b.png": photo(2)}, ["a", "b"]),
    ("names of Windows", {"C:\\photos\\a.png": photo(1)}, ["a"]),
    ("nested folders", {"a/b/c/d.png": photo(1), "a/d.png": photo(2)}, ["d", "d"]),
    (
        "names with dots in front",
        {"..a.png": photo(1), ".b.png": photo(2), ".hidden/c.png": photo(3)},
        ["..a", ".b", "c"],
    ),
    (
        "folders by the backslash of Windows",
        {"photos\\": b"", "photos\\2026\\": b"", "photos\\2026\\a.png": photo(1)},
        ["a"],
    ),
]


@pytest.mark.parametrize(("what", "images", "names"), READ, ids=[what for what, *_ in READ])
def test_odd_names_are_labels_and_nothing_else(
    event_loop: EventLoop,
    record_answer: RecordAnswer,
    what: str,
    images: dict[str, bytes],
    names: list[str],
) -> None:
    batch = event_loop.send_archive(images)
    event_loop.run()
    assert [row["name"] for row in batch.receipts()] == [f"{name}.png" for name in names]
    assert {row["state"] for row in batch.receipts()} == {"stored"}
    assert batch.report()["left_out"]["count"] == 0
    read = ", ".join(f"{name}.png" for name in names)
    record_answer("archive", what, f"stored as {read}")


LITTER: list[tuple[str, list[str]]] = [
    (
        "what a Mac packs",
        ["__MACOSX/._a.png", "__MACOSX/a.png", ".DS_Store", "b/._a.png", "Icon\r"],
    ),
    ("what Windows keeps", ["Thumbs.db", "desktop.ini", "$RECYCLE.BIN\\S-1\\$R1.png"]),
    ("what an Android phone keeps", [".nomedia", ".thumbnails/1.png", ".trashed-17-b.png"]),
    ("what a NAS keeps", ["@eaDir/a.png/SYNOPHOTO_THUMB_M.png", "#recycle/b.png"]),
    ("films of Live Photos, and their edits", ["IMG_1.MOV", "IMG_1.AAE"]),
    ("Google Takeout", ["archive_browser.html", "a.png.supplemental-metadata.json"]),
    ("a chat of WhatsApp", ["_chat.txt", "PTT-1.opus", "Anna.vcf", "VID-1.mp4"]),
]


@pytest.mark.parametrize(("what", "names"), LITTER, ids=[what for what, _ in LITTER])
def test_what_is_no_receipt_is_left_out_counted_and_named(
    event_loop: EventLoop, record_answer: RecordAnswer, what: str, names: list[str]
) -> None:
    batch = event_loop.send_archive({"a.png": photo(1), **{name: photo(2) for name in names}})
    event_loop.run()
    report = batch.report()
    assert [row["name"] for row in batch.receipts()] == ["a.png"]
    assert report["settled"]
    assert report["expected"] + report["left_out"]["count"] == 1 + len(names)
    kinds = report["left_out"]["kinds"]
    assert sorted(name for kind in kinds for name in kind["names"]) == sorted(
        name.replace("\\", "/").replace("\r", "\ufffd") for name in names
    )
    told = ", ".join(f"{kind['kind']} {kind['count']}" for kind in kinds)
    record_answer("archive", f"{what}, beside photos", f"the photos are stored; left out: {told}")


@pytest.mark.parametrize(
    ("what", "inner", "why"),
    [
        ("a ZIP in the archive", archive({"b.png": photo(2)}), "a ZIP archive in an archive"),
        ("a 7z in the archive", b"7z\xbc\xaf\x27\x1c" + bytes(30), "a 7z archive in an archive"),
    ],
)
def test_an_archive_in_an_archive_is_rejected_by_its_kind(
    event_loop: EventLoop, record_answer: RecordAnswer, what: str, inner: bytes, why: str
) -> None:
    batch = event_loop.send_archive({"more.jpg": inner, "a.png": photo(1)})
    event_loop.run()
    [reason] = batch.report()["reasons"]
    assert why in reason["reason"]
    assert batch.report()["counts"]["stored"] == 1
    record_answer("archive", what, f"receipt rejected: {reason['reason']}; the rest is stored")


@pytest.mark.parametrize(("what", "make"), MAKES.items(), ids=MAKES.keys())
def test_archives_of_every_make_are_stored(
    event_loop: EventLoop, record_answer: RecordAnswer, what: str, make: Callable[[], bytes]
) -> None:
    batch = event_loop.ask("k", packed=(data := make()))
    event_loop.stack.upload(batch.forms[0], data)
    event_loop.run()
    assert batch.report()["counts"]["stored"] == batch.report()["expected"] == 1
    record_answer("archive", what, "stored")


def test_a_name_that_is_not_to_be_printed_is_made_printable(
    event_loop: EventLoop, record_answer: RecordAnswer
) -> None:
    name = "\x1b[31mexe.\u202egnp" + "x" * 1_000
    batch = event_loop.send_archive({name: photo(1), "b.png": photo(2)})
    event_loop.run()
    odd, _ = batch.receipts()
    assert odd["name"].startswith("\ufffd[31mexe.\ufffdgnp")
    assert len(odd["name"]) == 200
    record_answer(
        "archive",
        "a name of 1,000 characters with an escape sequence and a right-to-left mark",
        "stored under its first 200 characters, \ufffd for what is not to be seen",
    )


def test_a_directory_of_any_claimed_size_takes_little_memory(record_answer: RecordAnswer) -> None:
    """The splitter has 512 MB; `zipfile` alone would read what the end record claims."""
    size = 3_000_000_000
    end = bytearray(archive(GOOD)[archive(GOOD).rindex(END) :])
    end[12:16] = (size - len(end)).to_bytes(4, "little")  # the directory is the whole archive
    end[16:20] = bytes(4)

    def fetch(start: int, stop: int) -> bytes:
        assert stop - start <= reading.MAX_DIRECTORY_BYTES
        tail = size - len(end)
        return bytes(max(0, min(stop, tail) - start)) + bytes(end[max(0, start - tail) :])

    tracemalloc.start()
    with pytest.raises(BadArchiveError, match="its directory has") as caught:
        list_images(size, fetch)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 10_000_000
    record_answer("archive", "a directory of 3 GB", f"rejected: {caught.value}")


def test_a_directory_as_large_as_it_may_be_fits_into_the_splitter() -> None:
    """As many entries as fit into it, the shortest there are: they must not fill the memory."""
    entry = struct.pack("<4s6H3L5H2L", DIRECTORY, 20, 20, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0)
    count = 65_535  # what an end record without ZIP64 can count
    entries = b"".join(entry + b"x" for _ in range(count))
    end = struct.pack("<4s4H2LH", END, 0, 0, count, count, len(entries), 0, 0)
    data = entries + end
    assert len(entries) <= reading.MAX_DIRECTORY_BYTES
    tracemalloc.start()
    with pytest.raises(BadArchiveError):
        list_images(len(data), lambda start, stop: data[start:stop])
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 200_000_000
