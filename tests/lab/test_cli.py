"""How `receipts-lab` ends: what a script or a make target learns of it."""

import importlib
import shlex
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from helpers import every_module
from lab import cli
from lab.measure.patterns.run import PatternError
from lab.prove.drills.cli import DRILLS
from lab.prove.simulation.bugs import BUGS
from lab.support.errors import LabError
from receipts.errors import PackingError, ServiceError, ServiceRefusedError

GROUP: Any = typer.main.get_command(cli.app)

DELIBERATE = {"InjectedError", "OutOfReachError"}
"""Faults that the lab throws itself, to be caught by what it tests."""


def ends(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> object:
    """The exit code of a command that ends with `error`."""
    app = typer.Typer()

    @app.command()
    def command() -> None:
        raise error

    monkeypatch.setattr(cli, "app", app)
    monkeypatch.setattr(sys, "argv", ["receipts-lab"])
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return ended.value.code


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (typer.Exit(0), 0),
        (typer.Exit(1), 1),  # the demo's ledger doesn't balance, a drill failed
        (KeyboardInterrupt(), 130),
        (typer.BadParameter("no pattern is called 'sqz'"), 2),
        (PatternError("sqs: lost [3]"), 1),
        (PackingError("no photos"), 1),
        (ServiceError("no answer"), 1),
        (ServiceRefusedError("404"), 1),
    ],
    ids=[
        "success",
        "failure",
        "Ctrl-C",
        "wrong option",
        "the lab's",
        "a parcel's",
        "no answer",
        "the API's no",
    ],
)
def test_it_ends_with_what_came_of_it(
    monkeypatch: pytest.MonkeyPatch, error: BaseException, code: int
) -> None:
    assert ends(monkeypatch, error) == code


@pytest.mark.parametrize("before", [signal.SIG_DFL, signal.SIG_IGN], ids=["a shell", "nohup"])
def test_a_closed_terminal_ends_it_unless_it_was_told_to_ignore_that(
    monkeypatch: pytest.MonkeyPatch, before: signal.Handlers
) -> None:
    app = typer.Typer()
    app.command()(lambda: signal.raise_signal(signal.SIGHUP))
    monkeypatch.setattr(cli, "app", app)
    monkeypatch.setattr(sys, "argv", ["receipts-lab"])
    handlers = {one: signal.getsignal(one) for one in (signal.SIGHUP, signal.SIGTERM)}
    signal.signal(signal.SIGHUP, before)
    try:
        with pytest.raises(SystemExit) as ended:
            cli.main()
    finally:
        for one, handler in handlers.items():
            signal.signal(one, handler)
    assert ended.value.code == (0 if before is signal.SIG_IGN else 130)


def test_an_expected_error_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ends(monkeypatch, PatternError("sqs: lost [3]"))
    assert capsys.readouterr().err == "error: sqs: lost [3]\n"


def test_a_defect_is_not_taken_for_an_expected_error(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValueError, match="a defect"):
        ends(monkeypatch, ValueError("a defect"))


def test_a_folder_without_labels_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "argv", ["receipts-lab", "fit-reading", str(tmp_path)])
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    monkeypatch.setenv("COLUMNS", "400")
    monkeypatch.setenv("OMP_THREAD_LIMIT", "1")  # put back afterwards: the command sets it
    with pytest.raises(SystemExit, match="1"):
        cli.main()
    last = capsys.readouterr().err.strip().splitlines()[-1]
    assert last == f"error: no images with labels of the same name in {tmp_path}"


def test_every_error_of_the_lab_is_expected_or_a_broken_promise() -> None:
    errors = {
        error
        for module in every_module.names()
        if module.startswith("lab.")
        for error in vars(importlib.import_module(module)).values()
        if isinstance(error, type) and issubclass(error, Exception)
        if error.__module__ == module and not error.__name__.startswith("_")
    }
    unexpected = {it for it in errors if not issubclass(it, LabError | AssertionError)}
    assert {it.__name__ for it in unexpected} == DELIBERATE


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_a_commands_line_in_the_list_is_the_beginning_of_its_docstring(name: str) -> None:
    context = typer.Context(GROUP)
    first_paragraph = GROUP.get_command(context, name).help.split("\n\n")[0]
    assert GROUP.commands[name].help == " ".join(first_paragraph.split())


def test_the_list_shows_every_command_with_its_line() -> None:
    listed = CliRunner().invoke(cli.app, ["--help"], env={"COLUMNS": "200"}).output
    for name in cli.COMMANDS:
        shown = [name, *GROUP.commands[name].help.replace("`", "").split()]
        assert any(it.strip("│ ").split() == shown for it in listed.splitlines())


@pytest.mark.slow
def test_listing_the_commands_imports_none_of_them() -> None:
    code = (
        "import sys; from lab import cli; cli.app(['--help'], standalone_mode=False);"
        "ours = (it for it in sys.modules if it.startswith(('lab', 'receipts')));"
        "print('imported:', *sorted(ours))"
    )
    done = subprocess.run(  # noqa: S603  our own program
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    imported = done.stdout.rpartition("imported: ")[2].split()
    assert imported == [
        "lab",
        "lab.cli",
        "lab.support",
        "lab.support.errors",
        "lab.support.lazy_group",
    ]


def test_a_command_that_is_not_there_is_a_wrong_option_and_the_nearest_is_named() -> None:
    ended = CliRunner().invoke(cli.app, ["soack"])
    assert ended.exit_code == 2
    assert "soak" in ended.output


@pytest.mark.parametrize(("name", "example"), cli.EXAMPLES.items())
def test_an_example_is_taken_as_it_is_typed(name: str, example: str) -> None:
    settings, _, arguments = example.partition(f"receipts-lab {name}")
    assert all("=" in it for it in settings.split())
    command = GROUP.get_command(typer.Context(GROUP), name)
    command.make_context(name, shlex.split(arguments))


def test_the_bug_and_the_drill_of_the_examples_are_there() -> None:
    assert shlex.split(cli.EXAMPLES["replay"])[-1] in {it.name for it in BUGS}
    assert any(shlex.split(cli.EXAMPLES["drills"])[-1] in it.__name__ for it in DRILLS)
