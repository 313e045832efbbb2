"""What a sheet's panels say of each part and arrow, from the template, its comments and the code.

`make diagrams` writes what stands on a sheet, `NAME.parts.json`. Here each resource gets its type,
its numbers with their reasons, and the lines of the template and the code that make it true.
"""

import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec
import yaml
from msgspec import Struct

from diagram_check.template import Resource, Template, read_template
from diagram_check.template.references import references
from lab.publish.pages import code_lines, render_values
from lab.publish.pages.code_lines import Line
from lab.publish.pages.template_numbers import Number, reasoned_numbers
from lab.publish.pages.values import read_resolved
from lab.support.paths import ROOT, TEMPLATE
from receipts.agent.config import REMEDIES

DEATHS = ROOT / "diagrams" / "if_it_dies.toml"
SHOWN_AS = str(TEMPLATE.relative_to(ROOT))
_NUMBERED = "AWS::Lambda::EventSourceMapping"  # its numbers are its function's, too


class Part(Struct, frozen=True):
    """A part as it stands on a sheet."""

    title: str
    resource: str = ""
    process: str = ""
    aws: str = ""
    external: str = ""


class Arrow(Struct, frozen=True):
    """An arrow as it stands on a sheet; `ends` are ids of parts."""

    title: str
    step: int
    kind: str
    ends: tuple[str, str]
    evidence: tuple[str, ...] = ()


class Drawn(Struct, frozen=True):
    """A sheet's `NAME.parts.json`."""

    template: str
    parts: dict[str, Part]
    arrows: dict[str, Arrow]


