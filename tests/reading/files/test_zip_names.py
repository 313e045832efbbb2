"""Names as their senders see them, whatever wrote the archive and whatever it kept silent about."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.made_zips import DOS, IS_UTF8, NTFS, UNIX, Made, field, unicode_path, zipped
from reading.files.archive import list_images
from reading.files.limits import MAX_NAME
from reading.files.text import printable
from reading.files.zip_directory import read_directory

MAC = 19
WESTERN = [
    "Café Müller.png", "Größe.png", "Grüße aus Köln.jpg", "Rémi.png", "reçu de février.jpg",
    "été à la mer.png", "DÉCEMBRE.PNG", "São Paulo.jpg", "señor ¿qué?.png", "Ålesund.png",
    "perché.jpg", "Österreich.jpg", "Bäckerei Höß.jpg", "Ça va.png", "brød.png", "Ñandú.png",
    "Pão de Açúcar.jpg", "facture n°5.jpg",
]  # fmt: skip
JAPANESE = [
    "東京1月.png", "領収書.png", "レシート 2024.png", "コーヒー.png", "1月.png", "領収書　一月.png",
    "表.png", "ソ.png", "ﾚｼｰﾄ.png", "写真 2024-03-14.png", "IMG_0001 のコピー.jpg", "鞄.png",
]  # fmt: skip


def labels(*entries: Made) -> list[str]:
    data = zipped(*entries)
    images, _ = list_images(len(data), lambda start, stop: data[start:stop])
    return [name for name, _ in images]


def writable(names: list[str], encoding: str) -> list[str]:
    return [name for name in names if name.encode(encoding, "replace").decode(encoding) == name]


@pytest.mark.parametrize(
    ("encoding", "system", "names"),
    [
        *(("cp437", system, WESTERN) for system in (DOS, NTFS)),
        *(("cp850", system, WESTERN) for system in (DOS, NTFS)),
        *(("cp1252", system, WESTERN) for system in (DOS, NTFS, UNIX)),
        *(("cp932", system, JAPANESE) for system in (DOS, NTFS, UNIX)),
        *(("utf-8", system, WESTERN + JAPANESE) for system in (DOS, NTFS, UNIX, MAC)),
    ],
)
def test_a_name_is_read_in_the_code_page_that_wrote_it(
    encoding: str, system: int, names: list[str]
) -> None:
    for name in writable(names, encoding):
        assert labels(Made(name=name.encode(encoding), system=system)) == [name]


def test_names_of_one_archive_are_guessed_together() -> None:
    # By itself the first is as likely of DOS; that the others can't be settles it.
    written = ["Quittung_ä.jpg", "Übung für später.jpg", "Straße.jpg"]
    made = [Made(name=name.encode("cp1252"), system=NTFS) for name in written]
    assert labels(made[0]) != written[:1]
    assert labels(*made) == written


def test_a_name_in_utf8_beside_others_is_no_guess() -> None:
    made = (Made(name="東京.png".encode()), Made(name="Café.png".encode("cp437"), system=DOS))
    assert labels(*made) == ["東京.png", "Café.png"]


@pytest.mark.parametrize("system", [DOS, NTFS, UNIX, MAC])
def test_a_flag_that_is_wrong_costs_nothing(system: int) -> None:
    assert labels(Made(name=b"Caf\xe9.png", flags=IS_UTF8, system=system)) == ["Café.png"]


def test_the_unicode_path_field_counts_if_it_is_of_this_name() -> None:
    real = "東京1月.png"
    lossy = b"??1?.png"
    assert labels(Made(name=lossy, extra=unicode_path(lossy, real))) == [real]
    assert labels(Made(name=lossy, extra=unicode_path(b"other", real))) == ["??1?.png"]
    cut = unicode_path(lossy, real)[:-6]
    assert labels(Made(name=lossy, extra=field(0x9999, b"x") + cut)) == ["??1?.png"]


def test_what_macos_takes_apart_is_put_together() -> None:
    for name in ("Café Müller.png", "한국.png", "ガム.png"):
        taken_apart = unicodedata.normalize("NFD", name)
        assert taken_apart != name
        assert labels(Made(name=taken_apart.encode(), system=MAC)) == [name]


@pytest.mark.parametrize(
    "name",
    [
        "Screenshot 2025-03-14 at 10.15.23\u202fAM.png",
        "領収\u3000一月.png",
        "a\xa0b.png",
        "رسید\u200cها.png",  # noqa: RUF001
        "👨\u200d👩\u200d👧.png",
        "❤\ufe0f.png",
        "葛\U000e0100.png",
        "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f.png",
        "ใบ\u200bเสร็จ.png",
        "\U0001fae9.png",
    ],
)
def test_spaces_and_joiners_of_every_script_stay(name: str) -> None:
    assert labels(Made(name=name.encode())) == [name]


def test_what_acts_on_other_text_is_replaced() -> None:
    assert labels(Made(name="exe.\u202egnp\u2069.png".encode())) == ["exe.\ufffdgnp\ufffd.png"]
    assert labels(Made(name=b"a\x1b[31m\n.png")) == ["a\ufffd[31m\ufffd.png"]
    assert labels(Made(name="\ufeffa\u2028\uffff\U000e0041.png".encode())) == [
        "\ufffda\ufffd\ufffd\ufffd.png"
    ]


def test_a_name_ends_where_c_ends_it() -> None:
    assert labels(Made(name=b"a.png\0.exe"), Made(name=b"\0")) == ["a.png", "?"]


def test_a_long_name_is_cut_between_what_people_see() -> None:
    start = "x" * (MAX_NAME - 1)
    for whole in ("e\u0327\u0302", "👨\u200d👩", "👍\U0001f3fd", "葛\U000e0100"):
        assert labels(Made(name=(start + whole + "y").encode())) == [start]
    assert labels(Made(name=(start + "éy").encode())) == [start + "é"]
    marks = "x" * 9 + "\u0327" * 900
    assert len(labels(Made(name=marks.encode()))[0]) == MAX_NAME


@given(st.lists(st.binary(max_size=40), min_size=1, max_size=5), st.integers(0, 255))
def test_no_bytes_of_a_name_cost_an_entry(names: list[bytes], system: int) -> None:
    data = zipped(*(Made(name=name + b"a", system=system, flags=IS_UTF8) for name in names))
    entries = read_directory(len(data), lambda start, stop: data[start:stop])
    assert len(entries) == len(names)
    for entry in entries:
        assert printable(entry.path) == printable(printable(entry.path))
        entry.path.encode()
