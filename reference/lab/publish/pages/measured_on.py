"""The line that says where and when a page's figures were measured."""

from collections.abc import Mapping

import msgspec

from lab.support.provenance import Provenance

OLDER = "measured with older code"


def measured_on(provenance: Provenance | Mapping[str, object]) -> str:
    """Day, machine and commit, to follow "Measured on", and a note if the code has changed since.

    A page passes a data file's provenance: `measured_on(data.batch.provenance)`.
    """
    of = msgspec.convert(provenance, Provenance, from_attributes=True)
    commit = "an unknown commit" if of.commit == "unknown" else f"commit {of.commit}"
    older = "" if of.is_current else f" ({OLDER})"
    return f"{of.date} on {of.cores} cores ({of.machine}, Python {of.python}), at {commit}{older}"
