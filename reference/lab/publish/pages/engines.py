"""The table of OCR engines: their names, and the first lines of their modules' docstrings."""

from lab.publish.pages.code_lines import first_line
from lab.publish.pages.markdown import table
from lab.support.paths import REFERENCE
from reading.engines import ENGINES

_ENGINES = REFERENCE / "reading" / "engines"


def engines() -> str:
    """The engines by name, with the first line of each module's docstring."""
    return table(("engine", "what"), [(f"`{name}`", _first_line(name)) for name in ENGINES])


def _first_line(name: str) -> str:
    # Parsed, not imported: what an engine needs may not be installed.
    module = _ENGINES / name / "__init__.py"
    module = module if module.exists() else _ENGINES / f"{name}.py"
    return first_line(module)
