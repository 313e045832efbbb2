"""Plain `Cluster` and `Edge` of the `diagrams` package on a sheet.

A cluster is drawn as a stage. An edge is drawn as what the template says it is; on a sheet that is
not held to one: dashed or dotted lines as signals, red ones as failures, others as data.
"""

from collections.abc import Callable
from typing import Any

import diagrams
from diagram_check.compare import by_pair
from diagram_check.template import OUTSIDE, Template
from drawing.model import DrawnNode, slug

_KINDS = {"request": "request", "redrive": "failure", "signal": "signal"}
_enter, _node = diagrams.Cluster.__enter__, diagrams.Cluster.node


def take_clusters(begin: Callable[[diagrams.Cluster], str]) -> None:
    """From now on the sheet is told of clusters and of the nodes in them."""

    def enter(self: diagrams.Cluster) -> diagrams.Cluster:
        if type(self) is diagrams.Cluster:
            begin(self)
        return _enter(self)

    diagrams.Cluster.__enter__ = enter  # type: ignore[method-assign,assignment]
    diagrams.Cluster.node = node_in  # type: ignore[method-assign,assignment]


def leave_clusters() -> None:
    """The package's clusters are its own again."""
    diagrams.Cluster.__enter__ = _enter  # type: ignore[method-assign]
    diagrams.Cluster.node = _node  # type: ignore[method-assign]


def node_in(cluster: diagrams.Cluster, nodeid: str, label: str, **attributes: str | bool) -> None:
    """Record a node inside a cluster and all clusters around it."""
    sheet: Any = diagrams.getdiagram()
    sheet.node(nodeid, label, **attributes)
    around: diagrams.Cluster | None = cluster
    while around:
        sheet.zones[slug(around.label)].nodes.append(slug(label))
        around = around._parent  # noqa: SLF001 - the package has no other way to tell


def arrow_of(
    edge: diagrams.Edge, source: str, target: str
) -> tuple[str, str, str, list[str], dict[str, Any]] | None:
    """From, to, kind, words and more of an edge; None if it has no head."""
    if not (edge.forward or edge.reverse):
        return None
    if not edge.forward:
        source, target = target, source
    told = edge._attrs  # noqa: SLF001 - the package has no other way to tell
    words = told["label"].split("\n") if told.get("label") else []
    kind = "signal" if told.get("style") in ("dashed", "dotted") else "data"
    kind = "failure" if "red" in told.get("color", "") else kind
    return source, target, kind, words, {"both": True} if edge.forward and edge.reverse else {}


def kind_of(source: DrawnNode, target: DrawnNode, template: Template) -> str:
    """What the template says that an arrow is; "" if it has no such wiring."""
    pair = tuple(
        OUTSIDE if it.external else it.resource or f"aws:{it.aws}" for it in (source, target)
    )
    its = by_pair(template).get((pair[0], pair[1]), [])
    return _KINDS.get(its[0].how, "data") if its else ""
