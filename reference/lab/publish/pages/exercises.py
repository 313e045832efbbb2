"""The bonus exercises: changes to the code, shown as diffs; a test applies each to a copy."""

import difflib
import shlex
import tomllib
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from lab.support.paths import DOCS, ROOT

SOURCE = DOCS / "workshop" / "exercises.toml"


class Change(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Replaces `before`, which occurs once in `file`, with `after`."""

    file: str
    before: str
    after: str

    def apply(self, root: Path) -> None:
        """Change the file below `root`. Raises ValueError unless `before` occurs exactly once."""
        path = root / self.file
        text = path.read_text()
        if text.count(self.before) != 1:
            raise ValueError(f"{self.file} must have exactly once: {self.before.strip()}")
        path.write_text(text.replace(self.before, self.after))

    def as_diff(self) -> str:
        """The change as a diff in Markdown."""
        before, after = self.before.splitlines(), self.after.splitlines()
        lines = list(difflib.unified_diff(before, after, n=3, lineterm=""))[3:]
        return "\n".join(("```diff", f"# {self.file}", *lines, "```\n"))


class Exercise(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Changes to make, the tests to run after them (`run`), and which of those then fail.

    Without changes the tests fail as it is, and the learner goes on with the solution's files.
    `level` is 100 to 300, as one knows it from AWS; `minutes` are planned, nobody measured them.
    """

    name: str
    title: str
    task: str
    level: Literal[100, 200, 300]
    minutes: int
    run: str
    failing_tests: tuple[str, ...]
    hints: tuple[str, ...]
    changes: tuple[Change, ...] = ()
    solution: tuple[Change, ...] = ()

    @property
    def command(self) -> list[str]:
        """`run` as arguments."""
        return shlex.split(self.run)

    @property
    def begins_in(self) -> list[str]:
        """The files in which the learner begins."""
        return sorted({it.file for it in self.changes or self.solution})

    @property
    def files(self) -> list[str]:
        """Every file that the learner may have changed."""
        return sorted({it.file for it in (*self.changes, *self.solution)})

    @property
    def about(self) -> str:
        """Its level and its time."""
        return f"level {self.level}, {self.minutes} minutes planned"


def exercises() -> dict[str, Exercise]:
    """The exercises by name. Raises msgspec.ValidationError for an invalid file."""
    entries = tomllib.loads(SOURCE.read_text())["exercises"]
    return {it.name: it for it in msgspec.convert(entries, tuple[Exercise, ...])}


def exercise(name: str) -> str:
    """An exercise's level, its task, its changes, and how to run its tests."""
    by_name = exercises()
    one, number = by_name[name], list(by_name).index(name) + 1
    run = f"```bash\n.venv/bin/receipts-lab exercise {number}\n```"
    diffs = [it.as_diff() for it in one.changes]
    begins = (
        "" if diffs else f"Yours is `{one.begins_in[0]}`, and `{one.run}` says when it is done.\n"
    )
    return "\n".join((f"*{one.about.capitalize()}.* {one.task}\n", *diffs, begins, run))


def given(name: str) -> str:
    """The file in which an exercise without changes begins."""
    (file,) = exercises()[name].begins_in
    return f"```python\n{(ROOT / file).read_text()}```"


def failing_tests(name: str) -> str:
    """The tests that fail after an exercise's changes, as a list."""
    return "\n".join(f"- `{it}`" for it in exercises()[name].failing_tests)


def solution(name: str) -> str:
    """One change that makes the failing tests pass."""
    return "\n".join(it.as_diff() for it in exercises()[name].solution)