class Panel(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What one panel says; `link` is an address from the site's root."""

    title: str
    kind: str
    resource: str = ""
    what: str = ""
    step: int = 0
    ends: tuple[str, ...] = ()
    numbers: tuple[tuple[str, str, str], ...] = ()
    template: tuple[Line, ...] = ()
    code: tuple[Line, ...] = ()
    link: str = ""
    dies: str = ""


def panels(path: Path) -> dict[str, Panel]:
    """The panels of a sheet, by the ids of its parts and arrows; `path` is its `.parts.json`."""
    drawn = msgspec.json.decode(path.read_bytes(), type=Drawn)
    own = drawn.template == SHOWN_AS
    template = read_resolved() if own else read_template(ROOT / drawn.template, drawn.template)
    numbers = tuple(reasoned_numbers(template))
    deployed = own and any(it.resource for it in drawn.parts.values())
    dies = deaths() if deployed else {}
    found = {
        key: _part(part, template, numbers, dies.get(part.resource or slug(part.title), ""))
        for key, part in drawn.parts.items()
    }
    return found | {
        key: _arrow(arrow, drawn, template, numbers) for key, arrow in drawn.arrows.items()
    }


def deaths() -> dict[str, str]:
    """Where each receipt is when a part dies, by the part's resource, or its name without one."""
    written: dict[str, str] = tomllib.loads(DEATHS.read_text())
    where = str(DEATHS.relative_to(ROOT))
    return {part: render_values.render(it.strip(), where) for part, it in written.items()}


def slug(title: str) -> str:
    """A part's title in small letters with dashes."""
    return "-".join(title.lower().split())


def _part(part: Part, template: Template, numbers: Iterable[Number], dies: str) -> Panel:
    resource = template.resources.get(part.resource)
    if resource is None:
        given = f"given: {part.external}" if part.external else f"AWS service: {part.aws}"
        link = "workshop/exercise.html" if part.external == "the exercise" else ""
        return Panel(title=part.title, kind=given, link=link, dies=dies)
    places = {resource.name, *_mappings(template, resource)}
    return Panel(
        title=part.title,
        kind=f"process: {part.process}" if part.process else resource.type,
        resource=resource.name,
        what=str(resource.properties.get("Description", "")),
        numbers=_number_rows(it for it in numbers if it.resource in places),
        template=(code_lines.line(ROOT / template.shown_as, resource.line),),
        code=tuple(_own_code(part, resource)),
        link=_link(template, resource.name),
        dies=dies,
    )


def _arrow(arrow: Arrow, drawn: Drawn, template: Template, numbers: tuple[Number, ...]) -> Panel:
    written: list[Line] = []
    code: list[Line] = []
    paths: list[tuple[str, ...]] = []
    words: list[str] = []
    for evidence in arrow.evidence:
        at, _, place = evidence.partition(" ")
        file, _, number = at.partition(":")
        if number.isdigit() and file == template.shown_as:
            path = tuple(place.split("."))
            paths.append(path)
            written += _lines(template, path, int(number))
        elif number.isdigit():
            code.append(code_lines.line(ROOT / file, int(number)))
        elif (ROOT / file).is_file():
            code.append(code_lines.line(ROOT / file, 1))
        else:
            words.append(evidence)
    ends = [drawn.parts[it] for it in arrow.ends]
    code += [it for one in (0, 1) for it in _code(ends[one], ends[1 - one], template)]
    return Panel(
        title=arrow.title,
        kind=f"arrow: {arrow.kind}",
        what=f"given: {'; '.join(words)}" if words else "",
        step=arrow.step,
        ends=arrow.ends,
        numbers=_number_rows(it for it in numbers if _is_at(it, paths, template)),
        template=tuple(written),
        code=tuple(dict.fromkeys(code)),
        link=_link(template, paths[0][0]) if paths else "",
    )


def _lines(template: Template, path: tuple[str, ...], number: int) -> Iterator[Line]:
    """The line of a place and, where it only begins something, the one that says what."""
    file = ROOT / template.shown_as
    first = code_lines.line(file, number)
    may = template.lines.get((path[0], "Properties", *path[1:], "Action"))
    if may is None or "#" in first.text:
        yield first
    if may is not None:
        yield code_lines.line(file, may)
    elif first.text.endswith(":"):
        yield code_lines.line(file, number + 1)


def _is_at(number: Number, paths: list[tuple[str, ...]], template: Template) -> bool:
    """Whether a number stands at one of these places, or in a mapping that is one."""
    whole = (number.resource, *number.path)
    for path in paths:
        resource = template.resources.get(path[0])
        mapping = resource is not None and resource.type == _NUMBERED
        if whole[: len(path)] == path or (mapping and path[0] == number.resource):
            return True
    return False


def _number_rows(numbers: Iterable[Number]) -> tuple[tuple[str, str, str], ...]:
    return tuple((it.path[-1], it.value, it.reason) for it in numbers)


def _mappings(template: Template, function: Resource) -> Iterator[str]:
    """The event source mappings that call a function."""
    for it in template.of_type(_NUMBERED):
        if function.name in references(it.properties.get("FunctionName")):
            yield it.name


def _own_code(part: Part, resource: Resource) -> Iterator[Line]:
    """Where a part's code begins: a function's handler, a process's command."""
    if handler := resource.properties.get("Handler"):
        yield code_lines.handler_line(handler)
    if part.process:
        yield code_lines.handler_line(f"commands.cli.{part.process.split()[-1]}")


def _code(worker: Part, other: Part, template: Template) -> list[Line]:
    """Where a function or the agent reads the name of what is at the arrow's other end."""
    resource = template.resources.get(worker.resource)
    if resource is None:
        return []
    if worker.process:
        keys = _agent_keys(other.resource)
        return [it for key in keys for it in code_lines.uses_of_key(key)]
    handler = resource.properties.get("Handler")
    if not handler:
        return []
    named = [
        variable
        for variable, value in resource.properties["Environment"]["Variables"].items()
        if other.resource and other.resource in references(value)
    ]
    found = [it for name in named for it in code_lines.uses_of_variable(handler, name)]
    return found or [code_lines.handler_line(handler)]


def _agent_keys(resource: str) -> list[str]:
    """The agent's keys that hold a resource's name: their remedy names an output that does."""
    outputs = _outputs()
    return [
        key
        for key, remedy in REMEDIES.items()
        if resource and outputs.get(remedy.partition("output ")[2].partition(" ")[0]) == resource
    ]


def _outputs() -> dict[str, str]:
    """What each of the template's outputs refers to."""
    document = yaml.load(TEMPLATE.read_text(), yaml.CBaseLoader)  # noqa: S506  builds text alone
    return {name: str(it["Value"]).partition(".")[0] for name, it in document["Outputs"].items()}


def _link(template: Template, resource: str) -> str:
    return f"reference/template.html#{resource}" if template.shown_as == SHOWN_AS else ""
