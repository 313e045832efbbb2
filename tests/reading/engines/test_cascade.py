"""A cascade looks with the fast engine first, then with the better one."""

from collections.abc import Sequence

import pytest
from PIL import Image

from reading.engine import Look, Picture, Word
from reading.engines import ENGINES, make_engine
from reading.engines.cascade import CascadeEngine


class Silent:
    """An engine that sees nothing."""

    def __init__(self, name: str, looks: int) -> None:
        self.name = name
        self._looks = looks

    @property
    def looks(self) -> Sequence[Look]:
        return [Look(self, Picture(glyph_height=20 + i)) for i in range(self._looks)]

    def read(self, image: Image.Image, within_s: float) -> Sequence[Word]:  # noqa: ARG002
        return []


def test_the_fast_engine_looks_once_and_the_better_one_as_often_as_it_likes() -> None:
    cascade = CascadeEngine(Silent("fast", 2), Silent("better", 2))
    assert [look.engine.name for look in cascade.looks] == ["fast", "better", "better"]


def test_every_engine_can_be_chosen_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    assert [make_engine(name).name for name in ENGINES] == list(ENGINES)


def test_an_unknown_engine_is_told_with_those_there_are() -> None:
    with pytest.raises(ValueError, match="tesserocr"):
        make_engine("magic")
