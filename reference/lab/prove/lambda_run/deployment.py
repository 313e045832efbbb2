"""The stack in the emulator, whose own functions only hand over, and whose mappings are off."""

import io
import zipfile
from typing import Any

from msgspec import Struct
from samtranslator.yaml_helper import yaml_parse

from lab.prove.iam.deployed import Stack
from lab.prove.lambda_run.triggers import FORWARDER
from lab.run.local.deployment import (
    CODE_BUCKET,
    STACK,
    Choices,
    Deployment,
    adapt_for_emulator,
    create_stack,
)
from lab.run.local.emulator import REGION, Emulator
from lab.run.local.issuer import AUDIENCE, Issuer
from lab.support.paths import TEMPLATE

ENGINE = "tesseract"
"""Of the emulator's copy, which reads nothing: the sandboxes have the template's."""


class Deployed(Struct, frozen=True, kw_only=True):
    """The stack for the emulator's clients, and for who resolves the template."""

    local: Deployment
    stack: Stack


def deploy(emulator: Emulator, issuer: Issuer, forwarder_port: int) -> Deployed:
    """Create the stack: its functions hand each event to `forwarder_port`."""
    s3 = emulator.client("s3")
    s3.create_bucket(
        Bucket=CODE_BUCKET, CreateBucketConfiguration={"LocationConstraint": s3.meta.region_name}
    )
    s3.put_object(Bucket=CODE_BUCKET, Key="forwarder.zip", Body=_forwarder(forwarder_port))
    template = adapt_for_emulator(
        yaml_parse(TEMPLATE.read_text()),
        Choices(concurrency=2, ocr_engine=ENGINE),
        "forwarder.zip",
    )
    _hand_over(template)
    parameters = {"TokenIssuer": issuer.url, "TokenAudience": AUDIENCE}
    outputs, resources = create_stack(emulator, STACK, template, parameters)
    described = emulator.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"][0]
    local = Deployment(emulator=emulator, issuer=issuer, outputs=outputs, resources=resources)
    stack = Stack(
        region=REGION,
        account=described["StackId"].split(":")[4],
        name=STACK,
        id=described["StackId"],
        parameters=parameters,
        resources=resources,
    )
    return Deployed(local=local, stack=stack)


def _hand_over(template: dict[str, Any]) -> None:
    for it in template["Resources"].values():
        match it["Type"]:
            case "AWS::Serverless::Function":
                it["Properties"] |= {"Handler": "forwarder.handler", "Timeout": 60}
            case "AWS::Lambda::EventSourceMapping":
                it["Properties"]["Enabled"] = False
            case "AWS::Scheduler::Schedule":
                it["Properties"]["State"] = "DISABLED"


def _forwarder(port: int) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("forwarder.py", FORWARDER.replace("{port}", str(port)))
    return packed.getvalue()
