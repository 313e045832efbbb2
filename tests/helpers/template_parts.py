"""Helpers for template rules: queues, mappings, policies' statements."""

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from samtranslator.yaml_helper import yaml_parse

from lab.support.paths import TEMPLATE

Template = dict[str, Any]
Rule = Callable[[Template], Iterator[str]]


def of_type(template: Template, kind: str) -> dict[str, dict[str, Any]]:
    """Properties by logical name."""
    resources = template["Resources"].items()
    return {name: one.get("Properties", {}) for name, one in resources if one["Type"] == kind}


def referred(value: Any) -> str:
    """The logical name in a `Ref`, `GetAtt` or, at its start, `Sub`."""
    match value:
        case {"Ref": str(name)}:
            return name
        case {"Fn::GetAtt": [str(name), _]}:
            return name
        case {"Fn::GetAtt": str(name)}:
            return name.partition(".")[0]
        case {"Fn::Sub": str(text)}:
            found = re.match(r"\$\{(\w+)[.}]", text)
            return found[1] if found else text
    return str(value)


@cache
def owner() -> Template:
    """The template with the resources that others name by parameters."""
    path = TEMPLATE
    content: Template = yaml_parse(path.read_text())
    return content


def queues(template: Template) -> dict[str, dict[str, Any]]:
    """The template's queues, and by their parameters those that another template owns."""
    own = of_type(template, "AWS::SQS::Queue")
    elsewhere = template.get("Metadata", {}).get("ExternalResources", {})
    theirs = of_type(owner(), "AWS::SQS::Queue") if elsewhere else {}
    named = {by: theirs[it] for it in elsewhere for by in elsewhere[it]["NamedBy"] if it in theirs}
    return own | named


Mapping = tuple[str, dict[str, Any], str, str]


def mappings(template: Template) -> Iterator[Mapping]:
    """Each event source mapping that a queue feeds: name, properties, queue, function."""
    return (it for it in all_mappings(template) if it[2] in queues(template))


def stream_mappings(template: Template) -> Iterator[Mapping]:
    """Each event source mapping that a stream feeds."""
    return (it for it in all_mappings(template) if it[2] not in queues(template))


def all_mappings(template: Template) -> Iterator[Mapping]:
    """Each event source mapping, whatever feeds it."""
    for name, mapping in of_type(template, "AWS::Lambda::EventSourceMapping").items():
        yield name, mapping, referred(mapping["EventSourceArn"]), referred(mapping["FunctionName"])


def pushed(template: Template) -> set[str]:
    """The functions that a topic or a rule invokes, asynchronously."""
    subscribed = {
        referred(it["Endpoint"])
        for it in of_type(template, "AWS::SNS::Subscription").values()
        if it["Protocol"] == "lambda"
    }
    targets = {
        referred(target["Arn"])
        for rule in of_type(template, "AWS::Events::Rule").values()
        for target in rule["Targets"]
    }
    return (subscribed | targets) & of_type(template, "AWS::Serverless::Function").keys()


def statements(template: Template) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each allowing statement of each role and managed policy."""
    for name, role in of_type(template, "AWS::IAM::Role").items():
        for policy in role.get("Policies", []):
            for statement in policy["PolicyDocument"]["Statement"]:
                yield name, statement
        for managed in role.get("ManagedPolicyArns", []):
            if referred(managed) in template["Resources"]:
                continue  # one of the template's own, which comes below
            yield (
                name,
                {"Effect": "Allow", "Action": f"managed policy {managed}: *", "Resource": "*"},
            )
    for name, policy in of_type(template, "AWS::IAM::ManagedPolicy").items():
        for statement in policy["PolicyDocument"]["Statement"]:
            yield name, statement


def holds(template: Template, condition: Any, **parameters: str) -> bool:
    """Whether a condition of the template holds, with its parameters' defaults or these."""
    match condition:
        case str(name):
            return holds(template, template["Conditions"][name], **parameters)
        case {"Condition": str(name)}:
            return holds(template, name, **parameters)
        case {"Fn::Not": [inner]}:
            return not holds(template, inner, **parameters)
        case {"Fn::Equals": [one, other]}:
            return _given(template, one, parameters) == _given(template, other, parameters)
    raise ValueError(f"no condition that is known here: {condition}")


def _given(template: Template, value: Any, parameters: dict[str, str]) -> str:
    match value:
        case {"Ref": str(name)}:
            return parameters.get(name, str(template["Parameters"][name]["Default"]))
        case {"Fn::Join": [_, {"Ref": str(name)}]}:
            return _given(template, {"Ref": name}, parameters)
    return str(value)


def deployed_by_default(template: Template) -> Template:
    """Without the resources that are an option."""
    resources = template["Resources"]
    kept = {
        name: one
        for name, one in resources.items()
        if "Condition" not in one or holds(template, one["Condition"])
    }
    return {**template, "Resources": kept}


def listed(value: Any) -> list[Any]:
    """A policy's single value or list, as a list."""
    return value if isinstance(value, list) else [value]
