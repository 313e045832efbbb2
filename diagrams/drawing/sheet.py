r"""The words that a sheet is written in: a `diagrams` diagram that remembers what it shows.

A sheet is an ordinary program of the `diagrams` package. Its plan places the nodes the way they
stand in the picture; nothing is guessed by a layout program, so rows and columns stay straight.

    PLAN = "customer  batches-api  accept"
    with Sheet("intake", "Intake", "Hundreds of photos in one request.", plan=PLAN):
        customer = Users("Customer", external="the exercise")
        api = APIGateway("Batches API", resource="BatchesApi")
        accept = Lambda("Accept", resource="AcceptFunction")

        step("One request announces the whole batch.")
        customer >> Request("POST") >> api
        api >> Request() >> accept

The plan names a node by its label, in small letters with dashes. What a node may say of itself:
    resource="WriteQueue"        logical id in the template
    process="receipts agent"     a process on the client's premises; `resource` = what it may do
    aws="textract"               an AWS service that the template doesn't own
    external="the exercise"         what is there without us, and who says so
    detail="10 days"             small print; `warning` the same in red
    parts="breaker\nceiling"     what it consists of
    many=True                    many of it work at once
"""

import contextlib
import contextvars
import pathlib
import sys
from collections.abc import Iterator
from typing import Any, cast

import diagrams
from drawing import fonts
from drawing.model import DrawnArrow, DrawnNode, DrawnZone, SheetError, shown, slug
from lab.support.paths import ROOT
from lab.template import Template, read_template

TEMPLATE = "reference/template.yaml"
# Frames of these are ours or the package's; the first one of another file is the sheet's.
_NOT_A_SHEET = (str(pathlib.Path(__file__).parent), str(pathlib.Path(diagrams.__file__).parent))
_NODE_KEYWORDS = {"detail", "warning", "parts", "many", "resource", "process", "aws", "external"}
_replaced: contextvars.ContextVar[dict[str, Template]] = contextvars.ContextVar("replaced")


class Sheet(diagrams.Diagram):
    """One picture: nodes, arrows, zones, the numbered steps, and the plan that places them.

    Args:
        name: file name of the pictures, and first part of every id in the SVG.
        title: heading.
        about: one sentence under the heading.
        plan: the nodes' names as they stand in the picture, a row a line, `.` for nothing. A name
            that is repeated in neighbouring cells is centred over them.
        stamp: what kind of picture it is when it doesn't show what is deployed.
        template: where its names and numbers come from, from the repository's root.
        checked: whether the template must agree with it; by default if it has no stamp.
        leaves_out: wirings between drawn nodes that the sheet doesn't show, each with its reason:
            `{("ReadFunction", "Ledger"): "shown on the whole-system sheet"}`.
        key: what a kind of arrow means on this sheet, where that is not its usual meaning:
            `{"data": "the way taken"}`.
    """

    def __init__(  # noqa: PLR0913 - what a sheet says of itself, each by its name
        self,
        name: str,
        title: str,
        about: str,
        *,
        plan: str,
        stamp: str = "",
        template: str = TEMPLATE,
        checked: bool | None = None,
        leaves_out: dict[tuple[str, str], str] | None = None,
        key: dict[str, str] | None = None,
    ) -> None:
        super().__init__(title, filename=name, show=False)
        self.name, self.title, self.about, self.stamp = name, title, about, stamp
        self.where = _caller()
        _check_letters(self.where, title, about, stamp)
        self.plan = [line.split() for line in plan.strip().splitlines()]
        self.template = _template(template)
        self.checked = not stamp if checked is None else checked
        self.leaves_out = leaves_out or {}
        self.key = {**KINDS, **(key or {})}
        self.nodes: dict[str, DrawnNode] = {}
        self.arrows: list[DrawnArrow] = []
        self.zones: dict[str, DrawnZone] = {}
        self.steps: list[str] = []
        self._names: dict[str, str] = {}  # by the random ids of the `diagrams` package

    def __exit__(self, *_: object) -> None:
        """Close the sheet; unlike a plain diagram it draws nothing yet."""
        diagrams.setdiagram(None)

    def node(self, nodeid: str, label: str, **said: str | bool) -> None:
        """Note a node; the `diagrams` package calls it when one is made."""
        where, name = _caller(), slug(label)
        if name in self.nodes:
            raise SheetError(f"{where}: a second node is called {name!r}; names must differ")
        if unknown := said.keys() - _NODE_KEYWORDS - {"shape", "height", "image"}:
            raise SheetError(f"{where}: {name!r} says {sorted(unknown)}, which means nothing")
        names = {it: str(said.get(it, "")) for it in ("resource", "process", "aws", "external")}
        if not any(names.values()):
            raise SheetError(
                f"{where}: {name!r} must say what it is: resource=, process=, aws= or external="
            )
        _check_letters(where, label, *map(str, said.values()))
        self._names[nodeid] = name
        detail, warning, parts = (
            _lines(str(said.get(it, ""))) for it in ("detail", "warning", "parts")
        )
        self.nodes[name] = DrawnNode(
            name,
            label.split("\n"),
            pathlib.Path(str(said["image"])),
            where,
            detail,
            warning,
            parts,
            many=bool(said.get("many")),
            **names,
        )

    def step(self, sentence: str) -> None:
        """Begin the next numbered step; the arrows that follow belong to it."""
        _check_letters(_caller(), sentence)
        self.steps.append(sentence)

    def connect(self, node: diagrams.Node, node2: diagrams.Node, edge: diagrams.Edge) -> None:
        """Note an arrow; the `diagrams` package calls it for `a >> Request("…") >> b`."""
        where = _caller()
        if not isinstance(edge, Arrow):
            raise SheetError(f"{where}: say what the arrow is: Request, Data, Failure or Signal")
        _check_letters(where, *edge.words)
        for name in ("opened_by", "signed_by"):
            if name in edge.more:
                edge.more[name] = self._names[edge.more[name].nodeid]
        source, target = self._names[node.nodeid], self._names[node2.nodeid]
        kind, number = type(edge).__name__.lower(), len(self.steps)
        self.arrows.append(DrawnArrow(source, target, kind, edge.words, where, number, **edge.more))

    def render(self) -> None:
        """Do nothing: `render.py` draws, from what the sheet noted."""


