"""One resource of a template."""

from typing import Any

import msgspec


class Resource(msgspec.Struct, frozen=True):
    """One resource: its logical id, its CloudFormation type, its properties."""

    name: str
    type: str
    properties: dict[str, Any]
    line: int
