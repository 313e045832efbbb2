"""Tables from `template.yaml`: resources, numbers with their reasons, alarms, rights, routes."""

from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from diagram_check.template import Resource
from diagram_check.template.references import references
from lab.publish.pages.markdown import grouped, table
from lab.publish.pages.template_numbers import reasoned_numbers
from lab.publish.pages.values import duration, parameters, printed, read_resolved
from lab.support.paths import TEMPLATE


def resources() -> str:
    """Every resource with its type and line, each with its name as anchor."""
    rows = [
        (f"`{it.name}`{{ #{it.name} }}", f"`{it.type}`", it.line)
        for it in read_resolved().resources.values()
    ]
    return table(("resource", "type", "line"), rows)


def at(*names: str) -> str:
    """Links to these resources, with the line of each. Raises KeyError for one that isn't there."""
    known = read_resolved().resources
    return ", ".join(
        f"[`{name}`](../reference/template.md#{name}) {known[name].line}" for name in names
    )


def numbers() -> str:
    """Every number that has its reason in a comment on its line."""
    rows = [
        (f"`{it.resource}`", f"`{it.path[-1]}`", it.value, it.reason)
        for it in reasoned_numbers(read_resolved())
    ]
    return table(("resource", "setting", "value", "why"), grouped(rows))


def template_parameters() -> str:
    """The template's parameters."""
    rows = [(f"`{name}`", it["Description"], _default(it)) for name, it in parameters().items()]
    return table(("parameter", "what", "default"), rows)


def _default(parameter: Mapping[str, str]) -> str:
    minimum = f", at least {parameter['MinValue']}" if "MinValue" in parameter else ""
    if "Default" not in parameter:
        return f"required{minimum}"
    return f"`{parameter['Default']}`{minimum}" if parameter["Default"] else "empty"


def alarms() -> str:
    """Each alarm, with a link to its runbook, and its threshold."""
    rows = []
    for it in read_resolved().of_type("AWS::CloudWatch::Alarm"):
        threshold, metric = it.properties["Threshold"], _metric(it.properties)
        limit = duration(threshold) if "Age" in metric else f"{printed(threshold)}"
        way = "under" if it.properties["ComparisonOperator"].startswith("Less") else "over"
        what = it.properties["AlarmDescription"]["Fn::Sub"].partition(". ${Runbooks}")[0]
        link = f"[{what}](../how-to/runbooks.md#{it.name.lower()})"
        rows.append((link, f"`{metric}` {way} {limit}"))
    return table(("alarm", "rings when"), rows)


def _metric(alarm: Mapping[str, Any]) -> str:
    """The metric's name; of an alarm over several, the label of what is reckoned from them."""
    if "MetricName" in alarm:
        return str(alarm["MetricName"])
    return str(next(it["Label"] for it in alarm["Metrics"] if it.get("ReturnData", True)))


def outputs() -> str:
    """The stack's outputs."""
    document = yaml.load(TEMPLATE.read_text(), yaml.BaseLoader)  # noqa: S506  builds text alone
    return table(
        ("output", "what"),
        [(f"`{name}`", it["Description"]) for name, it in document["Outputs"].items()],
    )


def function_settings() -> str:
    """Each function's environment variables."""
    rows = []
    for it in read_resolved().of_type("AWS::Serverless::Function"):
        for name, value in it.properties["Environment"]["Variables"].items():
            rows.append((f"`{it.name}`", f"`{name}`", _setting(value)))
    return table(("function", "variable", "value"), grouped(rows))


def _setting(value: object) -> str:
    return f"`{value}`" if not isinstance(value, dict) else f"the resource `{value['Ref']}`"


def functions() -> str:
    """Each function's description, memory, timeout and handler."""
    rows = [
        (f"`{it.name}`", it.properties["Description"], f"{printed(it.properties['MemorySize'])} MB",
         f"{it.properties['Timeout']} s", f"`{it.properties['Handler']}`")
        for it in read_resolved().of_type("AWS::Serverless::Function")
    ]  # fmt: skip
    return table(("function", "what it does", "memory", "timeout", "handler"), rows)


def rights() -> str:
    """Which role or policy allows which actions on which resources."""
    rows = [row for it in read_resolved().resources.values() for row in _rights(it)]
    return table(("who", "may", "on"), grouped(rows))


def _rights(resource: Resource) -> Iterator[tuple[str, str, str]]:
    properties = resource.properties
    if resource.type == "AWS::IAM::Role":
        documents = [it["PolicyDocument"] for it in properties.get("Policies", [])]
    elif resource.type == "AWS::IAM::ManagedPolicy":
        documents = [properties["PolicyDocument"]]
    else:
        return
    for document in documents:
        for statement in document["Statement"]:
            actions = _listed(statement["Action"])
            if not actions[0].startswith("logs:"):
                may = ", ".join(f"`{it}`" for it in actions)
                on = ", ".join(map(_resource_name, _listed(statement["Resource"])))
                yield f"`{resource.name}`", may, on


def _listed(value: Any) -> list[Any]:  # noqa: ANN401  a template's value
    return value if isinstance(value, list) else [value]


def _resource_name(value: object) -> str:
    text = str(next(iter(value.values()))) if isinstance(value, dict) else str(value)
    text = text.removesuffix(".Arn").replace("${ReceiptsBucket.Arn}", "ReceiptsBucket")
    for kind, name in (("execute-api", "BatchesApi"), (":stack", "the stack by its name")):
        if kind in text:
            return f"`{name}{text.partition('$default')[2]}`"
    return f"`{'ReceiptsBucket' + text[text.index('/') :] if text.startswith('arn:') else text}`"


def routes() -> str:
    """The API's routes and their functions."""
    resources = read_resolved().resources
    rows = []
    for it in resources.values():
        if it.type == "AWS::ApiGatewayV2::Route":
            (integration,) = references(it.properties["Target"])
            (function,) = references(resources[integration].properties["IntegrationUri"])
            rows.append((f"`{it.properties['RouteKey']}`", f"`{function}`"))
    return table(("route", "function"), rows)
