"""Plain `diagrams` files as pictures: which resource a node means, which wirings an edge claims.

A node means the resource that its `resource=` names, or the one whose logical id its label is, when
both are written alike (`Upload queue` and `UploadQueue`). Nodes of other providers, AWS's general
icons (users, devices) and nodes with `external=` stand outside the template.

An edge of that package says less than ours do: `function >> table` may mean that it writes, or that
it asks. So it stands for what the function does under its rights, reading included; `table >>
function` for reading, the way the data goes.
"""

import re
from typing import Any

from diagram_check.compare import by_pair
from diagram_check.picture import Arrow, Pair, Part, Picture
from diagram_check.recorder import Recorded
from diagram_check.template import OUTSIDE, Template
from diagram_check.template.grants import has_resources

_CARRY_MESSAGES = ("AWS::SQS::", "AWS::Kinesis::")
_GENERAL = ("aws.general", "aws.enduser", "aws.mobile")


def picture_of(drawn: list[Recorded], template: Template) -> Picture:
    """The picture that files show together; several nodes may mean one resource."""
    wired = by_pair(template)
    ends = {end for pair in wired for end in pair if end.startswith("aws:")}
    # A right to a table that is gone must not pass for the table itself.
    services = {it for it in ends if not has_resources(it.removeprefix("aws:"))}
    parts: dict[str, Part] = {}
    for it in drawn:
        for node, where in it.nodes:
            aws = str(node._provider) == "aws"  # noqa: SLF001 - it has no other way to tell
            icon = type(node).__name__ if aws else ""
            parts[node.nodeid] = Part(_end(node, template, services), where, icon)
    arrows = [
        Arrow(tuple(_claims(parts[a.nodeid].end, parts[b.nodeid].end, edge, template)), where)
        for it in drawn
        for a, b, edge, where in it.edges
    ]
    outside = any(it.end == OUTSIDE for it in parts.values())
    return Picture(drawn[0].where, tuple(parts.values()), tuple(arrows), shows_outside=outside)


def _end(node: Any, template: Template, services: set[str]) -> str:  # noqa: ANN401
    """What a node means: a logical id, `aws:` and a service, or `outside`."""
    given = node._attrs  # noqa: SLF001 - the keywords that the package passes on to Graphviz
    if "resource" in given:
        return str(given["resource"])
    if "external" in given:
        return OUTSIDE
    if "aws" in given:
        return f"aws:{given['aws']}"
    words, icon = _bare(node.label), _bare(type(node).__name__)
    named = [name for name in template.resources if words and _bare(name) == words]
    services_named = [it for it in (f"aws:{words}", f"aws:{icon}") if it in services]
    kind = f"{node._provider}.{node._type}"  # noqa: SLF001
    if not named and (not kind.startswith("aws.") or kind in _GENERAL):
        return OUTSIDE
    return (named + services_named + [str(node.label).replace("\n", " ")])[0]


def _claims(a: str, b: str, edge: Any, template: Template) -> list[Pair]:  # noqa: ANN401
    """The wirings that an edge stands for; none if the template can't say."""
    wired = by_pair(template)
    ways = {(True, False): [(a, b)], (False, True): [(b, a)]}
    both = ways.get((bool(edge.forward), bool(edge.reverse)), [(a, b), (b, a)])
    if OUTSIDE in (a, b):
        return [it for it in both if it in wired]
    claimed = [pair for way in both for pair in _meant(way, template)]
    directed = edge.forward or edge.reverse
    return (claimed if directed else [it for it in claimed if it in wired]) or [(a, b)]


def _meant(way: Pair, template: Template) -> list[Pair]:
    """The wirings of one arrowhead: along it, and the reading by whoever is at its tail.

    Nobody draws an arrow to a queue or a stream to say that something is taken from it.
    """
    wired, back = by_pair(template), way[::-1]
    read = template.resources.get(back[0])
    asks = any(it.how == "read" for it in wired.get(back, [])) and not (
        read and read.type.startswith(_CARRY_MESSAGES)
    )
    return [*([way] if way in wired or not asks else []), *([back] if asks else [])]


def _bare(text: str) -> str:
    return re.sub(r"[\W_]", "", text).casefold()
