"""The patterns by name: template, handler, and what a run must know about each."""

import inspect
from importlib import import_module
from pathlib import Path
from typing import Any

from msgspec import Struct
from samtranslator.yaml_helper import yaml_parse

from lab.support.paths import LAB

FOLDER = LAB / "alternatives" / "patterns"


class Pattern(Struct, frozen=True, kw_only=True):
    """One way for a message from the producer to the reader.

    `output` names the template's output that has the address for messages.
    """

    name: str
    title: str
    output: str
    has_queue: bool
    """Whether the reader gets its messages from a queue: only then the emulator retries a failed
    message, and dead-letters it in the end."""

    @property
    def path(self) -> Path:
        """The path of its template."""
        return FOLDER / f"{self.name.replace('-', '_')}.yaml"

    def template(self) -> dict[str, Any]:
        """Its template's content, read at each call."""
        content: dict[str, Any] = yaml_parse(self.path.read_text())
        return content

    @property
    def handler(self) -> str:
        """The handler that its template names, dotted."""
        named: str = self.template()["Resources"]["ReadFunction"]["Properties"]["Handler"]
        return named

    @property
    def lines_of_code(self) -> int:
        """Of its handler, with the function that reads one message; without blanks and wiring."""
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
"""In the order of the pages."""
