"""The house is as CONTRIBUTING.md and decision 8 say."""

import re

from lab.support.paths import REFERENCE, ROOT

PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")

PATTERN_LINES = 5_200
"""Python lines that the pattern may have when it has grown all that is planned (decision 8)."""


def test_every_path_that_contributing_names_is_there() -> None:
    paths = set(re.findall(r"`((?:reference|tests|docs|diagrams)/[^`\s]*)`", PAGE))
    assert len(paths) > 30
    assert [path for path in sorted(paths) if not (ROOT / path).exists()] == []


def test_the_pattern_stays_small_enough_to_be_read() -> None:
    sources = (REFERENCE / "receipts").rglob("*.py")
    lines = sum(len(path.read_text(encoding="utf-8").splitlines()) for path in sources)
    assert lines <= PATTERN_LINES, f"the pattern has {lines:,} lines of Python"
