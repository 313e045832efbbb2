"""The numbers of a template that have their reason in a comment beside them."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from diagram_check.template import Template
from lab.publish.pages.values import duration, printed
from lab.support.paths import ROOT

_SECONDS = {"Timeout", "VisibilityTimeout", "MessageRetentionPeriod"}
_REFERENCE = re.compile(r"!Ref (\w+)")


class Number(NamedTuple):
    """A number of a resource: where it stands in its properties, its value in words, its reason."""

    resource: str
    path: tuple[str, ...]
    value: str
    reason: str


def reasoned_numbers(template: Template) -> Iterator[Number]:
    """Every number with a reason, on its own line or at the parameter that it is taken from."""
    source = (ROOT / template.shown_as).read_text().splitlines()
    for resource in template.resources.values():
        for path, value in _numbers(resource.properties):
            line = template.lines.get((resource.name, "Properties", *path), 0)
            if line and (reason := _reason(source, line)):
                yield Number(resource.name, path, _with_unit(path, value), reason)


def _reason(source: list[str], line: int) -> str:
    value, _, reason = source[line - 1].partition(" # ")
    if not reason and (named := _REFERENCE.search(value)):
        below = source[source.index(f"  {named[1]}:") :] if f"  {named[1]}:" in source else []
        default = next((it for it in below[1:7] if it.startswith("    Default:")), "")
        reason = default.partition(" # ")[2]
    return reason.strip()


def _numbers(value: object, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], object]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _numbers(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _numbers(inner, (*path, str(index)))
    elif isinstance(value, int) and not isinstance(value, bool):
        yield path, value
    elif isinstance(value, str) and value.isdigit():
        yield path, int(value)


def _with_unit(path: tuple[str, ...], value: object) -> str:
    if path[-1] in _SECONDS and isinstance(value, int):
        return f"{printed(value)} s ({duration(value)})" if value >= 120 else f"{value} s"  # noqa: PLR2004  two minutes
    if path[-1] == "MemorySize":
        return f"{printed(value)} MB"
    if path[-1].endswith("Days") or path[-1] == "DaysAfterInitiation":
        return f"{value} day{'' if value == 1 else 's'}"
    return str(printed(value))
