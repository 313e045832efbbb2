"""How every command line of this project looks: help, examples, version, and one style of error."""

import importlib.metadata
import sys
from collections.abc import Callable
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

DISTRIBUTION = "receipts-workshop"
LOOK: dict[str, Any] = {
    "add_completion": False,
    "context_settings": {"help_option_names": ["-h", "--help"]},
    "rich_markup_mode": "markdown",  # reflows the lines of a docstring
}
"""What each `typer.Typer` here is made with."""
WRONG_USE = 2


def examples(*lines: str) -> str | None:
    """A command's epilog: lines as they are typed; None for none."""
    return "\n\n".join(("For example:", *(f"`{line}`" for line in lines))) if lines else None


def version_option(program: str) -> Any:  # noqa: ANN401  an annotation made from a name
    """The type of a callback's parameter `version`: prints the program's version, and ends."""

    def show(asked: bool) -> None:  # noqa: FBT001  Typer calls it so
        if asked:
            typer.echo(f"{program} {importlib.metadata.version(DISTRIBUTION)}")
            raise typer.Exit

    option = typer.Option("--version", callback=show, is_eager=True, help="Say the version.")
    return Annotated[bool, option]


def run(app: typer.Typer, exit_code_of: Callable[[Exception], int | None]) -> None:
    """Run the command line, and end with its exit code.

    An error that is no defect is one line on stderr: wrong use (exit code 2), with where help is,
    and what `exit_code_of` has a code for. Ctrl-C ends with 130.
    """
    try:
        code = app(standalone_mode=False)
    except Exception as error:
        if (told := _wrong_use(error)) is not None:
            if told:  # else it was a group without a command, which has shown its help
                print_error(told)
            sys.exit(WRONG_USE)
        if (code := exit_code_of(error)) is None:
            raise
        print_error(str(error))
    sys.exit(code if isinstance(code, int) else 0)


def print_error(text: str) -> None:
    """One line on stderr, whatever characters it has."""
    Console(stderr=True).print(f"[red]error:[/] {escape(text)}", highlight=False, soft_wrap=True)


def _wrong_use(error: Exception) -> str | None:
    """What Click says of a wrong option or argument, and who helps; None for another error."""
    say: Callable[[], str] | None = getattr(error, "format_message", None)
    if say is None:
        return None
    context = getattr(error, "ctx", None)
    said = say().strip().removesuffix(".")
    if not said or context is None:
        return said
    return f"{said}{'' if said.endswith('?') else '.'} See {context.command_path} --help"
