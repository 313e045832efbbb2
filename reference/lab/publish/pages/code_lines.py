"""Finds the lines of code behind the template: a handler, and where a resource's name is used.

A function learns the name of a queue, bucket or table from a variable of its environment, and the
agent from a key of its configuration. Where the code reads that name is where the arrow begins.
"""

import ast
import functools
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from lab.support.paths import REFERENCE, ROOT

AGENT = REFERENCE / "receipts" / "agent"


class Line(NamedTuple):
    """A line of a file: `at` is its path from the repository's root and its number."""

    at: str
    text: str


def line(path: Path, number: int) -> Line:
    """The file's line of this number, counted from 1."""
    text = path.read_text().splitlines()[number - 1].partition("  # noqa")[0].strip()
    return Line(f"{path.relative_to(ROOT)}:{number}", text.removeprefix('"""'))


def first_line(module: Path) -> str:
    """What a module says that it is: its docstring's first line."""
    return (ast.get_docstring(_parsed(module)) or "").partition("\n")[0].rstrip(".")


def handler_line(handler: str) -> Line:
    """Where the handler `package.module.function` is defined. Raises LookupError."""
    module, _, function = handler.rpartition(".")
    path = _module(module)
    for node in _parsed(path).body:
        if isinstance(node, ast.FunctionDef) and node.name == function:
            return line(path, node.lineno)
    raise LookupError(f"{path.relative_to(ROOT)} has no function {function!r}")


def uses_of_variable(handler: str, variable: str) -> list[Line]:
    """The lines that read an environment variable for a handler: in its module, and its wiring's.

    The wiring is the function that builds what the handler needs from its settings; it is found by
    the settings' class, which the handler's module names.
    """
    path, field = _module(handler.rpartition(".")[0]), variable.lower()
    own = _parsed(path)
    found = [line(path, at) for at in _reads(own, field)]
    for module, kind in _settings(own):
        for builder in _parsed(module).body:
            if isinstance(builder, ast.FunctionDef) and _asks_for(builder, kind):
                found += [line(module, at) for at in _reads(builder, field)]
    return found


def uses_of_key(key: str) -> list[Line]:
    """The lines of the agent that read a key of its configuration."""
    return [
        line(path, at)
        for path in sorted(AGENT.glob("*.py"))
        for at in _reads(_parsed(path), key, of="config")
    ]


def _module(name: str) -> Path:
    return REFERENCE.joinpath(*name.split(".")).with_suffix(".py")


@functools.lru_cache
def _parse(source: str) -> ast.Module:
    return ast.parse(source)


def _parsed(path: Path) -> ast.Module:
    return _parse(path.read_text())


def _reads(within: ast.AST, field: str, of: str = "") -> list[int]:
    """Where an attribute of this name is read, of any object or of one called `of`."""
    return sorted(
        {
            node.lineno
            for node in ast.walk(within)
            if isinstance(node, ast.Attribute)
            and node.attr == field
            and (not of or (isinstance(node.value, ast.Name) and node.value.id == of))
        }
    )


def _settings(module: ast.Module) -> Iterator[tuple[Path, str]]:
    """The wiring's module and the class of the settings: `Settings = wiring.SplitSettings`."""
    imported = {
        name.asname or name.name: f"{node.module}.{name.name}"
        for node in module.body
        if isinstance(node, ast.ImportFrom)
        for name in node.names
    }
    for node in module.body:
        kinds: list[ast.expr] = []
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "Settings":
            kinds = [node.value]
        elif isinstance(node, ast.ClassDef) and node.name == "Settings":
            kinds = node.bases
        for kind in kinds:
            if isinstance(kind, ast.Attribute) and isinstance(kind.value, ast.Name):
                yield _module(imported[kind.value.id]), kind.attr


def _asks_for(builder: ast.FunctionDef, kind: str) -> bool:
    asked = f"settings({kind})"
    return any(ast.unparse(it) == asked for it in ast.walk(builder) if isinstance(it, ast.Call))
