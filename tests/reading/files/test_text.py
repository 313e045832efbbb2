"""Which characters of a stranger's text stay."""

import sys

import pytest

from reading.files.text import REPLACEMENT, printable

REFUSED = {
    "controls": 32 + 33,
    "ends of lines": 2,
    "direction marks": 3 + 5 + 4,
    "deprecated marks": 6,
    "byte order": 1,
    "annotations": 3,
    "tags": 128,
    "surrogates": 2_048,
    "noncharacters": 32 + 34,
}


def test_the_same_characters_stay_on_every_version_of_python() -> None:
    """None is asked what it knows of Unicode: what isn't assigned yet stays."""
    refused = [c for c in map(chr, range(sys.maxunicode + 1)) if printable(c) != c]
    assert {printable(c) for c in refused} == {REPLACEMENT}
    assert len(refused) == sum(REFUSED.values())


@pytest.mark.parametrize(
    "text",
    list("\0\x1b\x85\u200f\u061c\u202e\u2067\u2028\ufeff\ufffe\U0010ffff\ud800\U000e0041\ufff9"),
)
def test_what_acts_on_other_text_or_is_none_is_replaced(text: str) -> None:
    assert printable(f"a{text}b") == "a\ufffdb"


@pytest.mark.parametrize(
    "text", list(" \xa0\u202f\u3000\u2009\u1680\u200b\u200c\u200d\u2060\ufe0f")
)
def test_spaces_and_joiners_stay(text: str) -> None:
    assert printable(f"a{text}b") == f"a{text}b"


def test_tags_stay_in_a_flag_alone() -> None:
    flag = "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"
    assert printable(flag) == flag
    assert printable(flag[1:]) == REPLACEMENT * 6
