"""A group of commands whose modules are imported only when they are called.

Typer alone imports every command's modules for any call: listing the commands would take seconds,
and an import that fails for one command would stop all of them.
"""

import importlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from commands import terminal

Commands = Mapping[str, str]
"""By name: the command, as `module:attribute`."""


def first_paragraph(command: str) -> str:
    """The first paragraph of a command's docstring, read from the source without importing it."""
    module, _, attribute = command.partition(":")
    path = Path(__file__).parents[2].joinpath(*module.split(".")).with_suffix(".py")
    source = path.read_text(encoding="utf-8")
    begin = rf"(?:def {attribute}\(|@{attribute}\.callback\(\)\ndef )"
    found = re.search(rf'^{begin}.*?"""(.+?)(?:\n\n|""")', source, re.MULTILINE | re.DOTALL)
    if found is None:
        raise LookupError(f"{command} has no docstring")
    return " ".join(found[1].split())


class LazyGroup(TyperGroup):
    """The commands of the table `lazy`, which a subclass defines, and how some are typed.

    An attribute in it is a function or a Typer application.
    """

    lazy: Commands
    examples: Mapping[str, str] = {}

    def __init__(self, **settings: Any) -> None:  # noqa: ANN401  Typer's own
        listed = {
            name: TyperCommand(name, help=first_paragraph(command))
            for name, command in self.lazy.items()
        }
        super().__init__(**settings | {"commands": listed})

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ANN401, ARG002  Typer names no type
        """Import the command with this name; None where there is none."""
        if cmd_name not in self.lazy:
            return None
        module, _, attribute = self.lazy[cmd_name].partition(":")
        found = getattr(importlib.import_module(module), attribute)
        if not isinstance(found, typer.Typer):
            function, found = found, typer.Typer(**terminal.LOOK)
            typed = [self.examples[cmd_name]] if cmd_name in self.examples else []
            found.command(cmd_name, epilog=terminal.examples(*typed))(function)
        return get_command(found)

    def format_help(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401
        """List the commands with their lines, without importing any."""
        listing = TyperGroup(
            name=self.name,
            help=self.help,
            params=self.params,
            commands=cast("dict[str, Any]", self.commands),
            rich_markup_mode=self.rich_markup_mode,
        )
        listing.format_help(ctx, formatter)
