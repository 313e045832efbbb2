"""A group of commands whose modules are imported only when they are called.

Typer alone imports what every command needs, whichever one is called: seconds only to list them,
and what one of them can't import stops all others.
"""

import importlib
from collections.abc import Mapping
from typing import Any, cast

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

Commands = Mapping[str, tuple[str, str]]
"""By name: where the command is, as `module:attribute`, and the line that lists it."""


class LazyGroup(TyperGroup):
    """The commands of the table `lazy`, which a subclass names.

    An attribute is a function or a Typer application.
    """

    lazy: Commands

    def __init__(self, **settings: Any) -> None:  # noqa: ANN401  Typer's own
        listed = {name: TyperCommand(name, help=line) for name, (_, line) in self.lazy.items()}
        super().__init__(**settings | {"commands": listed})

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ANN401, ARG002  Typer names no type
        """Import the command called so; None where there is none."""
        if cmd_name not in self.lazy:
            return None
        module, _, attribute = self.lazy[cmd_name][0].partition(":")
        found = getattr(importlib.import_module(module), attribute)
        if not isinstance(found, typer.Typer):
            function, found = found, typer.Typer(add_completion=False)
            found.command(cmd_name)(function)
        return get_command(found)

    def format_help(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401
        """List the commands by their lines; none is imported for it."""
        listing = TyperGroup(
            name=self.name,
            help=self.help,
            params=self.params,
            commands=cast("dict[str, Any]", self.commands),
            rich_markup_mode=self.rich_markup_mode,
        )
        listing.format_help(ctx, formatter)
