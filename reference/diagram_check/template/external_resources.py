"""Resources of another stack that parameters name: drawn and granted, but not deployed here.

    Metadata:
      ExternalResources:
        WriteQueue: {Type: AWS::SQS::Queue, NamedBy: [WriteQueueArn, WriteQueueUrl]}

`!Ref WriteQueueUrl` then means the resource `WriteQueue`, as if it stood in this template.
"""

import re
from collections.abc import Mapping
from typing import Any

from diagram_check.template.references import Value
from diagram_check.template.resource import Resource


def external_resources(
    document: Mapping[str, Any], lines: Mapping[tuple[str, ...], int]
) -> tuple[dict[str, Resource], dict[str, str]]:
    """The other stack's resources, and which of them each parameter names."""
    declared = document.get("Metadata", {}).get("ExternalResources", {})
    resources = {
        name: Resource(name, it["Type"], {}, lines.get(("Metadata", "ExternalResources", name), 1))
        for name, it in declared.items()
    }
    return resources, {by: name for name, it in declared.items() for by in it["NamedBy"]}


def resolve_external(value: Value, by: Mapping[str, str]) -> Value:
    """The value with references to the parameters in `by` replaced by their resources."""
    match value:
        case {"Ref": str(parameter)} if parameter in by:
            return {"Ref": by[parameter]}
        case {"Fn::Sub": str(text)}:
            return {"Fn::Sub": re.sub(r"\$\{(\w+)\}", lambda it: _in_sub(it, by), text)}
        case dict():
            return {key: resolve_external(inner, by) for key, inner in value.items()}
        case list():
            return [resolve_external(inner, by) for inner in value]
    return value


def _in_sub(found: re.Match[str], by: Mapping[str, str]) -> str:
    return f"${{{by.get(found[1], found[1])}}}"
