"""When and where a file of measured data was made."""

from collections.abc import Mapping
from typing import Any

from lab.pages.values import printed


def where(run: Mapping[str, Any]) -> str:
    """When and where, as far as the file says it."""
    told = {**run, **run.get("provenance", {})}
    date = told.get("date") or told.get("measured") or ""
    machine = told.get("machine", "")
    if isinstance(machine, Mapping):
        machine = f"{machine['system']}, {machine['processors']} cores"
    elif "cores" in told and machine:
        machine = f"{machine}, {printed(told['cores'])} cores, Python {told['python']}"
    commit = f"commit {told['commit']}" if "commit" in told else ""
    return "; ".join(filter(None, (date, machine, commit))) or "–"
