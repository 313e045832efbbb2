"""Reads a plain `diagrams` file: its nodes, where they stand, and what leads where.

The file is run, as `python FILE` would, with nothing drawn; so run only what you would run.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import msgspec

from lab.review.catalogue import DesignError

_SIDES = (
    (re.compile(r"premis|data ?cent|behind", re.IGNORECASE), True),
    (re.compile(r"\baws\b|\bvpc\b|cloud|region|account", re.IGNORECASE), False),
    (re.compile(r"client|customer.s (side|site|network)|office", re.IGNORECASE), True),
)
"""What a frame's name says of its side: the first that fits, the innermost frame first."""

_OF_PREMISES = re.compile("TraditionalServer|GenericDatabase")
"""Classes of AWS's set that stand for what is not AWS's."""
_COMMENT = re.compile(r"^\s*#\s*review:\s*(\w+)\s*=\s*(\S.*?)\s*$", re.MULTILINE)

NOT_JUDGED = {
    "managedstreamingforkafka": "Amazon MSK",
    "kafka": "Kafka",
    "mq": "Amazon MQ",
    "glue": "AWS Glue",
    "appsync": "AWS AppSync",
    "datasync": "AWS DataSync",
    "kinesisdatafirehose": "Amazon Data Firehose",
}
"""Services of which no rule speaks, by how the class's name begins."""

KINDS = {
    **NOT_JUDGED,
    "simplequeueservicesqs": "sqs",
    "simplenotificationservicesns": "sns",
    "kinesis": "kinesis",
    "eventbridgepipes": "pipes",
    "eventbridgescheduler": "scheduler",
    "eventbridgecustomeventbus": "custom bus",
    "eventbridge": "bus",
    "stepfunctions": "step functions",
    "simplestorageservices3": "s3",
    "transferforsftp": "s3",
    "lambda": "lambda",
    "elasticcontainerservice": "container",
    "elastickubernetesservice": "container",
    "fargate": "container",
    "ec2": "container",
    "apigateway": "api",
    "databasemigrationservice": "dms",
    "dynamodb": "table",
    "secretsmanager": "secret",
    "haproxy": "pooler",
    "pgbouncer": "pooler",
    "privatelink": "private",
    "genericdatabase": "database",
    "user": "person",
    "mobile": "person",
    "client": "person",
    "tablet": "person",
}
"""By how a class's name begins, in small letters; the first that fits."""


BY_LABEL = {"rds proxy": "rds proxy", "pgbouncer|pooler": "pooler"}


class Node(msgspec.Struct, frozen=True):
    """A node: what it is and is called, whether it is on the client's premises, its icon's file."""

    id: str
    label: str
    kind: str
    on_premises: bool
    picture: str = ""

    def says(self, pattern: str) -> bool:
        """Whether the label matches, in any case."""
        return re.search(pattern, self.label, re.IGNORECASE) is not None


class Edge(msgspec.Struct, frozen=True):
    """An arrow, in its direction, with its label."""

    source: str
    target: str
    label: str


class Drawing(msgspec.Struct, frozen=True):
    """What a file draws, and the answers in its comments (`# review: rate = 50`)."""

    nodes: dict[str, Node]
    edges: tuple[Edge, ...]
    comments: dict[str, str]

    @property
    def not_understood(self) -> list[str]:
        """The labels of parts from which nothing follows: of no kind that is known here."""
        known = {*KINDS.values(), *BY_LABEL.values(), "database", "network", "server"}
        return [it.label for it in self.nodes.values() if it.kind not in known]

    @property
    def not_judged(self) -> list[str]:
        """The parts whose service is known by name alone: their labels, and the service."""
        named = {*NOT_JUDGED.values()}
        return [f"{it.label} ({it.kind})" for it in self.nodes.values() if it.kind in named]

    def before(self, node: Node) -> list[Node]:
        """The nodes with an arrow to it; what only carries (a VPN, a router) is looked through."""
        return self._next(node, backwards=True)

    def after(self, node: Node) -> list[Node]:
        """The nodes to which it has an arrow."""
        return self._next(node, backwards=False)

    def beside(self, node: Node) -> list[Node]:
        """Both: who pulls may have been drawn either way."""
        return [*self.before(node), *self.after(node)]

    def carriers(self, one: Node, other: Node) -> list[Node]:
        """The carriers on the way between two nodes, in either direction."""
        return [
            it
            for it in self.nodes.values()
            if it.kind in CARRIERS
            and {one.id, other.id} <= {end.id for end in self.beside(it)} | {it.id}
        ]

    def upstream(self, node: Node) -> list[Node]:
        """Everything from which arrows lead to it."""
        found: list[Node] = []
        todo = self.before(node)
        while todo:
            if (one := todo.pop()) not in found and one != node:
                found.append(one)
                todo += self.before(one)
        return found

    def _next(
        self, node: Node, *, backwards: bool, seen: frozenset[str] = frozenset()
    ) -> list[Node]:
        found: list[Node] = []
        for edge in self.edges:
            here, there = (edge.target, edge.source) if backwards else (edge.source, edge.target)
            if here != node.id or there in seen:
                continue
            other = self.nodes[there]
            if other.kind in CARRIERS:
                found += self._next(other, backwards=backwards, seen=seen | {node.id, there})
            else:
                found.append(other)
        return [it for n, it in enumerate(found) if it not in found[:n]]


