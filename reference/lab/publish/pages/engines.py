"""The OCR engines that one setting chooses between, described by their adapters' docstrings."""

import ast

from lab.publish.pages.markdown import table
from lab.support.paths import REFERENCE
from reading.engines import ENGINES

_ADAPTERS = REFERENCE / "reading" / "engines"


def engines() -> str:
    """The engines by name, with the first line of each adapter's docstring."""
    return table(("engine", "what"), [(f"`{name}`", _description(name)) for name in ENGINES])


def _description(name: str) -> str:
    # Parsed, not imported: what an adapter needs may not be installed.
    docstring = ast.get_docstring(ast.parse((_ADAPTERS / f"{name}.py").read_text())) or ""
    return docstring.partition("\n")[0].rstrip(".")
