"""Deploys `template.yaml`, the file that goes to AWS, to the emulator.

`adapt_for_emulator` makes and lists every change, in memory; a test checks that there is no other.
"""

import copy
import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from botocore.exceptions import WaiterError
from msgspec import Struct, json
from samtranslator.yaml_helper import yaml_parse

from lab.run.local.emulator import Emulator
from lab.run.local.issuer import AUDIENCE, Issuer
from lab.support.errors import LabError
from lab.support.paths import REFERENCE, TEMPLATE

STACK = "receipts"
CODE_BUCKET = "receipts-code"


class DeploymentError(LabError):
    """The emulator could not create the stack; the text says which resource failed and why."""


class Choices(Struct, frozen=True, kw_only=True):
    """Settings of the local system that differ from those on AWS."""

    concurrency: int
    """Readers at once: 200 on AWS; on a laptop one more than its cores."""
    ocr_engine: str


class Deployment(Struct, frozen=True, kw_only=True):
    """The deployed stack: `outputs` and `resources` by their names in the template."""

    emulator: Emulator
    issuer: Issuer
    outputs: dict[str, str]
    resources: dict[str, str]

    @property
    def api_url(self) -> str:
        """The API's address, as a path: not every machine resolves `*.localhost`."""
        api_id = self.resources["BatchesApi"]
        return f"{self.emulator.url}/_aws/execute-api/{api_id}/$default"


def adapt_for_emulator(template: dict[str, Any], choices: Choices, code_key: str) -> dict[str, Any]:
    """The template for the emulator.

    The changes, and why:

    - `CodeUri` is where the package was uploaded, as `sam package` would write it.
    - The readers' `MaximumConcurrency` and `OCR_ENGINE` come from `choices`.
    - The splitters' `MaximumConcurrency` is its parameter's default: the emulator makes text of
      parameters, and its poller stops at that.
    - Alarms over several metrics are left out: the emulator knows those over one.
    """
    local = copy.deepcopy(template)
    local["Globals"]["Function"]["CodeUri"] = {"Bucket": CODE_BUCKET, "Key": code_key}
    resources = local["Resources"]
    for name in [it for it in resources if "Metrics" in resources[it].get("Properties", {})]:
        del resources[name]
    scaling = resources["ReadMapping"]["Properties"]["ScalingConfig"]
    scaling["MaximumConcurrency"] = choices.concurrency
    splitters = template["Parameters"]["SplittersAtOnce"]["Default"]
    resources["SplitMapping"]["Properties"]["ScalingConfig"]["MaximumConcurrency"] = splitters
    variables = resources["ReadFunction"]["Properties"]["Environment"]["Variables"]
    variables["OCR_ENGINE"] = choices.ocr_engine
    return local


def deploy(emulator: Emulator, issuer: Issuer, choices: Choices) -> Deployment:
    """Upload the code, create the stack and wait for it. Raises `DeploymentError`.

    The API accepts the tokens of `issuer`.
    """
    s3 = emulator.client("s3")
    s3.create_bucket(
        Bucket=CODE_BUCKET,
        CreateBucketConfiguration={"LocationConstraint": s3.meta.region_name},
    )
    s3.put_object(Bucket=CODE_BUCKET, Key="core.zip", Body=zip_sources())
    template = adapt_for_emulator(yaml_parse(TEMPLATE.read_text()), choices, "core.zip")
    parameters = {"TokenIssuer": issuer.url, "TokenAudience": AUDIENCE}
    outputs, resources = create_stack(emulator, STACK, template, parameters)
    return Deployment(emulator=emulator, issuer=issuer, outputs=outputs, resources=resources)


def create_stack(
    emulator: Emulator, name: str, template: dict[str, Any], parameters: Mapping[str, str]
) -> tuple[dict[str, str], dict[str, str]]:
    """Create a stack and wait; answers its outputs, and its resources' ids by their logical ids.

    Raises `DeploymentError`.
    """
    cloudformation = emulator.client("cloudformation")
    cloudformation.create_stack(
        StackName=name,
        TemplateBody=json.encode(template).decode(),
        Parameters=[
            {"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()
        ],
        Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
    )
    try:
        cloudformation.get_waiter("stack_create_complete").wait(
            StackName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 60}
        )
    except WaiterError as error:
        raise DeploymentError(_failure_reasons(cloudformation, name)) from error
    stack = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
    resources = cloudformation.describe_stack_resources(StackName=name)["StackResources"]
    return (
        {o["OutputKey"]: o["OutputValue"] for o in stack.get("Outputs", [])},
        {r["LogicalResourceId"]: r["PhysicalResourceId"] for r in resources},
    )


def zip_sources(more: Mapping[str, Path] | None = None) -> bytes:
    """The pattern and reading as a ZIP; their dependencies come from the lab's own environment.

    `more` are further files by their place in it. `make package` builds the package for AWS, with
    every dependency.
    """
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for package in ("reading", "receipts"):
            for path in sorted((REFERENCE / package).rglob("*")):
                if path.is_file() and "__pycache__" not in path.parts:
                    archive.write(path, path.relative_to(REFERENCE))
        for place, path in (more or {}).items():
            archive.write(path, place)
    return packed.getvalue()


def _failure_reasons(cloudformation: Any, name: str) -> str:  # noqa: ANN401  boto3's own
    events = cloudformation.describe_stack_events(StackName=name)["StackEvents"]
    failed = [e for e in events if "FAILED" in e["ResourceStatus"]]
    lines = [f"{e['LogicalResourceId']}: {e.get('ResourceStatusReason', '?')}" for e in failed]
    return f"the stack {name} was not created:\n" + "\n".join(reversed(lines))
