"""The template as CloudFormation gets it: SAM translated, parameters and pseudo parameters set in.

No emulator is asked: what is rendered is looked at. A resource's attribute is made up from its
logical name, an ARN with the partition, region and account of the deployment.
"""

import copy
import os
import re
from typing import Any
from unittest.mock import patch

from msgspec import Struct, field
from samtranslator.translator.transform import transform

from helpers.template_parts import Template, holds, owner

ACCOUNT = "123456789012"
STACK_ID = "51af3dc0-da77-11e4-872e-1234567db123"


class Deployment(Struct, frozen=True, kw_only=True):
    """Where a template is deployed, under which name, with which parameters."""

    stack: str = "receipts"
    region: str = "eu-central-1"
    partition: str = "aws"
    parameters: dict[str, str] = field(default_factory=dict)

    def render(self) -> Template:
        """The template's resources that are made, and its outputs."""
        template = copy.deepcopy(owner())
        template["Globals"]["Function"]["CodeUri"] = "s3://code/functions.zip"
        with patch.dict(os.environ, {"AWS_DEFAULT_REGION": self.region}):
            translated = transform(template, {}, _NoPolicies())
        made = {}
        for kind in ("Resources", "Outputs"):
            for name, one in translated[kind].items():
                condition = one.get("Condition")
                if not condition or holds(owner(), condition, **self.parameters):
                    made[name] = self._resolved(one)
        return made

    def _resolved(self, value: Any) -> Any:  # noqa: PLR0911  one a function of CloudFormation
        match value:
            case {"Ref": str(name)}:
                return self._ref(name)
            case {"Fn::GetAtt": [str(name), str(attribute)]}:
                return self._attribute(name, attribute)
            case {"Fn::Sub": [str(text), dict(own)]}:
                return self._substituted(text, {key: self._resolved(it) for key, it in own.items()})
            case {"Fn::Sub": str(text)}:
                return self._substituted(text, {})
            case {"Fn::If": [str(condition), then, otherwise]}:
                is_so = holds(owner(), condition, **self.parameters)
                return self._resolved(then if is_so else otherwise)
            case {"Fn::Select": [index, several]}:
                return self._resolved(several)[int(index)]
            case {"Fn::Split": [str(by), whole]}:
                return self._resolved(whole).split(by)
            case dict():
                resolved = {key: self._resolved(it) for key, it in value.items()}
                return {key: it for key, it in resolved.items() if it is not None}
            case list():
                return [it for one in value if (it := self._resolved(one)) is not None]
        return value

    def _ref(self, name: str) -> Any:
        known = {
            "AWS::AccountId": ACCOUNT,
            "AWS::NoValue": None,
            "AWS::Partition": self.partition,
            "AWS::Region": self.region,
            "AWS::StackName": self.stack,
            "AWS::StackId": self._arn("cloudformation", f"stack/{self.stack}/{STACK_ID}"),
        }
        if name in known:
            return known[name]
        parameter = owner()["Parameters"].get(name)
        if parameter is None:
            return f"the {name}"
        given = self.parameters.get(name, parameter.get("Default"))
        return str(given).split(",") if parameter["Type"] == "CommaDelimitedList" else given

    def _attribute(self, name: str, attribute: str) -> str:
        is_arn = attribute.endswith("Arn")
        return self._arn("service", name) if is_arn else f"the {name}'s {attribute}"

    def _arn(self, service: str, what: str) -> str:
        return f"arn:{self.partition}:{service}:{self.region}:{ACCOUNT}:{what}"

    def _substituted(self, text: str, own: dict[str, str]) -> str:
        def put(found: re.Match[str]) -> str:
            name, _, attribute = found[1].partition(".")
            value = own.get(name) or (
                self._attribute(name, attribute) if attribute else self._ref(name)
            )
            return str(value)

        return re.sub(r"\$\{([\w:.]+)\}", put, text)


class _NoPolicies:
    """SAM asks for AWS's managed policies; the template uses none."""

    def load(self) -> dict[str, str]:
        return {}
