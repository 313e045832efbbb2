"""A SAM template as plain values, with the line of each."""

import pathlib
import re
from collections.abc import Iterator
from typing import Any

import msgspec
import yaml

from diagram_check.template.errors import TopologyError
from diagram_check.template.external_resources import external_resources, resolve_external
from diagram_check.template.implicit_apis import implicit_apis
from diagram_check.template.references import Value, references
from diagram_check.template.resource import Resource

DAY, MINUTE = 86_400, 60  # seconds


class Place(msgspec.Struct, frozen=True, order=True):
    """A place in the template: a dotted path and its line, counted from 1."""

    path: str
    line: int


class Template(msgspec.Struct, frozen=True, eq=False):
    """A template's resources by logical id; compared by identity, so that it can be a cache's key.

    Attributes:
        shown_as: the file's name in messages and evidence.
        resources: with SAM's `Globals` merged into the functions, with the external ones, and with
            the defaults of parameters that are numbers or choices.
        lines: the line of every value, by its path from `Resources` on.
    """

    shown_as: str
    resources: dict[str, Resource]
    lines: dict[tuple[str, ...], int]

    def __contains__(self, name: object) -> bool:
        return name in self.resources

    def of_type(self, *types: str) -> Iterator[Resource]:
        """Resources of the given types, in the template's order."""
        return (it for it in self.resources.values() if it.type in types)

    def resource(self, name: str) -> Resource:
        """The resource called `name`.

        Raises:
            TopologyError: the template has none.
        """
        try:
            return self.resources[name]
        except KeyError:
            raise TopologyError(
                f"{self.shown_as} has no resource {name!r}: it was renamed or removed there"
            ) from None

    def place(self, name: str, *path: str | int) -> Place:
        """The place of a property, or of the nearest enclosing one if it isn't written."""
        keys = (name, "Properties", *map(str, path))
        while keys not in self.lines and len(keys) > 1:
            keys = keys[:-1]
        written = ".".join((name, *map(str, path)))
        return Place(written, self.lines.get(keys, 1))

    def value(self, name: str, *path: str) -> Value:
        """A property's value.

        Raises:
            TopologyError: the resource or the property isn't there.
        """
        value: Value = self.resource(name).properties
        for key in path:
            if not isinstance(value, dict) or key not in value:
                place = self.place(name, *path)
                raise TopologyError(
                    f"{self.shown_as}:{place.line}: {name} has no {'.'.join(path)}, which is needed"
                )
            value = value[key]
        return value

    def max_receives(self, queue: str) -> int:
        """Deliveries of a message before the redrive policy moves it to the DLQ."""
        return int(self.value(queue, "RedrivePolicy", "maxReceiveCount"))

    def retention_days(self, queue: str) -> int:
        """A queue's retention in whole days."""
        seconds = int(self.value(queue, "MessageRetentionPeriod"))
        if seconds % DAY:
            raise TopologyError(
                f"{queue} keeps messages {seconds} s, which is not a number of whole days"
            )
        return seconds // DAY

    def timeout_seconds(self, function: str) -> int:
        """The function's timeout."""
        return int(self.value(function, "Timeout"))

    def max_concurrency(self, function: str) -> int:
        """MaximumConcurrency of the function's event source mapping."""
        mapping = self._mapping(function)
        return int(self.value(mapping, "ScalingConfig", "MaximumConcurrency"))

    def batch_size(self, function: str) -> int:
        """The most messages in one invocation."""
        return int(self.value(self._mapping(function), "BatchSize"))

    def route(self, name: str, *, to: str) -> str:
        """A route's method and path, as `POST /batches`.

        Raises:
            TopologyError: there is no such route, or it doesn't lead to `to`.
        """
        key = str(self.value(name, "RouteKey"))
        integrations = references(self.value(name, "Target"))
        ends = {
            end
            for it in integrations & self.resources.keys()
            for end in references(self.value(it, "IntegrationUri"))
        }
        if to not in ends:
            line = self.place(name, "Target").line
            raise TopologyError(f"{self.shown_as}:{line}: {name} leads to {sorted(ends)}, not {to}")
        return key

    def schedule(self, name: str) -> str:
        """How often a schedule comes, as `every hour`."""
        often = re.fullmatch(r"rate\((\d+) (\w+?)s?\)", str(self.value(name, "ScheduleExpression")))
        if often is None:
            line = self.place(name, "ScheduleExpression").line
            raise TopologyError(f"{self.shown_as}:{line}: {name} has no rate")
        number, unit = often.groups()
        return f"every {unit}" if number == "1" else f"every {number} {unit}s"

    def upload_prefix(self, bucket: str) -> str:
        """The prefix of the keys that the bucket sends events for, as `uploads/`."""
        for it in self.value(bucket, "NotificationConfiguration", "QueueConfigurations"):
            for rule in it.get("Filter", {}).get("S3Key", {}).get("Rules", []):
                if rule["Name"] == "prefix":
                    return str(rule["Value"])
        raise TopologyError(
            f"{self.shown_as}:{self.place(bucket, 'NotificationConfiguration').line}: "
            f"{bucket} sends events for every key, including results"
        )

    def setting(self, function: str, variable: str) -> str:
        """The value of a function's environment variable."""
        return str(self.value(function, "Environment", "Variables", variable))

    def _mapping(self, function: str) -> str:
        self.resource(function)
        for mapping in self.of_type("AWS::Lambda::EventSourceMapping"):
            if function in references(mapping.properties.get("FunctionName")):
                return mapping.name
        raise TopologyError(f"{self.shown_as}: no event source mapping invokes {function}")


