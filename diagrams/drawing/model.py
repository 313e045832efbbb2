"""What a sheet says, noted down: nodes, arrows and zones, each with the line that says it."""

import dataclasses
import pathlib
import re

from lab.support.paths import ROOT


class SheetError(Exception):
    """A sheet says something that can't be drawn; the text names its file and line."""


@dataclasses.dataclass
class DrawnNode:
    """A node as the sheet tells it."""

    name: str
    title: list[str]
    icon: pathlib.Path
    where: str
    detail: list[str]
    warning: list[str]
    parts: list[str]
    many: bool
    resource: str = ""
    process: str = ""
    aws: str = ""
    external: str = ""

    @property
    def accessible_text(self) -> str:
        """The node in one line, for those who listen."""
        small_print = ", ".join([" ".join(self.detail + self.warning), *self.parts]).strip(", ")
        return " ".join(self.title) + (f": {small_print}" if small_print else "")


@dataclasses.dataclass
class DrawnArrow:
    """An arrow as the sheet tells it; it points the way the data goes."""

    source: str
    target: str
    kind: str
    label: list[str]
    where: str
    number: int = 0  # of the step it belongs to; 0: before the first step
    both: bool = False  # data goes both ways
    opened_by: str = ""  # the node that opens the connection, where that matters
    signed_by: str = ""  # the node whose rights the source uses (a presigned form)
    evidence: str = ""  # what stands behind an arrow that no template wires
    impossible: bool = False  # it can't be so: a cross stands on it
    leaves: str = ""  # side of the source: one of N E S W; chosen when empty
    enters: str = ""


@dataclasses.dataclass
class DrawnZone:
    """A frame around nodes."""

    name: str
    label: str
    kind: str
    where: str
    parent: str = ""
    head: str = "left"  # the corner in which its name stands
    nodes: list[str] = dataclasses.field(default_factory=list)


def slug(label: str) -> str:
    """The label as a part of an id."""
    return re.sub(r"[^a-z0-9]+", "-", label.lower()).strip("-")


def shown(path: str) -> str:
    """A path as messages show it: from the repository's root, if it lies in there."""
    return path.removeprefix(f"{ROOT}/")
