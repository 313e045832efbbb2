"""A cascade runs the fast engine first, then the better one."""

from collections.abc import Sequence

import pytest
from PIL import Image

from reading.engine import ImageRequirements, OcrPass, Word
from reading.engines import ENGINES, make_engine
from reading.engines.cascade import CascadeEngine


class SilentEngine:
    """An engine that reads nothing."""

    def __init__(self, name: str, pass_count: int) -> None:
        self.name = name
        self._pass_count = pass_count

    @property
    def passes(self) -> Sequence[OcrPass]:
        return [
            OcrPass(self, ImageRequirements(glyph_height=20 + i)) for i in range(self._pass_count)
        ]

    def read_words(self, image: Image.Image, within_s: float) -> Sequence[Word]:  # noqa: ARG002
        return []


def test_the_fast_engine_has_one_pass_and_the_better_one_all_of_its_own() -> None:
    cascade = CascadeEngine(SilentEngine("fast", 2), SilentEngine("better", 2))
    assert [one.engine.name for one in cascade.passes] == ["fast", "better", "better"]


def test_every_engine_can_be_chosen_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    assert [make_engine(name).name for name in ENGINES] == list(ENGINES)


def test_the_error_for_an_unknown_engine_lists_the_known_ones() -> None:
    with pytest.raises(ValueError, match="tesserocr"):
        make_engine("magic")
