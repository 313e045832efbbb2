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

On a sheet with a `stamp=`, which shows a design that isn't deployed, nodes and arrows need none of
the four: the stamp speaks for them. Plain `Cluster` and `Edge` of the package are taken, too; see
`plain.py`. `python diagrams/NAME.py` draws the sheet, and tells every rule that it breaks.
"""

import contextlib
import contextvars
import pathlib
import sys
import types
from collections.abc import Iterator
from typing import Any, Self, cast

import diagrams
from diagram_check.recorder import is_recording
from diagram_check.template import Template, read_template
from drawing import fonts, plain
from drawing.model import DrawnArrow, DrawnNode, DrawnZone, shown, slug
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
        pans: whether it may be wider than a page's column, to be panned there.
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
        pans: bool = False,
        key: dict[str, str] | None = None,
    ) -> None:
        super().__init__(title, filename=name, show=False)
        self.name, self.title, self.about, self.stamp = name, title, about, stamp
        self.where = _caller()
        frame = _caller_frame()
        self.file = frame.f_code.co_filename
        self.run_alone = frame.f_globals.get("__name__") == "__main__"
        self.problems: list[str] = []  # what makes no sense, told together with broken rules
        self.texts = [(self.where, it) for it in (title, about, stamp)]
        self.plan = [line.split() for line in plan.strip().splitlines()]
        self.template_path = template
        self._template: Template | None = _replaced.get({}).get(template)
        self.asked_template = False
        self.checked = not stamp if checked is None else checked
        self.leaves_out = leaves_out or {}
        self.pans = pans
        self.key = {**KINDS, **(key or {})}
        self.nodes: dict[str, DrawnNode] = {}
        self.arrows: list[DrawnArrow] = []
        self.zones: dict[str, DrawnZone] = {}
        self.steps: list[str] = []
        self.step_lines: list[str] = []
        self._names: dict[str, str] = {}  # by the `diagrams` package's random ids

    @property
    def template(self) -> Template:
        """The template behind it, read when it is first asked for."""
        self.asked_template = True
        if self._template is None:
            self._template = read_template(ROOT / self.template_path, shown_as=self.template_path)
        return self._template

    def __enter__(self) -> Self:
        """Begin; plain clusters are recorded until the end."""
        plain.take_clusters(add_zone)
        return super().__enter__()

    def __exit__(self, *error: object) -> None:
        """Close the sheet; it is drawn now only if its file is run by itself."""
        plain.leave_clusters()
        diagrams.setdiagram(None)
        self.problems += [
            f"{where}: the sheets' font has no {strange} (in {text!r}). It has Latin, Greek, "
            "Cyrillic and many signs: write it in those"
            for where, text in self.texts
            if (strange := fonts.lacking(text))
        ]
        if self.run_alone and not any(error) and not is_recording():
            from render import draw_alone  # noqa: PLC0415 - which knows this module

            draw_alone(self)

    def node(self, nodeid: str, label: str, **attributes: str | bool) -> None:
        """Record a node; the `diagrams` package calls this for each."""
        where, name = _caller(), slug(label)
        self._names[nodeid] = name
        if name in self.nodes:
            self.problems.append(f"{where}: a second node is called {name!r}; names must differ")
            return
        if unknown := attributes.keys() - _NODE_KEYWORDS - {"shape", "height", "image"}:
            self.problems.append(
                f"{where}: {name!r} has unknown keywords {sorted(unknown)}. There are "
                f"{', '.join(sorted(_NODE_KEYWORDS))}"
            )
        names = {
            it: str(attributes.get(it, "")) for it in ("resource", "process", "aws", "external")
        }
        if not any(names.values()):
            names["external"] = self.stamp or "?"
            if self.checked:
                self.problems.append(
                    f"{where}: {name!r} needs one of resource=, process=, aws= or external="
                )
        words = (str(attributes.get(it, "")) for it in ("detail", "warning", "parts"))
        self.texts += [(where, it) for it in (label, *words)]
        detail, warning, parts = (
            _lines(str(attributes.get(it, ""))) for it in ("detail", "warning", "parts")
        )
        self.nodes[name] = DrawnNode(
            name,
            label.split("\n"),
            service(str(attributes["image"])),
            where,
            detail,
            warning,
            parts,
            many=bool(attributes.get("many")),
            **names,
        )

    def step(self, sentence: str) -> None:
        """Begin the next numbered step; the arrows that follow belong to it."""
        self.texts.append((_caller(), sentence))
        self.step_lines.append(_caller())
        self.steps.append(sentence)

    def connect(self, node: diagrams.Node, node2: diagrams.Node, edge: diagrams.Edge) -> None:
        """Record an arrow; the `diagrams` package calls this for `a >> Request("…") >> b`."""
        where = _caller()
        if is_recording():
            super().connect(node, node2, edge)
        source, target = (self._names.get(it.nodeid, "") for it in (node, node2))
        if not isinstance(edge, Arrow):
            taken = plain.arrow_of(edge, source, target)
            if taken is None:
                self.problems.append(
                    f"{where}: the line {source} - {target} has no head. Write >> or <<, or "
                    "Edge(forward=True, reverse=True) for both ways"
                )
                return
            source, target, kind, words, more = taken
            if self.checked:
                kind = plain.kind_of(self.nodes[source], self.nodes[target], self.template) or kind
        else:
            kind, words, more = type(edge).__name__.lower(), edge.words, dict(edge.more)
        for name in ("opened_by", "signed_by"):
            if name in more:
                more[name] = self._names[more[name].nodeid]
        if not self.checked:
            more.setdefault("evidence", self.stamp)
        self.texts += [(where, it) for it in words]
        number = len(self.steps)
        leads = number > 0 and all(it.number != number for it in self.arrows)
        self.arrows.append(DrawnArrow(source, target, kind, words, where, number, leads, **more))

    def render(self) -> None:
        """Do nothing: `render.py` draws what the sheet recorded."""


class Zone(diagrams.Cluster):
    """A frame around nodes.

    Kinds: cloud (all of AWS), stage (what belongs together), vpc, premises (behind the client's
    firewall). Its name is in the upper corner on the `head` side, left or right, or at its foot.
    """

    def __init__(self, label: str, kind: str = "stage", *, head: str = "left") -> None:
        super().__init__(label)
        self.key = add_zone(self, kind, head)

    def __exit__(self, *_: object) -> None:
        diagrams.setcluster(self._parent)

    def node(self, nodeid: str, label: str, **attributes: str | bool) -> None:
        """Record a node inside this zone and all zones around it."""
        plain.node_in(self, nodeid, label, **attributes)


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


def add_zone(cluster: diagrams.Cluster, kind: str = "stage", head: str = "left") -> str:
    """Record a frame around the nodes that follow; its key."""
    sheet, key = cast("Sheet", diagrams.getdiagram()), slug(cluster.label)
    outer = slug(cluster._parent.label) if cluster._parent else ""  # noqa: SLF001 - not told else
    sheet.texts.append((_caller(), cluster.label))
    if key in sheet.zones:
        sheet.problems.append(f"{_caller()}: a second zone is called {key!r}; names must differ")
    sheet.zones[key] = DrawnZone(key, cluster.label, kind, _caller(), outer, head)
    return key


KINDS = {"request": "request", "data": "data", "failure": "failure", "signal": "state, signal"}


@contextlib.contextmanager
def with_templates(templates: dict[str, Template]) -> Iterator[None]:
    """Show other templates to the sheets that are read inside: `{path: template}`."""
    token = _replaced.set(templates)
    try:
        yield
    finally:
        _replaced.reset(token)


def _lines(words: str) -> list[str]:
    return words.split("\n") if words else []


def _caller() -> str:
    """The sheet's file and line that is being run, as `diagrams/baseline.py:12`."""
    frame = _caller_frame()
    return f"{shown(frame.f_code.co_filename)}:{frame.f_lineno}"


def _caller_frame() -> types.FrameType:
    frame = sys._getframe(1)  # noqa: SLF001 - the way to a caller's line
    while frame.f_back and frame.f_code.co_filename.startswith(_NOT_A_SHEET):
        frame = frame.f_back
    return frame
