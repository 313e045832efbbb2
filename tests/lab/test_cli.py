"""How `receipts-lab` ends: what a script or a make target learns of it."""

import sys

import pytest
import typer

from lab import cli
from lab.patterns.run import PatternError


def ends(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> object:
    """The exit code of a command that ends with `error`."""
    app = typer.Typer()

    @app.command()
    def command() -> None:
        raise error

    monkeypatch.setattr(cli, "app", app)
    monkeypatch.setattr(sys, "argv", ["receipts-lab"])
    monkeypatch.setattr(cli.signal, "signal", lambda *_: None)
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
    ],
    ids=["success", "failure", "Ctrl-C", "wrong option", "expected error"],
)
def test_it_ends_with_what_came_of_it(
    monkeypatch: pytest.MonkeyPatch, error: BaseException, code: int
) -> None:
    assert ends(monkeypatch, error) == code


def test_an_expected_error_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ends(monkeypatch, PatternError("sqs: lost [3]"))
    assert capsys.readouterr().err == "error: sqs: lost [3]\n"
