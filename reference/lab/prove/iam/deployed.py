"""A template's values as CloudFormation resolves them once the stack is there: with real ARNs."""

import re
from pathlib import Path
from typing import Any, TypeAlias

import yaml
from msgspec import Struct

from diagram_check.template.sam_template import plain
from lab.support.errors import LabError

Value: TypeAlias = Any  # whatever YAML holds: scalars, lists and mappings of them

_NOTHING = object()
_IN_SUB = re.compile(r"\$\{([^}!]+)\}")
_ARNS = {
    "AWS::DynamoDB::Table": "dynamodb:{region}:{account}:table/{name}",
    "AWS::IAM::ManagedPolicy": "iam::{account}:policy/{name}",
    "AWS::IAM::Role": "iam::{account}:role/{name}",
    "AWS::Logs::LogGroup": "logs:{region}:{account}:log-group:{name}:*",
    "AWS::S3::Bucket": "s3:::{name}",
    "AWS::SQS::Queue": "sqs:{region}:{account}:{name}",
    "AWS::Serverless::Function": "lambda:{region}:{account}:function:{name}",
}


class UnresolvedError(LabError):
    """The template has a value that this doesn't know how to resolve; the text says which."""


class Stack(Struct, frozen=True, kw_only=True):
    """What a deployment made: `resources` are physical ids by logical ids.

    `parameters` are those that were given; others have the template's default.
    """

    region: str
    account: str
    name: str
    id: str
    parameters: dict[str, str]
    resources: dict[str, str]
    partition: str = "aws"

    def arn(self, type_: str, physical_id: str) -> str:
        """The ARN of a resource of this type. Raises `UnresolvedError`."""
        if physical_id.startswith("arn:"):
            return physical_id
        if type_ not in _ARNS:
            raise UnresolvedError(f"the ARN of {physical_id!r}, a {type_}, isn't known here")
        name = physical_id.rsplit("/", 1)[-1] if type_ == "AWS::SQS::Queue" else physical_id
        tail = _ARNS[type_].format(region=self.region, account=self.account, name=name)
        return f"arn:{self.partition}:{tail}"


class Document(Struct, frozen=True, kw_only=True):
    """A template as plain values, and the line of each by its path."""

    shown_as: str
    values: dict[str, Any]
    lines: dict[tuple[str, ...], int]

    def line(self, *path: str | int) -> int:
        """The line of a value, or of the nearest one around it."""
        keys = tuple(map(str, path))
        while keys and keys not in self.lines:
            keys = keys[:-1]
        return self.lines.get(keys, 1)


def read_document(path: Path) -> Document:
    """Read a template; lines are counted from 1."""
    lines: dict[tuple[str, ...], int] = {}
    tree = yaml.compose(path.read_text(), yaml.CSafeLoader)
    values = plain(tree, (), lines) if tree else {}
    return Document(shown_as=path.name, values=values, lines=lines)


class Resolver:
    """Resolves the intrinsic functions of one deployed template. Raises `UnresolvedError`."""

    def __init__(self, document: Document, stack: Stack) -> None:
        """`stack` is what its deployment made."""
        self._template = document.values
        self._stack = stack
        parameters = document.values.get("Parameters", {})
        defaults = {k: it["Default"] for k, it in parameters.items() if "Default" in it}
        self._known: dict[str, Any] = {
            **defaults,
            **stack.parameters,
            **stack.resources,
            "AWS::AccountId": stack.account,
            "AWS::NoValue": _NOTHING,
            "AWS::Partition": stack.partition,
            "AWS::Region": stack.region,
            "AWS::StackId": stack.id,
            "AWS::StackName": stack.name,
            "AWS::URLSuffix": "amazonaws.com",
        }

    def exists(self, name: str) -> bool:
        """Whether the resource's condition, if it has one, holds."""
        condition = self._template["Resources"][name].get("Condition")
        return condition is None or self._holds(condition)

    def resolve(self, value: Value) -> Value:
        """The value with every intrinsic function replaced by what it stands for."""
        if isinstance(value, list):
            return [it for it in map(self.resolve, value) if it is not _NOTHING]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            [(key, argument)] = value.items()
            if key == "Ref" or key.startswith("Fn::"):
                return self._function(key, argument)
        found = {key: self.resolve(it) for key, it in value.items()}
        return {key: it for key, it in found.items() if it is not _NOTHING}

    def _function(self, key: str, argument: Value) -> Value:
        functions: dict[str, Any] = {
            "Ref": self._ref,
            "Fn::GetAtt": self._get_att,
            "Fn::Sub": self._sub,
            "Fn::If": self._if,
            "Fn::Join": lambda it: it[0].join(map(str, self.resolve(it[1]))),
            "Fn::Select": lambda it: self.resolve(it[1])[int(it[0])],
            "Fn::Split": lambda it: str(self.resolve(it[1])).split(it[0]),
        }
        if key not in functions:
            raise UnresolvedError(f"{key} isn't known here: {argument}")
        return functions[key](argument)

    def _ref(self, name: str) -> Value:
        if name not in self._known:
            raise UnresolvedError(f"Ref {name}: no parameter and no deployed resource of this name")
        return self._known[name]

    def _get_att(self, argument: str | list[str]) -> str:
        name, attribute = argument if isinstance(argument, list) else argument.split(".", 1)
        type_, physical_id = self._template["Resources"][name]["Type"], str(self._ref(name))
        if attribute == "Arn":
            return self._stack.arn(type_, physical_id)
        if attribute == "QueueName":
            return physical_id.rsplit("/", 1)[-1]
        raise UnresolvedError(f"GetAtt {name}.{attribute} isn't known here")

    def _sub(self, argument: str | list[Any]) -> str:
        text, given = (argument, {}) if isinstance(argument, str) else argument

        def put(found: re.Match[str]) -> str:
            name = found[1]
            if name in given:
                return str(self.resolve(given[name]))
            is_ref = name in self._known or "." not in name
            return str(self._ref(name) if is_ref else self._get_att(name))

        return _IN_SUB.sub(put, text)

    def _if(self, argument: list[Any]) -> Value:
        condition, yes, no = argument
        return self.resolve(yes if self._holds(condition) else no)

    def _holds(self, condition: str | dict[str, Any]) -> bool:
        if isinstance(condition, str):
            return self._holds(self._template["Conditions"][condition])
        [(key, argument)] = condition.items()
        match key:
            case "Condition" | "Fn::Condition":  # as the long and the short form are read
                return self._holds(argument)
            case "Fn::Equals":
                one, other = self.resolve(argument)
                return str(one) == str(other)
            case "Fn::Not":
                return not self._holds(argument[0])
            case "Fn::And":
                return all(map(self._holds, argument))
            case "Fn::Or":
                return any(map(self._holds, argument))
        raise UnresolvedError(f"the condition {key} isn't known here")