class Zone(diagrams.Cluster):
    """A frame around nodes.

    Kinds: cloud (all of AWS), stage (what belongs together), vpc, premises (behind the client's
    firewall). The name stands in the upper corner on the `head` side, left or right.
    """

    def __init__(self, label: str, kind: str = "stage", *, head: str = "left") -> None:
        super().__init__(label)
        self.sheet = cast("Sheet", diagrams.getdiagram())
        self.key = slug(label)
        outer = cast("Zone", self._parent).key if self._parent else ""
        self.sheet.zones[self.key] = DrawnZone(self.key, label, kind, _caller(), outer, head)

    def __exit__(self, *_: object) -> None:
        diagrams.setcluster(self._parent)

    def node(self, nodeid: str, label: str, **said: str | bool) -> None:
        """Note a node inside this zone, and so inside those around it."""
        self.sheet.node(nodeid, label, **said)
        key = self.key
        while key:
            self.sheet.zones[key].nodes.append(slug(label))
            key = self.sheet.zones[key].parent


class Arrow(diagrams.Edge):
    r"""What goes from one node to another; it points the way the data goes.

    Args:
        label: a few words on the arrow, `\n` between lines.
        more: `both`, `opened_by`, `signed_by`, `evidence`, `impossible`, `leaves`, `enters` of
            `DrawnArrow`; nodes as such.
    """

    def __init__(self, label: str = "", **more: Any) -> None:  # noqa: ANN401 - of several types
        super().__init__()
        self.words, self.more = _lines(label), more


class Request(Arrow):
    """Someone asks and waits for the answer."""


class Data(Arrow):
    """Receipts, as images, messages or rows."""


class Failure(Arrow):
    """The way of what could not be done."""


class Signal(Arrow):
    """A measurement, a state or a warning."""


def step(sentence: str) -> None:
    """Begin the next numbered step of the sheet that is being written."""
    cast("Sheet", diagrams.getdiagram()).step(sentence)


KINDS = {"request": "request", "data": "data", "failure": "failure", "signal": "state, signal"}


@contextlib.contextmanager
def with_templates(templates: dict[str, Template]) -> Iterator[None]:
    """Show other templates to the sheets that are read inside: `{path: template}`."""
    token = _replaced.set(templates)
    try:
        yield
    finally:
        _replaced.reset(token)


def _template(path: str) -> Template:
    replaced = _replaced.get({})
    return replaced[path] if path in replaced else read_template(ROOT / path, shown_as=path)


def _check_letters(where: str, *texts: str) -> None:
    for text in texts:
        if strange := sorted(set(text) - {*fonts.CHARACTERS, "\n"}):
            raise SheetError(
                f"{where}: the sheets' font has no {strange} (in {text!r}): "
                "add it to CHARACTERS in diagrams/drawing/fonts.py"
            )


def _lines(words: str) -> list[str]:
    return words.split("\n") if words else []


def _caller() -> str:
    """The sheet's file and line that is being run, as `diagrams/baseline.py:12`."""
    frame = sys._getframe(1)  # noqa: SLF001 - the way to a caller's line
    while frame.f_back and frame.f_code.co_filename.startswith(_NOT_A_SHEET):
        frame = frame.f_back
    return f"{shown(frame.f_code.co_filename)}:{frame.f_lineno}"
