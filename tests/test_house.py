"""The house is as the pages and decision 8 say."""

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from lab.measure.peak.figure import LOST_ROUTES
from lab.publish.pages.page_source import needs_the_build, says_so
from lab.support.paths import DATA, DOCS, REFERENCE, ROOT

PAGES = [ROOT / "CONTRIBUTING.md", ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]

LONGEST_CLAUSE, TERMINAL = 55, 80
"""Characters of what `make` says of a target, and of its lines."""

PATTERN_LINES = 5_450
"""Python lines that the pattern may have when it has grown all that is planned (decision 8)."""


def named(page: Path) -> set[str]:
    """The paths in the page's backticks; what has a wildcard or a placeholder is none."""
    text = page.read_text(encoding="utf-8")
    return set(re.findall(r"`((?:reference|tests|docs|diagrams)/[^`\s*{<…]*)`", text))


def test_the_pages_name_paths() -> None:
    assert len(named(PAGES[0])) > 30
    assert sum(bool(named(page)) for page in PAGES) > 10


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_path_that_a_page_names_is_there(page: Path) -> None:
    assert [path for path in sorted(named(page)) if not (ROOT / path).exists()] == []


def test_a_page_that_needs_the_build_says_so_where_a_code_host_shows_it_and_no_other_does() -> None:
    sources = {
        page: page.read_text(encoding="utf-8")
        for page in PAGES
        if not {"decisions", "diagrams"} & set(page.relative_to(ROOT).parts[:-1])
    }
    wrong = [page for page, it in sources.items() if needs_the_build(it) != says_so(it)]
    assert wrong == []
    assert sum(map(needs_the_build, sources.values())) > 30


def test_the_first_page_on_a_code_host_has_the_figures_of_the_measured_peak() -> None:
    run = msgspec.json.decode((DATA / "peak.json").read_bytes())
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    told = re.findall(r"^\| .* \| \**([\d,]+)\** of ([\d,]+) \|$", readme, re.MULTILINE)
    measured = [
        (f"{run[way]['rows_lost']:,}", f"{run[way]['rows_lost'] + run[way]['rows_written']:,}")
        for way in LOST_ROUTES
    ]
    assert told == measured


@pytest.mark.slow
def test_make_lists_every_target_in_its_group_for_a_narrow_terminal() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    said = dict(re.findall(r"^([a-z-]+):.*## \w+: (.+)$", makefile, re.MULTILINE))
    assert {name: text for name, text in said.items() if len(text) > LONGEST_CLAUSE} == {}
    assert said.keys() == set(re.findall(r"^([a-z][a-z-]+):(?!=)", makefile, re.MULTILINE))
    # As typed by a person: below another make it would also say which folder it enters.
    typed = {name: it for name, it in os.environ.items() if name not in {"MAKEFLAGS", "MAKELEVEL"}}
    listed = subprocess.run(
        ["make"],  # noqa: S607
        cwd=ROOT,
        env=typed,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    lines = listed.splitlines()
    assert max(map(len, lines)) <= TERMINAL
    assert re.findall(r"^  make (\S+)", listed, re.MULTILINE)[:3] == ["demo", "test", "serve"]
    assert set(re.findall(r"^  make (\S+)", listed, re.MULTILINE)) == said.keys()
    assert lines[0] == "Start"


def test_every_check_that_the_page_of_lessons_names_is_there() -> None:
    page = (DOCS / "explanation/what-would-fail-on-aws.md").read_text(encoding="utf-8")
    checks = set(re.findall(r"`([a-z]\w*_\w+)`", page))
    tests = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("*.py"))
    assert len(checks) > 15
    assert {name for name in checks if f"def {name}(" not in tests} == set()


def test_the_pattern_stays_small_enough_to_be_read() -> None:
    sources = (REFERENCE / "receipts").rglob("*.py")
    lines = sum(len(path.read_text(encoding="utf-8").splitlines()) for path in sources)
    assert lines <= PATTERN_LINES, f"the pattern has {lines:,} lines of Python"


def test_the_public_host_runs_what_ci_runs_and_each_job_has_few_rights() -> None:
    workflow: dict[str, Any] = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text())
    jobs = workflow["jobs"]
    assert workflow["permissions"] == {}
    assert jobs["checks"]["steps"][-1] == {"run": "bash .ci/run"}
    assert jobs["site"]["needs"] == "checks"
    for name, job in jobs.items():
        writes = {right for right, how in job["permissions"].items() if how == "write"}
        ours = any("run" in step for step in job["steps"])
        assert not (writes and ours), f"{name} runs our code and may write"
        used = [step["uses"] for step in job["steps"] if "uses" in step]
        assert all(re.fullmatch(r"actions/[\w-]+@v\d+", it) for it in used), used
