"""The model of a sheet: nodes, arrows and zones, each with its line in the sheet's file."""

import dataclasses
import re

from drawing.services import Service, says
from lab.support.paths import ROOT


class SheetError(Exception):
    """A sheet that can't be drawn; the message names its file and line."""


@dataclasses.dataclass
class DrawnNode:
    """A node of a sheet; `Sheet` documents the fields that a sheet sets."""

    name: str
    title: list[str]
    service: Service
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
        """The node as one line of text, for screen readers."""
        small_print = ", ".join([" ".join(self.detail + self.warning), *self.parts]).strip(", ")
        return self.called + (f": {small_print}" if small_print else "")

    @property
    def called(self) -> str:
        """Its name and its service's in one line: "Ledger, Amazon DynamoDB"."""
        return ", ".join(" ".join(it) for it in (self.title, self.shown_service) if it)

    @property
    def shown_service(self) -> list[str]:
        """The lines under the name that say its service, unless the name says it already."""
        named = says(" ".join(self.title), self.service.name)
        return [] if named else self.service.name.split("\n")


@dataclasses.dataclass
class DrawnArrow:
    """An arrow of a sheet; it points in the data's direction."""

    source: str
    target: str
    kind: str
    label: list[str]
    where: str
    number: int = 0  # of its step; 0: before the first step
    leads: bool = False  # the first of its step: the one whose number is always shown
    both: bool = False  # data flows in both directions
    opened_by: str = ""  # the node that opens the connection, if that matters
    signed_by: str = ""  # the node whose rights the source uses (a presigned form)
    evidence: str = ""  # the source of an arrow that no template wires: a file, or words
    impossible: bool = False  # it can't exist: drawn with a cross
    leaves: str = ""  # the side of the source, N, E, S or W; "": any
    enters: str = ""


@dataclasses.dataclass
class DrawnZone:
    """A frame around nodes."""

    name: str
    label: str
    kind: str
    where: str
    parent: str = ""
    head: str = "left"  # the corner of its name: left or right at the top, or foot
    nodes: list[str] = dataclasses.field(default_factory=list)


def slug(label: str) -> str:
    """The label in the form of an id: small letters of any alphabet, with dashes."""
    return re.sub(r"[\W_]+", "-", label.lower()).strip("-")


def shown(path: str) -> str:
    """A path as messages show it: relative to the repository's root if it is within."""
    return path.removeprefix(f"{ROOT}/")
