"""The bonus's exercises, applied to a copy: exactly the tests fail that the page lists."""

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
    for folder in ("reference", "tests", "docs/workshop"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=unwanted)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def failing(clone: Path, one: Exercise) -> set[str]:
    # -B: what was compiled in the second of the last change would hide it.
    ran = subprocess.run(  # noqa: S603  our own tests
        [sys.executable, "-B", "-m", "pytest", "-q", "-p", "no:cacheprovider", *one.command],
        cwd=clone,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode in {0, 1}, ran.stdout + ran.stderr
    return set(re.findall(r"^FAILED \S+::(\S+)", ran.stdout, re.MULTILINE))


@pytest.mark.parametrize("name", BY_NAME)
def test_each_exercise_breaks_exactly_the_listed_tests(clone: Path, name: str) -> None:
    one = BY_NAME[name]
    for change in one.changes:
        change.apply(clone)
    assert failing(clone, one) == set(one.failing_tests)
    if one.solution:
        for change in one.solution:
            change.apply(clone)
        assert failing(clone, one) == set()


def test_a_change_that_no_longer_fits_the_code_is_refused(clone: Path) -> None:
    one = BY_NAME["token-bucket"].changes[0]
    one.apply(clone)
    with pytest.raises(ValueError, match=r"pacing\.py must have exactly once"):
        one.apply(clone)