def read_template(path: pathlib.Path, shown_as: str = "") -> Template:
    """Read a template file.

    Raises:
        TopologyError: the file is missing, isn't YAML, or has no resources.
    """
    shown_as = shown_as or str(path)
    try:
        tree = yaml.compose(path.read_text(), yaml.CSafeLoader)
    except (OSError, yaml.YAMLError) as error:
        raise TopologyError(f"{shown_as}: {error}") from error
    lines: dict[tuple[str, ...], int] = {}
    document = plain(tree, (), lines) if tree else None
    if not isinstance(document, dict) or not isinstance(document.get("Resources"), dict):
        raise TopologyError(f"{shown_as}: no Resources, so this is not a template")
    return from_document(document, lines, shown_as)


def from_document(
    document: dict[str, Any], lines: dict[tuple[str, ...], int], shown_as: str
) -> Template:
    """A template from values already parsed; `lines` by whole path."""
    everywhere = document.get("Globals", {}).get("Function", {})
    resources, named_by = external_resources(document, lines)
    defaults = {
        name: int(it["Default"]) if it.get("Type") == "Number" else it["Default"]
        for name, it in document.get("Parameters", {}).items()
        if "Default" in it and (it.get("Type") == "Number" or "AllowedValues" in it)
    }
    for name, type_, path in implicit_apis(document):
        resources[name] = Resource(name, type_, {}, lines.get(path, 1))
    for name, it in document["Resources"].items():
        if not isinstance(it, dict) or not isinstance(it.get("Type"), str):
            line = lines.get(("Resources", name), 1)
            raise TopologyError(f"{shown_as}:{line}: {name} has no Type, so it is no resource")
        properties = it.get("Properties") or {}
        properties = resolve_external(properties, named_by) if named_by else properties
        if it["Type"] == "AWS::Serverless::Function":
            properties = _merged(everywhere, properties)
        properties = _with_defaults(properties, defaults) if defaults else properties
        line = lines.get(("Resources", name), 1)
        resources[name] = Resource(name, it["Type"], properties, line)
    inside = {path[1:]: line for path, line in lines.items() if path[:1] == ("Resources",)}
    return Template(shown_as, resources, inside)


def _with_defaults(value: Value, defaults: dict[str, int | str]) -> Value:
    """Each reference to a parameter that is a number or a choice as its default."""
    match value:
        case {"Ref": str(name)} if name in defaults:
            return defaults[name]
        case dict():
            return {key: _with_defaults(it, defaults) for key, it in value.items()}
        case list():
            return [_with_defaults(it, defaults) for it in value]
    return value


def plain(node: yaml.Node, path: tuple[str, ...], lines: dict[tuple[str, ...], int]) -> Value:
    """The node as dicts, lists and scalars; `!GetAtt A.Arn` becomes `{"Fn::GetAtt": "A.Arn"}`."""
    lines.setdefault(path, node.start_mark.line + 1)
    value: Value
    if isinstance(node, yaml.MappingNode):
        value = {}
        for key, inner in node.value:
            lines[*path, key.value] = key.start_mark.line + 1
            value[key.value] = plain(inner, (*path, key.value), lines)
    elif isinstance(node, yaml.SequenceNode):
        value = [plain(it, (*path, str(index)), lines) for index, it in enumerate(node.value)]
    elif node.tag.startswith("!"):
        value = node.value
    else:
        value = yaml.SafeLoader("").construct_object(node)
    if node.tag.startswith("!"):
        return {"Ref" if node.tag == "!Ref" else "Fn::" + node.tag[1:]: value}
    return value


def _merged(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for key, value in above.items():
        inner = merged.get(key)
        both = isinstance(inner, dict) and isinstance(value, dict)
        merged[key] = _merged(inner, value) if both and inner is not None else value
    return merged
