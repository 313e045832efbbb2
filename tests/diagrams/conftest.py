"""Every sheet, read once, and what its tests ask about."""

import sys

import pytest

from lab.support.paths import LAB, ROOT

sys.path.insert(0, str(ROOT / "diagrams"))

from diagram_check.template import read_template
from drawing.loader import read_sheet
from drawing.sheet import TEMPLATE, Sheet
from render import sheets as sheet_files


def read_all() -> list[Sheet]:
    return [read_sheet(path) for path in sheet_files()]


SHEETS = {sheet.name: sheet for sheet in read_all()}
TEMPLATES = [TEMPLATE, *sorted(str(it.relative_to(ROOT)) for it in LAB.rglob("*.yaml"))]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "deployable" in metafunc.fixturenames:
        templates = [read_template(ROOT / path, path) for path in TEMPLATES]
        metafunc.parametrize("deployable", templates, ids=TEMPLATES)
    if "sheet" in metafunc.fixturenames:
        metafunc.parametrize("sheet", SHEETS.values(), ids=SHEETS.keys())


@pytest.fixture(scope="session")
def sheets() -> dict[str, Sheet]:
    return SHEETS
