r"""The vocabulary of sheets: a `diagrams` diagram that records its nodes, arrows and steps.

A sheet is a program of the `diagrams` package. Its plan places the nodes as they appear in the
picture; no layout engine is involved, so rows and columns stay straight.

    PLAN = "customer  batches-api  accept"
    with Sheet("intake", "Intake", "Hundreds of photos in one request.", plan=PLAN):
        customer = Users("Customer", external="the exercise")
        api = APIGateway("Batches API", resource="BatchesApi")
        accept = Lambda("Accept", resource="AcceptFunction")

        step("One request announces the whole batch.")
        customer >> Request("POST") >> api
        api >> Request() >> accept

The plan names a node by its label, in small letters with dashes. A node's keywords:
    resource="WriteQueue"        logical id in the template
    process="receipts agent"     a process on the client's premises; its `resource` = its policy
    aws="textract"               an AWS service that the template doesn't own
    external="the exercise"      what exists outside the template, and the source for that
    detail="10 days"             small print; `warning=` the same in red
    parts="breaker\nceiling"     what it consists of
    many=True                    many of them work at once
"""

import contextlib
import contextvars
import pathlib
import sys
from collections.abc import Iterator
from typing import Any, cast

import diagrams
from diagram_check.template import Template, read_template
from drawing import fonts
from drawing.model import DrawnArrow, DrawnNode, DrawnZone, SheetError, shown, slug
from drawing.services import service
from lab.support.paths import ROOT

TEMPLATE = "reference/template.yaml"
# Stack frames in these folders are ours or the package's; the first other one is the sheet's.
_NOT_A_SHEET = (str(pathlib.Path(__file__).parent), str(pathlib.Path(diagrams.__file__).parent))
_NODE_KEYWORDS = {"detail", "warning", "parts", "many", "resource", "process", "aws", "external"}
_replaced: contextvars.ContextVar[dict[str, Template]] = contextvars.ContextVar("replaced")


class Sheet(diagrams.Diagram):
    """One picture: nodes, arrows, zones, the numbered steps, and the plan that places them.

    Args:
        name: file name of the pictures, and prefix of every id in the SVG.
        title: heading.
        about: one sentence under the heading.
        plan: the nodes' names as placed in the picture, a line for each row, `.` for an empty cell.
            A name repeated in neighbouring cells is centred over them.
        stamp: what kind of picture it is if it doesn't show what is deployed.
        template: path, from the repository's root, of the template behind its names and numbers.
        checked: whether it must agree with the template; by default, unless it has a stamp.
        leaves_out: wirings between its nodes that the sheet doesn't draw, each with its reason:
            `{("ReadFunction", "Ledger"): "shown on the whole-system sheet"}`.
        key: the meaning of a kind of arrow on this sheet, if it isn't the usual one:
            `{"data": "the way taken"}`.
    """

    def __init__(  # noqa: PLR0913 - keywords of a sheet
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
        self._names: dict[str, str] = {}  # by the `diagrams` package's random ids

    def __exit__(self, *_: object) -> None:
        """Close the sheet; unlike a plain diagram, draw nothing yet."""
        diagrams.setdiagram(None)

    def node(self, nodeid: str, label: str, **attributes: str | bool) -> None:
        """Record a node; the `diagrams` package calls this for each."""
        where, name = _caller(), slug(label)
        if name in self.nodes:
            raise SheetError(f"{where}: a second node is called {name!r}; names must differ")
        if unknown := attributes.keys() - _NODE_KEYWORDS - {"shape", "height", "image"}:
            raise SheetError(f"{where}: {name!r} has unknown keywords {sorted(unknown)}")
        names = {
            it: str(attributes.get(it, "")) for it in ("resource", "process", "aws", "external")
        }
        if not any(names.values()):
            raise SheetError(
                f"{where}: {name!r} needs one of resource=, process=, aws= or external="
            )
        _check_letters(where, label, *map(str, attributes.values()))
        stands_for = service(picture := str(attributes["image"]))
        if not stands_for:
            raise SheetError(
                f"{where}: the class of {name!r} has no service and no icon: add its picture, "
                f"{picture.rpartition('/resources/')[2]}, to diagrams/drawing/services.py"
            )
        self._names[nodeid] = name
        detail, warning, parts = (
            _lines(str(attributes.get(it, ""))) for it in ("detail", "warning", "parts")
        )
        self.nodes[name] = DrawnNode(
            name,
            label.split("\n"),
            stands_for.icon,
            stands_for.name,
            where,
            detail,
            warning,
            parts,
            many=bool(attributes.get("many")),
            **names,
        )

    def step(self, sentence: str) -> None:
        """Begin the next numbered step; the arrows that follow belong to it."""
        _check_letters(_caller(), sentence)
        self.steps.append(sentence)

    def connect(self, node: diagrams.Node, node2: diagrams.Node, edge: diagrams.Edge) -> None:
        """Record an arrow; the `diagrams` package calls this for `a >> Request("…") >> b`."""
        where = _caller()
        if not isinstance(edge, Arrow):
            raise SheetError(f"{where}: an arrow must be a Request, Data, Failure or Signal")
        _check_letters(where, *edge.words)
        for name in ("opened_by", "signed_by"):
            if name in edge.more:
                edge.more[name] = self._names[edge.more[name].nodeid]
        source, target = self._names[node.nodeid], self._names[node2.nodeid]
        kind, number = type(edge).__name__.lower(), len(self.steps)
        leads = number > 0 and all(it.number != number for it in self.arrows)
        self.arrows.append(
            DrawnArrow(source, target, kind, edge.words, where, number, leads, **edge.more)
        )

    def render(self) -> None:
        """Do nothing: `render.py` draws what the sheet recorded."""


class Zone(diagrams.Cluster):
    """A frame around nodes.

    Kinds: cloud (all of AWS), stage (what belongs together), vpc, premises (behind the client's
    firewall). Its name is in the upper corner on the `head` side, left or right, or at its foot.
    """

    def __init__(self, label: str, kind: str = "stage", *, head: str = "left") -> None:
        super().__init__(label)
        self.sheet = cast("Sheet", diagrams.getdiagram())
        self.key = slug(label)
        outer = cast("Zone", self._parent).key if self._parent else ""
        self.sheet.zones[self.key] = DrawnZone(self.key, label, kind, _caller(), outer, head)

    def __exit__(self, *_: object) -> None:
        diagrams.setcluster(self._parent)

    def node(self, nodeid: str, label: str, **attributes: str | bool) -> None:
        """Record a node inside this zone and all zones around it."""
        self.sheet.node(nodeid, label, **attributes)
        key = self.key
        while key:
            self.sheet.zones[key].nodes.append(slug(label))
            key = self.sheet.zones[key].parent


class Arrow(diagrams.Edge):
    r"""An arrow between two nodes, in the data's direction.

    Args:
        label: a few words on the arrow, `\n` between lines.
        more: `both`, `opened_by`, `signed_by`, `evidence`, `impossible`, `leaves`, `enters` of
            `DrawnArrow`; nodes as such.
    """

    def __init__(self, label: str = "", **more: Any) -> None:  # noqa: ANN401 - of several types
        super().__init__()
        self.words, self.more = _lines(label), more


class Request(Arrow):
    """A call whose caller waits for the answer."""


class Data(Arrow):
    """Receipts, as images, messages or rows."""


class Failure(Arrow):
    """The path of what failed."""


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
