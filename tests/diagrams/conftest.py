"""Every sheet, read once, and what its tests ask about."""

import pathlib
import sys

import pytest

ROOT = pathlib.Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "diagrams"))

from drawing.reading import read_sheet  # noqa: E402
from drawing.sheet import Sheet  # noqa: E402
from lab.template import Template, read_template  # noqa: E402
from render import sheets as sheet_files  # noqa: E402


def read_all() -> list[Sheet]:
    return [read_sheet(path) for path in sheet_files()]


SHEETS = {sheet.name: sheet for sheet in read_all()}
TEMPLATES = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "reference").rglob("*.yaml"))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "deployable" in metafunc.fixturenames:
        templates = [read_template(ROOT / path, path) for path in TEMPLATES]
        metafunc.parametrize("deployable", templates, ids=TEMPLATES)
    if "sheet" in metafunc.fixturenames:
        metafunc.parametrize("sheet", SHEETS.values(), ids=SHEETS.keys())


@pytest.fixture(scope="session")
def sheets() -> dict[str, Sheet]:
    return SHEETS


@pytest.fixture(scope="session")
def template() -> Template:
    return read_template(ROOT / "reference" / "template.yaml", "reference/template.yaml")
