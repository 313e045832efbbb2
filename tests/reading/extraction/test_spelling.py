"""Common words of names and addresses are corrected if an engine doubted them, and no others."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.fakes_reading import printed
from reading.engine import Word
from reading.extraction.lines import Line
from reading.extraction.spelling import correct_spelling, known_word


def line(*words: tuple[str, float]) -> Line:
    return Line(
        tuple(
            Word(text=text, left=i * 90, top=0, width=80, height=20, confidence=by)
            for i, (text, by) in enumerate(words)
        )
    )


@pytest.mark.parametrize(
    ("seen", "right"),
    [("HARDWARF", "HARDWARE"), ("Iaman", "Taman"), ("Jin", "Jln"), ("RESTAURAMT,", "RESTAURANT,")],
)
def test_a_doubtful_word_becomes_the_one_it_resembles(seen: str, right: str) -> None:
    assert correct_spelling(line((seen, 0.6))).text == right


def test_what_the_engine_was_sure_of_stays_but_for_letters_that_look_alike() -> None:
    assert correct_spelling(line(("HARDWARF", 0.97), ("HART", 0.97))).text == "HARDWARF HART"
    assert correct_spelling(line(("JAIAN", 0.97))).text == "JALAN"


@pytest.mark.parametrize("name", ["SANYO", "DELI", "12", "Kim's", "MART"])
def test_a_word_that_resembles_none_stays(name: str) -> None:
    assert correct_spelling(line((name, 0.1))).text == name


def test_scraps_at_the_ends_of_a_line_go_and_figures_stay() -> None:
    torn = line(("xx", 0.2), ("Jalan", 0.9), ("8", 0.3), ("oy", 0.4))
    assert correct_spelling(torn).text == "Jalan 8"


def test_a_line_is_never_emptied() -> None:
    assert correct_spelling(line(("x", 0.1))).text == "x"
    (clean,) = printed("CORNER BAKERY")
    assert correct_spelling(clean) == clean


@given(st.text())
def test_a_corrected_word_is_not_corrected_again(token: str) -> None:
    known = known_word(token)
    assert known is None or known_word(known) is None


@pytest.mark.parametrize(
    ("sure", "right"),
    [("HARDWAKE", "HARDWARE"), ("STATIONARY", "STATIONARY"), ("HARDWARES", "HARDWARES")],
)
def test_a_consonant_within_a_long_word_is_the_engine_s_and_a_vowel_the_merchant_s(
    sure: str, right: str
) -> None:
    assert correct_spelling(line((sure, 0.99))).text == right
