"""What came along with the receipts is told by its path; what may be a receipt never is."""

import pytest

from reading.files.left_out import (
    DATA,
    DELETED,
    FILMS,
    MAX_NAMED,
    SOUND,
    SYSTEM,
    THUMBNAILS,
    sum_up,
    why_left_out,
)
from reading.files.limits import MAX_NAME

LEFT_OUT = {
    SYSTEM: [
        "__MACOSX/Receipts/._IMG_0001.png",
        "__MACOSX/IMG_0001.png",
        "Receipts/._IMG_0001.jpg",
        "Receipts/.DS_Store",
        "Thumbs.db",
        "Receipts\\Thumbs.db",
        "Thumbs.db:encryptable",
        "THUMBS.DB",
        "desktop.ini",
        "Receipts/Icon\r",
        "Receipts/Icon\ufffd",
        "DCIM/.nomedia",
        "System Volume Information/IndexerVolumeGuid",
        ".Spotlight-V100/Store-V2/a.jpg",
        "#snapshot/GMT-2026.11.27/a.jpg",
        "~$receipts.docx",
    ],
    DELETED: [
        "DCIM/.trashed-1700000000-IMG_1.jpg",
        "$RECYCLE.BIN/S-1-5-21/$RX3.jpg",
        "$Recycle.Bin\\S-1-5-21\\$RX3.jpg",
        ".Trashes/501/a.jpg",
        ".Trash-1000/files/a.jpg",
        "#recycle/a.jpg",
        "@Recycle/a.jpg",
    ],
    THUMBNAILS: [
        "@eaDir/IMG_1.jpg/SYNOPHOTO_THUMB_M.jpg",
        ".@__thumb/s100IMG_1.jpg",
        "DCIM/.thumbnails/17.jpg",
        "DCIM/.thumbdata4--1967290299",
        "MVI_1.THM",
    ],
    FILMS: ["IMG_0001.MOV", "VID.mp4", "a.3gp", "PXL_2026.MP"],
    SOUND: ["PTT-20261127-WA0001.opus"],
    DATA: [
        "Takeout/Google Photos/Receipts/IMG_1.png.supplemental-metadata.json",
        "Takeout/archive_browser.html",
        "IMG_0001.AAE",
        "_chat.txt",
        "Anna.vcf",
        "shared.csv",
    ],
}

FOR_THE_READER = [
    "IMG_1.jpg",
    "..IMG_1.png",
    ".hidden/IMG_2.png",
    ".IMG_3.jpg",
    ".jpg",
    "IMG_0001",
    "IMG.jpg.download",
    "IMG.jpg.unknown",
    "PXL_2026.MP.jpg",
    "hotel.pdf",
    "more.zip",
    "invoice.docx",
    "Icon",
    "icon.png",
    "json",
    "thumbs.db.jpg",
    "Thumbnails/IMG_1.jpg",
    "Films.mov/IMG_1.jpg",
    "recycle/IMG_1.jpg",
    "",
    "Receipts/",
]


@pytest.mark.parametrize(
    ("path", "why"), [(path, why) for why, paths in LEFT_OUT.items() for path in paths]
)
def test_what_is_no_receipt_is_left_out_with_its_reason(path: str, why: str) -> None:
    assert why_left_out(path) == why


@pytest.mark.parametrize("path", FOR_THE_READER)
def test_what_may_be_a_receipt_goes_to_the_reader(path: str) -> None:
    assert why_left_out(path) is None


def test_what_is_left_out_is_counted_by_kind_and_the_first_of_each_are_named() -> None:
    litter = [(f"{n}/._a.jpg", SYSTEM) for n in range(MAX_NAMED + 3)]
    left_out = sum_up([*litter, ("IMG_1.MOV", FILMS)])
    assert left_out.count == MAX_NAMED + 4
    assert [(it.kind, it.count, len(it.names)) for it in left_out.kinds] == [
        (SYSTEM, MAX_NAMED + 3, MAX_NAMED),
        (FILMS, 1, 1),
    ]
    assert str(left_out).endswith("9/._a.jpg, and 3 more), films 1 (IMG_1.MOV)")


def test_nothing_left_out_says_nothing() -> None:
    assert (sum_up([]).count, str(sum_up([]))) == (0, "")


def test_names_of_what_is_left_out_are_safe_to_show_and_bounded() -> None:
    [kind] = sum_up([("\x1b[31m" + "x" * 1_000 + ".json", DATA)]).kinds
    [name] = kind.names
    assert name.isprintable()
    assert len(name) <= MAX_NAME
