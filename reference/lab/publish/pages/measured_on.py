"""The one line that says where a page's figures were measured, and when."""

from collections.abc import Mapping

import msgspec

from lab.support.provenance import Provenance

OLDER = "measured with older code"


def measured_on(provenance: Provenance | Mapping[str, object]) -> str:
    """Day, machine and commit; it adds that the code measured then isn't today's, or is unknown.

    Fits behind "Measured on". A page gives a data file's: `measured_on(data.batch.provenance)`.
    """
    of = msgspec.convert(provenance, Provenance, from_attributes=True)
    commit = "an unknown commit" if of.commit == "unknown" else f"commit {of.commit}"
    older = "" if of.is_current else f" ({OLDER})"
    return f"{of.date} on {of.cores} cores ({of.machine}, Python {of.python}), at {commit}{older}"
