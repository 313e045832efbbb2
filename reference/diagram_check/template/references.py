"""The resources that a template's value refers to."""

import json
import re
from collections.abc import Iterator
from typing import Any, TypeAlias

Value: TypeAlias = Any  # whatever YAML holds: scalars, lists and mappings of them
_IN_SUB = re.compile(r"\$\{([A-Za-z0-9]+)[.}]")
# Properties with a resource's own name, which an ARN elsewhere may contain.
OWN_NAMES = ("BucketName", "QueueName", "TableName", "TopicName", "FunctionName", "StreamName")


def references(value: Value) -> set[str]:
    """Logical ids that `value` refers to, by Ref, GetAtt or Sub."""
    return set(_found(value))


def _found(value: Value) -> Iterator[str]:
    if isinstance(value, list):
        for it in value:
            yield from _found(it)
    elif isinstance(value, dict):
        for key, it in value.items():
            if key == "Ref":
                yield it
            elif key == "Fn::GetAtt":
                yield it[0] if isinstance(it, list) else it.split(".")[0]
            elif key == "Fn::Sub":
                parts = [it] if isinstance(it, str) else it
                text = "".join(part for part in parts if isinstance(part, str))
                given = {k: v for part in parts if isinstance(part, dict) for k, v in part.items()}
                yield from (name for name in _IN_SUB.findall(text) if name not in given)
                yield from _found(given)
            else:
                yield from _found(it)


def spelled_out(value: Value, properties: dict[str, dict[str, Any]]) -> set[str]:
    """Resources that an ARN in `value` contains by name, instead of referring to them.

    A queue policy needs the bucket's name before the bucket exists, so it can't refer to it.

    Args:
        value: an ARN, as text or as `Fn::Sub`, or a list of such.
        properties: every resource's properties, by logical id.
    """
    texts = [text for it in (value if isinstance(value, list) else [value]) if (text := _text(it))]
    if not texts:
        return set()
    return {
        name
        for name, its in properties.items()
        for key in OWN_NAMES
        if key in its and (own := _text(its[key]))
        for text in texts
        if re.search(rf"[:/]{re.escape(own)}(/.*)?$", text)
    }


def _text(value: Value) -> str:
    """The text of a `Fn::Sub`; what it sets in place of its own variables is part of it."""
    if isinstance(value, dict):
        value = value.get("Fn::Sub", "")
    match value:
        case [str(text), dict(variables)]:
            for name, its in variables.items():
                text = text.replace(f"${{{name}}}", json.dumps(its))
            return text
        case str():
            return value
    return ""
