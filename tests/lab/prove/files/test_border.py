"""Damaged files of every kind: pages, or an error in words for the sender; nothing else leaves."""

import pytest

from lab.prove.files import border
from lab.prove.files.border import judge, judge_seeds
from lab.prove.files.mutations import mutated, originals
from reading.extraction.decode import UnreadableImageError
from reading.files.kinds import RECEIPT_KINDS, kind_of

pytestmark = pytest.mark.slow


def test_the_originals_are_of_every_kind_that_may_hold_a_receipt_and_are_read() -> None:
    assert {kind_of(data) for data in originals().values()} >= {
        kind for kind in RECEIPT_KINDS if kind.name != "HEIF"
    }
    for name, data in originals().items():
        assert judge(name, data).result == "read", name


def test_a_seed_always_damages_the_same_file_in_the_same_way() -> None:
    assert mutated(7) == mutated(7)
    assert mutated(7) != mutated(8)


def test_of_damaged_files_nothing_leaves_but_pages_and_words_for_the_sender() -> None:
    outcomes = list(judge_seeds(1_000_000, 700))
    assert [one for one in outcomes if one.fault] == []
    assert {one.result for one in outcomes} == {"read", "doubtful", "refused"}


@pytest.mark.parametrize(
    ("raised", "fault"),
    [
        (KeyError("x"), "KeyError"),
        (UnreadableImageError("cannot identify <_io.BytesIO object at 0x7f>"), "no words"),
        (UnreadableImageError("two\nlines"), "no words"),
        (UnreadableImageError(""), "no words"),
    ],
)
def test_anything_else_is_a_fault(
    monkeypatch: pytest.MonkeyPatch, raised: Exception, fault: str
) -> None:
    def pictures(data: bytes) -> list[Exception]:
        del data
        if isinstance(raised, UnreadableImageError):
            return [raised]
        raise raised

    monkeypatch.setattr(border, "pictures", pictures)
    assert fault in judge("a.png", originals()["rgb.png"]).fault
