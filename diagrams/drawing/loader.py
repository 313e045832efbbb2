"""Loads a sheet by running its file; errors name the file and the line."""

import functools
import pathlib
import types
from typing import Any

import diagrams
from drawing.model import SheetError, shown
from drawing.sheet import Sheet


def read_sheet(path: pathlib.Path) -> Sheet:
    """Run a sheet's file and return the one sheet in it.

    Raises:
        SheetError: with the file and the line, whatever went wrong in it.
    """
    sheet = run_sheet(path)
    if sheet.problems:
        raise SheetError("\n".join(sheet.problems))
    return sheet


def run_sheet(path: pathlib.Path) -> Sheet:
    """The same, with what makes no sense in it still in its `problems`."""
    scope: dict[str, Any] = {"__name__": path.stem, "__file__": str(path)}
    try:
        exec(_compiled(str(path), path.read_text()), scope)  # noqa: S102 - our own sheets
    except SheetError:
        raise
    except Exception as error:
        raise SheetError(f"{_line_in(path, error)}: {type(error).__name__}: {error}") from error
    finally:
        diagrams.setdiagram(None)
        diagrams.setcluster(None)
    found = [it for it in scope.values() if isinstance(it, Sheet)]
    if len(found) != 1:
        raise SheetError(f"{shown(str(path))}:1: found {len(found)} sheets, expected exactly one")
    return found[0]


@functools.lru_cache
def _compiled(name: str, source: str) -> types.CodeType:
    return compile(source, name, "exec")


def _line_in(path: pathlib.Path, error: Exception) -> str:
    line = error.lineno if isinstance(error, SyntaxError) else 1
    trace = error.__traceback__
    while trace:
        if trace.tb_frame.f_code.co_filename == str(path):
            line = trace.tb_lineno
        trace = trace.tb_next
    return f"{shown(str(path))}:{line}"
