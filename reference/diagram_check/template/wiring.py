"""A wiring: one way for data from one resource to another."""

from typing import Literal

import msgspec

from diagram_check.template.sam_template import Place

OUTSIDE = "outside"  # callers of the API and users of presigned forms
How = Literal["request", "event", "read", "write", "redrive", "signal"]


class Wiring(msgspec.Struct, frozen=True):
    """`source` reaches `target`; both are logical ids, `outside`, or `aws:` and a service.

    Attributes:
        how: *request* and *event* are delivered by a service; *read* and *write* are done by code
            under its IAM rights (a read leads from what is read to the reader); *redrive* moves
            what failed; *signal* carries a measurement.
        places: the evidence in the template.
        missing: what is missing for it to work; "" if nothing.
    """

    source: str
    target: str
    how: How
    places: tuple[Place, ...]
    missing: str = ""

    def merged_with(self, other: "Wiring") -> "Wiring":
        """Both wirings as one, with the places of both."""
        missing = self.missing or other.missing
        places = tuple(dict.fromkeys(self.places + other.places))
        return Wiring(self.source, self.target, self.how, places, missing)
