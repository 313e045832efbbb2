"""The bonus's exercises, carried out in a copy: exactly the tests speak that the page names."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from lab.publish.pages.exercises import Exercise, exercises
from lab.support.paths import ROOT

pytestmark = pytest.mark.slow

BY_NAME = exercises()


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    unwanted = shutil.ignore_patterns("__pycache__", "*.egg-info")
    for folder in ("reference", "tests"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=unwanted)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def failing(clone: Path, one: Exercise) -> set[str]:
    ran = subprocess.run(  # noqa: S603  our own tests
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *one.run.split()],
        cwd=clone,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode in {0, 1}, ran.stdout + ran.stderr
    return set(re.findall(r"^FAILED \S+::(\w+)", ran.stdout, re.MULTILINE))


@pytest.mark.parametrize("name", BY_NAME)
def test_exactly_the_tests_speak_that_the_page_names(clone: Path, name: str) -> None:
    one = BY_NAME[name]
    for change in one.changes:
        change.made(clone)
    assert failing(clone, one) == set(one.speaks)
    if one.solution:
        for change in one.solution:
            change.made(clone)
        assert failing(clone, one) == set()


def test_a_change_that_does_not_fit_the_code_any_more_says_so(clone: Path) -> None:
    one = BY_NAME["token-bucket"].changes[0]
    one.made(clone)
    with pytest.raises(ValueError, match=r"pacing\.py does not have once"):
        one.made(clone)
