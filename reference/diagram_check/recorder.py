"""Runs files of the `diagrams` package and records what they draw; nothing is drawn.

Neither Graphviz nor an image file is needed: while a file runs, the package's diagrams note their
nodes and edges, with the line of each, instead of calling `dot`.
"""

import contextlib
import contextvars
import dataclasses
import runpy
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import diagrams
from diagram_check.errors import DiagramError

_LIBRARY = str(Path(diagrams.__file__).parent)
_OURS = str(Path(__file__).parent)


@dataclasses.dataclass
class Recorded:
    """What the diagrams of a file consist of."""

    path: str
    where: str = ""  # of its first diagram
    nodes: list[tuple[Any, str]] = dataclasses.field(default_factory=list)
    edges: list[tuple[Any, Any, Any, str]] = dataclasses.field(default_factory=list)
    """From, to and edge, each with the package's own class; and the line."""


def record(path: Path, shown_as: str = "") -> Recorded:
    """Run a file as `python FILE` would, and return what its diagrams consist of.

    Raises:
        DiagramError: the file can't be read or run, or draws nothing.
    """
    shown_as = shown_as or str(path)
    if not path.is_file():
        raise DiagramError(f"{shown_as}: no such file")
    recorded = Recorded(shown_as)
    try:
        with _recording(recorded, path), _as_script(path), contextlib.redirect_stdout(sys.stderr):
            runpy.run_path(str(path), run_name="__main__")
    except SystemExit as error:
        if error.code not in (None, 0):
            raise DiagramError(f"{shown_as}: ended itself with {error.code!r}") from error
    except Exception as error:
        line = _line_in(path, error)
        raise DiagramError(f"{shown_as}:{line}: {type(error).__name__}: {error}") from error
    if not recorded.nodes:
        raise DiagramError(f"{shown_as}:1: draws no node of the diagrams package")
    return recorded


def is_recording() -> bool:
    """Whether diagrams are being recorded: whoever overrides `Diagram` then draws nothing."""
    return _is_recording.get()


_is_recording: contextvars.ContextVar[bool] = contextvars.ContextVar("recording", default=False)


@contextlib.contextmanager
def _recording(recorded: Recorded, path: Path) -> Iterator[None]:
    """While it lasts, diagrams are recorded and not drawn."""
    made = diagrams.Node.__init__

    def begin(self: Any, *arguments: Any, **keywords: Any) -> None:  # noqa: ANN401
        made(self, *arguments, **keywords)
        recorded.nodes.append((self, _caller(path)))

    def connect(_: Any, node: Any, node2: Any, edge: Any) -> None:  # noqa: ANN401
        both = [node2] if not isinstance(node2, list) else node2
        recorded.edges += [(node, it, edge, _caller(path)) for it in both]

    def enter(self: Any) -> Any:  # noqa: ANN401
        recorded.where = recorded.where or _caller(path)
        diagrams.setdiagram(self)
        return self

    def leave(*_: object) -> None:
        diagrams.setdiagram(None)

    replaced = {"__enter__": enter, "__exit__": leave, "connect": connect, "render": leave}
    known = {name: vars(diagrams.Diagram)[name] for name in replaced}
    token = _is_recording.set(True)
    try:
        diagrams.Node.__init__ = begin  # type: ignore[method-assign]
        for name, it in replaced.items():
            setattr(diagrams.Diagram, name, it)
        yield
    finally:
        diagrams.Node.__init__ = made  # type: ignore[method-assign]
        for name, it in known.items():
            setattr(diagrams.Diagram, name, it)
        diagrams.setdiagram(None)
        diagrams.setcluster(None)
        _is_recording.reset(token)


@contextlib.contextmanager
def _as_script(path: Path) -> Iterator[None]:
    """Arguments and import path as for a script: no argument, its folder first."""
    arguments, places = sys.argv[:], sys.path[:]
    sys.argv[:] = [str(path)]
    sys.path.insert(0, str(path.parent.resolve()))
    try:
        yield
    finally:
        sys.argv[:], sys.path[:] = arguments, places


def _caller(path: Path) -> str:
    """The line of the file that is being run, or of its own module that draws for it."""
    frame, other = sys._getframe(1), ""  # noqa: SLF001 - the way to a caller's line
    while frame:
        name = frame.f_code.co_filename
        if name == str(path):
            return f"{path}:{frame.f_lineno}"
        if not other and not name.startswith((_LIBRARY, _OURS, "<")):
            other = f"{name}:{frame.f_lineno}"
        frame = frame.f_back  # type: ignore[assignment]
    return other


def _line_in(path: Path, error: Exception) -> int:
    line = error.lineno or 1 if isinstance(error, SyntaxError) else 1
    trace = error.__traceback__
    while trace:
        if trace.tb_frame.f_code.co_filename == str(path):
            line = trace.tb_lineno
        trace = trace.tb_next
    return line
