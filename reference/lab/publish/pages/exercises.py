"""The bonus's guided changes, as differences to type; the tests make each of them in a copy."""

import difflib
import tomllib
from pathlib import Path

import msgspec
from msgspec import Struct

from lab.publish.pages.values import ROOT

SOURCE = ROOT / "docs" / "workshop" / "exercises.toml"


class Change(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """In `file`, `after` instead of `before`, which stands there once."""

    file: str
    before: str
    after: str

    def made(self, root: Path) -> None:
        """Make it below `root`. Raises ValueError where the text is not there once."""
        path = root / self.file
        text = path.read_text()
        if text.count(self.before) != 1:
            raise ValueError(f"{self.file} does not have once: {self.before.strip()}")
        path.write_text(text.replace(self.before, self.after))

    def told(self) -> str:
        """As a difference: lines that go, lines that come."""
        before, after = self.before.splitlines(), self.after.splitlines()
        lines = list(difflib.unified_diff(before, after, n=3, lineterm=""))[3:]
        told = "\n".join(lines)
        return f"```diff\n# {self.file}\n{told}\n```\n"


class Exercise(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Changes, what to run then, and the tests that fail: all others pass."""

    name: str
    run: str
    speaks: tuple[str, ...]
    changes: tuple[Change, ...]
    solution: tuple[Change, ...] = ()


def exercises() -> dict[str, Exercise]:
    """By name. Raises msgspec.ValidationError where the file is wrong."""
    given = tomllib.loads(SOURCE.read_text())["exercises"]
    return {it.name: it for it in msgspec.convert(given, tuple[Exercise, ...])}


def exercise(name: str) -> str:
    """What to change, and what to run."""
    one = exercises()[name]
    return "\n".join(
        (*(it.told() for it in one.changes), f"```bash\n.venv/bin/pytest {one.run}\n```")
    )


def speaks(name: str) -> str:
    """The tests that fail then."""
    return "\n".join(f"- `{it}`" for it in exercises()[name].speaks)


def solution(name: str) -> str:
    """One way to make them pass."""
    return "\n".join(it.told() for it in exercises()[name].solution)
