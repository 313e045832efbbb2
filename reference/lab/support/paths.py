"""Where things lie in this repository, wherever a command is typed."""

from pathlib import Path

ROOT = Path(__file__).parents[3]
REFERENCE = ROOT / "reference"
"""What goes on PYTHONPATH: the packages `receipts` and `lab`."""
LAB = REFERENCE / "lab"
TEMPLATE = REFERENCE / "template.yaml"

DOCS = ROOT / "docs"
ASSETS = DOCS / "assets"
DATA = DOCS / "data"
"""Measured figures; pages read them, and only the commands that measure them write them."""

BUILD = ROOT / "build"
CACHE = ROOT / ".cache"
"""What is slow to make and can be made again; `make clean` removes it."""
