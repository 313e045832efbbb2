"""The results that are written: read once, and again when something else would read them."""

from pathlib import Path

import pytest
from rich.console import Console

from helpers.fakes_reading import ScriptedEngine, words
from lab.measure.peak import replay_corpus as module
from lab.measure.peak.replay_corpus import replay_results


@pytest.fixture
def engines(monkeypatch: pytest.MonkeyPatch) -> list[ScriptedEngine]:
    """Each engine that was started."""
    started: list[ScriptedEngine] = []

    def start(_: str) -> ScriptedEngine:
        started.append(ScriptedEngine(words("CORNER BAKERY", "DATE 2026-01-28", "TOTAL 3.20")))
        return started[-1]

    monkeypatch.setattr(module, "DISTINCT_RECEIPTS", 1)
    monkeypatch.setattr(module, "make_engine", start)
    return started


def test_receipts_are_read_once(engines: list[ScriptedEngine], tmp_path: Path) -> None:
    first = replay_results(Console(quiet=True), tmp_path)
    assert str(first[0].receipt.total) == "3.20"
    assert replay_results(Console(quiet=True), tmp_path) == first
    assert len(engines) == 1


@pytest.mark.parametrize("decisive", ["engine_version", "pictures_version", "code_digest"])
def test_another_engine_other_pictures_or_other_code_read_them_anew(
    engines: list[ScriptedEngine], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, decisive: str
) -> None:
    replay_results(Console(quiet=True), tmp_path)
    monkeypatch.setattr(module, decisive, lambda *_: "another")
    replay_results(Console(quiet=True), tmp_path)
    assert len(engines) == 2
