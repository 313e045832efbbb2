"""Every sheet, read once, and what its tests ask about."""

import sys

import pytest

from lab.support.paths import ROOT

sys.path.insert(0, str(ROOT / "diagrams"))

from drawing.loader import read_sheet
from drawing.sheet import Sheet
from lab.template import read_template
from render import sheets as sheet_files


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
