"""Every single change to a template's wiring: a part, a permission, a reference, an event source.

A mutant shares with the document what is as it was.
"""

import copy
from collections.abc import Iterator
from typing import Any

Path = tuple[str | int, ...]
Document = dict[str, Any]


def walk(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    yield path, value
    items = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for key, inner in items:
        yield from walk(inner, (*path, key))


def changed(document: Document, path: Path) -> tuple[Document, Any]:
    """The document with copies along the path only, and the copy that holds the path's last key."""
    mutant: Any = copy.copy(document)
    holder = mutant
    for key in path[:-1]:
        holder[key] = copy.copy(holder[key])
        holder = holder[key]
    return mutant, holder


def without(document: Document, path: Path) -> Document:
    mutant, holder = changed(document, path)
    del holder[path[-1]]
    return mutant


def with_value(document: Document, path: Path, value: Any) -> Document:
    mutant, holder = changed(document, path)
    holder[path[-1]] = value
    return mutant


def deletions(document: Document) -> Iterator[tuple[str, Document]]:
    """Each resource; each element of a list and each event source inside a resource."""
    for name, resource in document["Resources"].items():
        yield f"delete {name} ({resource['Type']})", without(document, ("Resources", name))
    for path, value in walk(document["Resources"], ("Resources",)):
        in_list = isinstance(path[-1], int)
        wiring = path[-1] in {
            "NotificationConfiguration", "RedrivePolicy", "EventSourceArn", "Target",
            "IntegrationUri", "Role", "QueueConfigurations", "Condition", "Statement", "Policies",
        }  # fmt: skip
        if in_list or wiring:
            yield f"delete {dotted(path)}", without(document, path)
        if path[-1] in {"Action", "Resource"} and not isinstance(value, list):
            yield f"delete {dotted(path)}", without(document, path)


def redirections(document: Document) -> Iterator[tuple[str, Document]]:
    """Each reference leads to another resource, of the same type if there is one."""
    resources = document["Resources"]
    for path, value in walk(resources, ("Resources",)):
        if not isinstance(value, str):
            continue
        for name, its in resources.items():
            refers = (
                (path[-1] == "Ref" and value == name)
                or (path[-1] == "Fn::GetAtt" and value.split(".")[0] == name)
                or (path[-1] == "Fn::Sub" and f"${{{name}" in value)
            )
            if refers:
                alike = [k for k, it in resources.items() if it["Type"] == its["Type"]]
                others = [it for it in alike if it != name] or [
                    it for it in resources if it != name
                ]
                for other in others:
                    changed = value.replace(name, other)
                    mutant = with_value(document, path, changed)
                    yield f"redirect {dotted(path)} to {other}", mutant


def dotted(path: Path) -> str:
    return ".".join(map(str, path[1:])).replace(".Properties", "")
