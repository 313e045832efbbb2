"""The lines that say where and when a page's figures were measured."""

from collections.abc import Mapping
from typing import Any

import msgspec

from lab.support.provenance import Provenance

OLDER = "measured with older code: it has changed since"

Of = Provenance | Mapping[str, object]
Run = Mapping[str, Any]


def measured_on(provenance: Of) -> str:
    """Day and cores, to follow "Measured on", and a note if the code has changed since.

    A page passes a data file's provenance: `measured_on(data.batch.provenance)`. The rest stands
    once, on Measured results: `measured_at`.
    """
    of = msgspec.convert(provenance, Provenance, from_attributes=True)
    return f"{of.date} on {of.cores} cores{'' if of.is_current else f' ({OLDER})'}"


def measured_at(provenance: Of) -> str:
    """Day, commit and machine, for a cell of a table."""
    of = msgspec.convert(provenance, Provenance, from_attributes=True)
    commit = "unknown commit" if of.commit == "unknown" else of.commit
    return (
        f'<span class="when">{of.date}, {commit}{"" if of.is_current else ", older code"}<br>'
        f"<small>{of.cores} cores, {of.machine}, Python {of.python}</small></span>"
    )


def measured_briefly(*runs: Run) -> str:
    """Cores, minutes and day of each run, to stand small below a figure."""
    return "; ".join(map(_briefly, runs))


def _briefly(run: Run) -> str:
    of = msgspec.convert(run["provenance"], Provenance)
    older = "" if of.is_current else ", older code"
    return f"{of.cores} cores, {run['seconds'] / 60:.0f} min, {of.date}{older}"