CARRIERS = frozenset({"network", "private"})


def read_drawing(path: Path) -> Drawing:
    """Run the file and return what it draws. Raises DesignError, with the cause, if it can't."""
    try:
        source = path.read_text()
    except OSError as error:
        raise DesignError(f"{path}: {error.strerror}") from None
    with _recording() as (made, edges):
        try:
            code = compile(source, str(path), "exec")
            exec(code, {"__name__": "__main__", "__file__": str(path)})  # noqa: S102 - as documented
        except SystemExit:
            raise DesignError(f"{path}: it ended itself before all was drawn") from None
        except Exception as error:
            raise DesignError(f"{path}: {type(error).__name__}: {error}") from error
    if not made:
        raise DesignError(f"{path}: nothing is drawn in it; a `with Diagram(...)` is needed")
    return Drawing(
        nodes={it.nodeid: _node(it) for it in made},
        edges=tuple(_edge(*it) for it in edges),
        comments=dict(_COMMENT.findall(source)),
    )


@contextmanager
def _recording() -> Iterator[tuple[list[Any], list[tuple[Any, Any, Any]]]]:
    """Record nodes and arrows; nothing is rendered, so Graphviz need not be installed."""
    try:
        import diagrams  # noqa: PLC0415 - an extra: only this command needs it
    except ImportError:
        raise DesignError("the package `diagrams` is missing: pip install diagrams") from None
    made: list[Any] = []
    edges: list[tuple[Any, Any, Any]] = []
    begin = diagrams.Node.__init__

    def record_node(self: Any, *args: Any, **named: Any) -> None:  # noqa: ANN401 - any node's
        begin(self, *args, **named)
        made.append(self)

    def record_edge(_: Any, node: Any, other: Any, edge: Any) -> None:  # noqa: ANN401
        edges.append((node, other, edge))

    def leave(*_: object) -> None:
        diagrams.setdiagram(None)

    with (
        patch.object(diagrams.Node, "__init__", record_node),
        patch.object(diagrams.Diagram, "connect", record_edge),
        patch.object(diagrams.Diagram, "render", lambda _: None),
        patch.object(diagrams.Diagram, "__exit__", leave),
    ):
        try:
            yield made, edges
        finally:
            diagrams.setdiagram(None)
            diagrams.setcluster(None)


def _node(made: Any) -> Node:  # noqa: ANN401 - the package brings no types
    provider, _, service = type(made).__module__.removeprefix("diagrams.").partition(".")
    name = type(made).__name__
    ours = provider in {"onprem", "generic"} or bool(_OF_PREMISES.match(name))
    side = _side(made._cluster)  # noqa: SLF001 - the package has no other way
    premises = ours if side is None else side
    label = " ".join(str(made.label).split())
    picture = f"/{made._icon_dir}/{made._icon}"  # noqa: SLF001
    return Node(made.nodeid, label, _kind(name, service, label, premises), premises, picture)


def _side(frame: Any) -> bool | None:  # noqa: ANN401
    """Whether the frames say on premises, or in the cloud; None where none says."""
    while frame is not None:
        for pattern, premises in _SIDES:
            if pattern.search(str(frame.label)):
                return premises
        frame = frame._parent  # noqa: SLF001
    return None


def _kind(name: str, service: str, label: str, premises: bool) -> str:  # noqa: FBT001
    """What a node is: by its label where that says more than its class, by its class, or where."""
    small = name.lower()
    for pattern, kind in BY_LABEL.items():
        if re.search(pattern, label, re.IGNORECASE):
            return kind
    for begin, kind in KINDS.items():
        if small.startswith(begin):
            return kind
    if service in {"database", "network"}:
        return service
    return "server" if premises else service


def _edge(node: Any, other: Any, edge: Any) -> Edge:  # noqa: ANN401
    back = edge.reverse and not edge.forward
    ends = (other.nodeid, node.nodeid) if back else (node.nodeid, other.nodeid)
    return Edge(*ends, " ".join(str(edge.attrs.get("label") or "").split()))
