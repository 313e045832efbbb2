"""A picture: its parts and arrows as the check sees them, whoever drew them and however."""

import dataclasses
from typing import Literal

Pair = tuple[str, str]
"""From and to: logical ids, `outside`, or `aws:` and a service that no resource stands for."""

Kind = Literal["", "request", "data", "failure", "signal"]
"""What an arrow is drawn as; "" where the drawing doesn't tell kinds apart."""


@dataclasses.dataclass(frozen=True)
class Part:
    """A node: what it stands for, and where it is drawn (`file:line`)."""

    end: str
    where: str
    icon: str = ""  # the class of its icon, if that is AWS's


@dataclasses.dataclass(frozen=True)
class Arrow:
    """An arrow, and the wirings that it stands for; none where the template can't say."""

    claims: tuple[Pair, ...]
    where: str
    kind: Kind = ""


@dataclasses.dataclass(frozen=True)
class Picture:
    """Parts and arrows of one drawing, or of several that are held to a template together."""

    where: str
    parts: tuple[Part, ...]
    arrows: tuple[Arrow, ...]
    shows_outside: bool = False  # something drawn stands outside the template and may call it
    left_out: dict[Pair, str] = dataclasses.field(default_factory=dict)

    @property
    def ends(self) -> set[str]:
        """What is drawn."""
        return {it.end for it in self.parts if it.end}

    @property
    def claimed(self) -> set[Pair]:
        """The wirings that have an arrow."""
        return {pair for it in self.arrows for pair in it.claims}
