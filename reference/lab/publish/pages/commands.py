"""The command reference, made from the programs themselves as `--help` is."""

from collections.abc import Iterator
from typing import Any

import typer

from lab.publish.pages.markdown import table


def describe(program: str, app: typer.Typer) -> str:
    """Every command of the program: usage, description, arguments and options."""
    group: Any = typer.main.get_command(app)
    context = typer.Context(group, info_name=program)
    return "\n".join(
        "\n".join(_command(name, group.get_command(context, name), context))
        for name in group.list_commands(context)
    )


def _command(name: str, command: Any, parent: typer.Context) -> Iterator[str]:  # noqa: ANN401  typer exports no type for it
    context = typer.Context(command, info_name=name, parent=parent)
    usage = " ".join(command.collect_usage_pieces(context))
    yield f"### `{context.command_path}` {{#{context.command_path.replace(' ', '-')}}}\n"
    yield f"```text\n{context.command_path} {usage}\n```\n"
    yield f"{(command.help or '').strip()}\n"
    if command.epilog:
        yield f"{command.epilog}\n"
    if rows := list(_parameters(command, context)):
        width = 3 if any(default for *_, default in rows) else 2
        yield table(("", "what", "default")[:width], [row[:width] for row in rows])
    yield ""


def _parameters(command: Any, context: typer.Context) -> Iterator[tuple[str, str, str]]:  # noqa: ANN401
    for it in command.get_params(context):
        if it.name == "help":
            continue
        names = "/".join([*it.opts, *it.secondary_opts])
        if it.param_type_name == "argument":
            names = (it.name or "").upper()
        description, _, written_default = (getattr(it, "help", None) or "").partition(" Default: ")
        if environment := getattr(it, "envvar", None):
            description += f" Or set `{environment}`."
        default = f"`{written_default.removesuffix('.')}`" if written_default else _default(it)
        yield f"`{names}`", description, default


def _default(parameter: Any) -> str:  # noqa: ANN401
    default = parameter.default
    if parameter.required:
        return "required"
    if default is None or default == "" or callable(default):
        return ""
    if isinstance(default, bool):
        return "yes" if default else "no"
    return f"`{default}`"
