"""The OCR engines that one setting chooses between, as their adapters introduce themselves."""

import ast

from lab.publish.pages.markdown import table
from lab.support.paths import REFERENCE
from reading.engines import ENGINES

_ADAPTERS = REFERENCE / "reading" / "engines"


def engines() -> str:
    """The engines by name, with the first line of each adapter's docstring."""
    return table(("engine", "what"), [(f"`{name}`", _says(name)) for name in ENGINES])


def _says(name: str) -> str:
    # Read, not imported: an adapter's own needs may not be installed.
    told = ast.get_docstring(ast.parse((_ADAPTERS / f"{name}.py").read_text())) or ""
    return told.partition("\n")[0].rstrip(".")
