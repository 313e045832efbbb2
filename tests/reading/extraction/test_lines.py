"""Words are grouped into lines along the paper's slope."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from reading.engine import Word
from reading.extraction.lines import group_words


def word(text: str, left: int, top: int, width: int = 40, height: int = 20) -> Word:
    return Word(text=text, left=left, top=top, width=width, height=height, confidence=0.9)


def texts(words: Sequence[Word]) -> list[str]:
    return [line.text for line in group_words(words)]


def test_lines_read_from_top_to_bottom_and_left_to_right() -> None:
    words = [word("9.00", 300, 42), word("TOTAL", 0, 40), word("SHOP", 100, 0)]
    assert texts(words) == ["SHOP", "TOTAL 9.00"]


def test_a_line_may_climb_by_more_than_its_height() -> None:
    climbing = [word(str(i), i * 50, 100 - i * 8) for i in range(8)]
    below = [word(chr(97 + i), i * 50, 140 - i * 8) for i in range(8)]
    assert texts(climbing + below) == ["0 1 2 3 4 5 6 7", "a b c d e f g h"]


@given(
    st.lists(
        st.builds(word, st.just("x"), st.integers(0, 900), st.integers(0, 900), st.integers(1, 90)),
        max_size=40,
    )
)
def test_no_word_is_lost_and_none_is_doubled(words: list[Word]) -> None:
    grouped = [one for line in group_words(words) for one in line.words]
    assert sorted(map(id, grouped)) == sorted(map(id, words))
