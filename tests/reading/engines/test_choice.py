"""Engines are chosen by name."""

import pytest

from reading.engines import ENGINES, make_engine


def test_every_engine_can_be_chosen_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    assert [make_engine(name).name for name in ENGINES] == list(ENGINES)


def test_the_error_for_an_unknown_engine_lists_the_known_ones() -> None:
    with pytest.raises(ValueError, match="tesserocr"):
        make_engine("magic")
