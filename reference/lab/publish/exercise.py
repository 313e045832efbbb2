"""The command `receipts-lab exercise`: shows a task of the bonus, runs its tests, hints, restores.

It makes no change of its own: the learner does. What it puts back it keeps as a patch first.
"""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from msgspec import Struct
from rich.console import Console
from rich.markup import escape

from lab.publish.pages.exercises import Exercise, exercises
from lab.support.errors import LabError
from lab.support.paths import BUILD, CACHE, ROOT


class Outcome(Struct, frozen=True, kw_only=True):
    """The tests that failed and how many passed; `told` is what to make of it."""

    red: frozenset[str]
    green: int
    told: str


class Bench:
    """Where exercises are done: a clone of the project, and what was noted of it."""

    def __init__(self, root: Path = ROOT, notes: Path = CACHE, patches: Path = BUILD) -> None:
        """The clone's folder, that of the notes on hints, and that of what was put aside."""
        self._root = root
        self._notes = notes / "exercises.json"
        self._patches = patches / "exercises"

    def run(self, one: Exercise) -> Iterator[str | Outcome]:
        """The tests' output, line by line, and then their outcome. Raises LabError."""
        # -B: what was compiled in the second of the last change would hide it.
        python = [sys.executable, "-B"]
        command = [*python, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--tb=short"]
        red, green = set(), 0
        with subprocess.Popen(  # noqa: S603  the exercise's own tests
            [*command, *one.command],
            cwd=self._root,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as running:
            assert running.stdout is not None  # noqa: S101  a pipe
            for line in running.stdout:
                if failed := re.match(r"FAILED \S+::(\S+)", line):
                    red.add(failed[1])
                if passed := re.search(r"(\d+) passed", line):
                    green = int(passed[1])
                yield line.rstrip("\n")
        if running.returncode not in {0, 1}:
            raise LabError("the tests did not run: is there a mistake in the code above?")
        yield Outcome(red=frozenset(red), green=green, told=_told(one, red, self._is_changed(one)))

    def _is_changed(self, one: Exercise) -> bool:
        try:
            return bool(self._differing(one))
        except LabError:  # no git to ask
            return True

    def next_hint(self, one: Exercise) -> str:
        """The next hint; which come next is noted."""
        given = self._given()
        at = given.get(one.name, 0)
        if at >= len(one.hints):
            return "No more hints. The page has the answer, closed."
        self._notes.parent.mkdir(parents=True, exist_ok=True)
        self._notes.write_text(json.dumps(given | {one.name: at + 1}))
        return f"Hint {at + 1} of {len(one.hints)}: {one.hints[at]}"

    def _given(self) -> dict[str, int]:
        try:
            found = json.loads(self._notes.read_text())
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def restore(self, one: Exercise) -> tuple[list[str], Path | None]:
        """Put this exercise's files back as they were committed: which, and the patch that is kept.

        Raises LabError where git can't, and then nothing was changed.
        """
        changed = self._differing(one)
        if not changed:
            return [], None
        self._patches.mkdir(parents=True, exist_ok=True)
        number = len(list(self._patches.glob(f"{one.name}-*.patch"))) + 1
        patch = self._patches / f"{one.name}-{number}.patch"
        patch.write_text(self._git("diff", "HEAD", "--", *changed))
        self._git("checkout", "--quiet", "HEAD", "--", *changed)
        return changed, patch

    def _differing(self, one: Exercise) -> list[str]:
        """Which of the exercise's files differ from what was committed. Raises LabError."""
        return self._git("diff", "--name-only", "HEAD", "--", *one.files).split()

    def _git(self, *arguments: str) -> str:
        git = shutil.which("git")
        if git is None:
            raise LabError("restoring needs git, and there is none")
        ran = subprocess.run(  # noqa: S603  our own arguments
            [git, *arguments], cwd=self._root, capture_output=True, text=True, check=False
        )
        if ran.returncode:
            raise LabError(f"git {arguments[0]} failed: {ran.stderr.strip()}")
        return ran.stdout


def _told(one: Exercise, red: set[str], changed: bool) -> str:  # noqa: FBT001 - a fact
    expected = set(one.failing_tests)
    if not red and not changed:
        return "All green, and nothing is changed yet: make the change that the page prints."
    if not red:
        return (
            "All green: it is solved." if one.solution else "All green: nothing broke. Is it all?"
        )
    if red == expected:
        next_ = "Now make them green." if one.solution else "Did you guess them?"
        return f"Red, as it should be: {_names(red)}. {next_}"
    if red < expected and one.solution:
        return f"{len(expected - red)} of {len(expected)} became green. Still red: {_names(red)}."
    parts = [
        f"{words}: {_names(names)}"
        for words, names in (
            ("red, as expected", red & expected),
            ("still green, and should be red", set() if one.solution else expected - red),
            ("red, and was not meant to be", red - expected),
        )
        if names
    ]
    return "Not quite. " + "; ".join(parts) + "."


def _names(tests: set[str]) -> str:
    return ", ".join(sorted(tests))


def exercise(
    number: Annotated[
        int | None, typer.Argument(min=1, help="Which; without it all are listed.")
    ] = None,
    *,
    hint: Annotated[bool, typer.Option("--hint", help="Only give the next hint.")] = False,
    restore: Annotated[
        bool, typer.Option("--restore", help="Only put this exercise's files back.")
    ] = False,
) -> None:
    """Show an exercise of the bonus and run its tests; hints and a way back are options.

    It changes nothing by itself. What --restore puts back is kept in build/exercises as a patch.
    """
    console, all_of_them = Console(highlight=False, soft_wrap=True), list(exercises().values())
    if number is None:
        for at, it in enumerate(all_of_them, 1):
            console.print(f"{at}  {it.title}  [dim]{it.about}[/]")
        return
    if number > len(all_of_them):
        raise typer.BadParameter(f"there are exercises 1 to {len(all_of_them)}")
    one, bench = all_of_them[number - 1], Bench()
    if hint:
        console.print(bench.next_hint(one), markup=False)
    elif restore:
        _say_restored(console, *bench.restore(one))
    else:
        _show_and_run(console, number, one, bench)


def _say_restored(console: Console, files: list[str], patch: Path | None) -> None:
    if patch is None:
        console.print("Nothing to put back: its files are as they were committed.")
        return
    kept = patch.relative_to(ROOT)
    console.print(f"Put back: {', '.join(files)}")
    console.print(f"What you had is kept: git apply {kept} brings it back.", markup=False)


def _show_and_run(console: Console, number: int, one: Exercise, bench: Bench) -> None:
    console.print(f"[bold]{number}. {one.title}[/]  [dim]{one.about}[/]\n{escape(one.task)}")
    files = ", ".join(one.begins_in)
    where = f"in {files}; the change is printed on the page" if one.changes else f"yours: {files}"
    console.print(f"[dim]{where}[/]\n")
    for it in bench.run(one):
        if isinstance(it, Outcome):
            colour = "red" if it.red else "green"
            counts = f"\n[{colour}]{len(it.red)} red[/], {it.green} green. "
            console.print(counts + escape(it.told))
        else:
            console.print(it, markup=False)
    console.print(f"[dim]receipts-lab exercise {number} --hint, or --restore[/]")
