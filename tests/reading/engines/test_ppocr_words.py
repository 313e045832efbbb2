"""The networks read lines; the fields want words, without the accents that dirt makes."""

from reading.engine import Word
from reading.engines.ppocr.words import split_line, without_stray_accents


def words(*texts: str) -> list[Word]:
    return [Word(text=t, left=0, top=0, width=9, height=9, confidence=0.9) for t in texts]


def test_a_line_is_split_into_words_that_share_its_box_by_letters() -> None:
    box = [(100.0, 10.0), (300.0, 10.0), (300.0, 40.0), (100.0, 40.0)]
    first, second = split_line("TOTAL 20.80", box, 0.9)
    assert (first.text, second.text) == ("TOTAL", "20.80")
    assert first.left == 100
    assert second.left + second.width == 300
    assert (second.top, second.height) == (10, 30)


def test_a_stray_accent_is_dirt() -> None:
    read = without_stray_accents(words("SETIA", "\u00c1LAM", *["x"] * 30))
    assert read[1].text == "ALAM"


def test_a_language_with_accents_keeps_them() -> None:
    read = without_stray_accents(words("caf\u00e9", "cr\u00e8me", "pay\u00e9", "le", "12,50"))
    assert read[0].text == "caf\u00e9"


def test_umlauts_are_never_dirt() -> None:
    read = without_stray_accents(words("M\u00fcller", *["x"] * 40))
    assert read[0].text == "M\u00fcller"
