"""What the lab reads and writes doesn't depend on where a command is typed."""

import importlib
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from helpers import every_module
from lab import cli
from lab.support import paths


def test_no_module_names_a_path_that_hangs_on_the_working_directory() -> None:
    relative = [
        f"{module}.{name} = {value}"
        for module in every_module.names()
        for name, value in vars(importlib.import_module(module)).items()
        if isinstance(value, Path) and not value.is_absolute()
    ]
    assert relative == []


def test_a_command_reads_and_writes_the_same_files_from_another_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere, data = tmp_path / "elsewhere", tmp_path / "data"
    elsewhere.mkdir()
    data.mkdir()
    shutil.copy(paths.DATA / "peak.json", data)
    before = (data / "peak.json").stat().st_mtime_ns
    monkeypatch.setattr("lab.measure.peak.cli.DATA", data)
    monkeypatch.chdir(elsewhere)
    CliRunner().invoke(cli.app, ["peak", "--recompute"], catch_exceptions=False)
    assert (data / "peak.json").stat().st_mtime_ns > before
    assert {it.name for it in data.glob("*.html")} == {"peak.figure.html", "peak-lost.figure.html"}
    assert list(elsewhere.iterdir()) == []


def test_the_template_is_found_from_another_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ended = CliRunner().invoke(cli.app, ["plan", "--from-template", "--json"])
    assert ended.exit_code == 0
