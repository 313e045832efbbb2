"""The deployed template, read once."""

import pytest

from diagram_check.template import Template, read_template
from lab.support.paths import TEMPLATE


@pytest.fixture(scope="session")
def template() -> Template:
    return read_template(TEMPLATE, "reference/template.yaml")
