"""The patterns by name: each one's template, its entrypoint, and what a run must know of it."""

import inspect
from importlib import import_module
from pathlib import Path
from typing import Any

from msgspec import Struct
from samtranslator.yaml_helper import yaml_parse  # type: ignore[import-untyped]

from lab.support.paths import LAB

FOLDER = LAB / "alternatives" / "patterns"


class Pattern(Struct, frozen=True, kw_only=True):
    """One way from whoever announces a receipt to whoever reads it.

    `output` is the template's output that says where messages go.
    """

    name: str
    title: str
    output: str
    has_queue: bool
    """Whether a queue hands the messages to the reader: the one way behind which the emulator tries
    again what failed, and at last gives it up."""

    @property
    def path(self) -> Path:
        """Its template."""
        return FOLDER / f"{self.name.replace('-', '_')}.yaml"

    def template(self) -> dict[str, Any]:
        """Its template's content, read anew."""
        content: dict[str, Any] = yaml_parse(self.path.read_text())
        return content

    @property
    def handler(self) -> str:
        """The entrypoint that its template names, dotted."""
        named: str = self.template()["Resources"]["ReadFunction"]["Properties"]["Handler"]
        return named

    @property
    def lines_of_code(self) -> int:
        """Of its entrypoint: the handler and what reads one message; neither blanks nor wiring."""
        module_name, _, name = self.handler.rpartition(".")
        module = import_module(module_name)
        return sum(_lines(inspect.getsource(vars(module)[part])) for part in ("read", name))

    @property
    def lines_of_template(self) -> int:
        """Of its template, without blanks and comments."""
        return _lines(self.path.read_text())


def _lines(source: str) -> int:
    stripped = (line.strip() for line in source.splitlines())
    return sum(1 for line in stripped if line and not line.startswith("#"))


PATTERNS = {
    pattern.name: pattern
    for pattern in (
        Pattern(name="sqs", title="SQS queue", output="ReceiptQueueUrl", has_queue=True),
        Pattern(name="sns", title="SNS topic", output="ReceiptTopicArn", has_queue=False),
        Pattern(
            name="eventbridge",
            title="EventBridge bus",
            output="ReceiptBusName",
            has_queue=False,
        ),
        Pattern(
            name="kinesis", title="Kinesis stream", output="ReceiptStreamName", has_queue=False
        ),
        Pattern(name="sns-sqs", title="SNS → SQS", output="ReceiptTopicArn", has_queue=True),
    )
}
"""In the order in which pages show them."""
