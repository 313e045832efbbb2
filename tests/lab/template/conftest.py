"""The deployed template, read once."""

import pytest

from lab.support.paths import TEMPLATE
from lab.template import Template, read_template


@pytest.fixture(scope="session")
def template() -> Template:
    return read_template(TEMPLATE, "reference/template.yaml")
