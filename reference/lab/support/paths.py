"""The repository's paths, absolute: a command may run in any directory."""

from pathlib import Path

ROOT = Path(__file__).parents[3]
REFERENCE = ROOT / "reference"
"""The folder for PYTHONPATH: it has the packages `receipts`, `reading` and `lab`."""
LAB = REFERENCE / "lab"
TEMPLATE = REFERENCE / "template.yaml"

DOCS = ROOT / "docs"
ASSETS = DOCS / "assets"
AGENT_ASSETS = REFERENCE / "receipts" / "agent" / "assets"
"""Of the agent's own page, which other live pages share: they have them as `assets/agent`."""
DATA = DOCS / "data"
"""Measured figures. Only the commands that measure them write them; pages read them."""

BUILD = ROOT / "build"
CACHE = ROOT / ".cache"
"""Results that are slow to make and can be made again; `make clean` removes them."""
