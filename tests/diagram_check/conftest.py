"""The example, which is no template of this workshop."""

from pathlib import Path

import pytest

import diagram_check

EXAMPLE = Path(diagram_check.__file__).parent / "examples" / "url_shortener"


@pytest.fixture
def drawing() -> Path:
    return EXAMPLE / "architecture.py"


@pytest.fixture
def deployed() -> Path:
    return EXAMPLE / "template.yaml"
