"""`mkdocs serve` is one process for many builds, and each shows the code as it is then."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from lab.support.paths import REFERENCE, ROOT

TWO_BUILDS = """
import pathlib, sys, types
from mkdocs.config import load_config

page = types.SimpleNamespace(file=types.SimpleNamespace(src_uri="page.md"), meta={})


def shown():
    config = load_config("mkdocs.yml")  # as `mkdocs serve` begins each build
    [hook] = config.hooks.values()
    hook.on_config(config)
    return hook.on_page_markdown(sys.argv[1], page=page)


print(shown())
path, (before, after) = pathlib.Path(sys.argv[2]), sys.argv[3:]
text = path.read_text()
assert before in text
path.write_text(text.replace(before, after))
print(shown())
"""


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A copy whose code may be changed."""
    for path in ROOT.iterdir():
        if path != REFERENCE and not path.name.startswith("."):
            (tmp_path / path.name).symlink_to(path)
    shutil.copytree(REFERENCE, tmp_path / "reference", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


@pytest.mark.slow
def test_a_build_shows_what_was_changed_in_the_code_since_the_last_one(repository: Path) -> None:
    done = subprocess.run(  # noqa: S603  our own program
        [
            *(sys.executable, "-c", TWO_BUILDS, "{{ code.batch.MAX_FILES }}"),
            *("reference/receipts/batch.py", "MAX_FILES = 1_000", "MAX_FILES = 777"),
        ],
        cwd=repository,
        env={"PYTHONPATH": "reference"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.split() == ["1,000", "777"], done.stderr
