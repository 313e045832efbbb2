"""The runner of the bonus's exercises, on a small project of its own."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from lab.prove.simulation.bugs import BUGS
from lab.prove.simulation.run import simulate
from lab.publish.exercise import Bench, Outcome
from lab.publish.pages.exercises import Change, Exercise, exercises
from lab.support.errors import LabError
from lab.support.paths import ROOT

pytestmark = pytest.mark.slow  # git and pytest are processes

SUM = "def added(a, b):\n    return a + b\n"
TESTS = "from sums import added\n\n\ndef test_adds():\n    assert added(1, 2) == 3\n"
ONE = Exercise(
    name="wrong-sum",
    title="A wrong sum",
    task="Multiply.",
    level=100,
    minutes=1,
    run="test_sums.py",
    failing_tests=("test_adds",),
    hints=("first", "second"),
    changes=(Change(file="sums.py", before="a + b", after="a * b"),),
)
GIVEN = Exercise(
    name="given",
    title="A sum to mend",
    task="Mend it.",
    level=100,
    minutes=1,
    run="test_sums.py",
    failing_tests=("test_adds", "test_adds_more[3]"),
    hints=("look",),
    solution=(Change(file="sums.py", before="a * b", after="a + b"),),
)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    root.mkdir()
    (root / "sums.py").write_text(SUM)
    (root / "test_sums.py").write_text(TESTS)
    (root / "pytest.ini").write_text("[pytest]\n")
    git(root, "init", "--quiet")
    git(root, "add", ".")
    git(root, "-c", "user.name=n", "-c", "user.email=n@example.org", "commit", "-qm", "first")
    return root


def git(root: Path, *arguments: str) -> str:
    found = shutil.which("git")
    assert found
    command = [found, *arguments]
    return subprocess.run(command, cwd=root, check=True, capture_output=True, text=True).stdout  # noqa: S603  our own


@pytest.fixture
def bench(project: Path, tmp_path: Path) -> Bench:
    return Bench(project, tmp_path / "notes", tmp_path / "build")


def outcome(bench: Bench, one: Exercise = ONE) -> Outcome:
    *_, last = bench.run(one)
    assert isinstance(last, Outcome)
    return last


def test_red_and_green_are_told_and_nothing_is_changed(bench: Bench, project: Path) -> None:
    before = outcome(bench)
    assert (before.red, before.green) == (frozenset(), 1)
    assert "nothing is changed yet" in before.told
    ONE.changes[0].apply(project)
    after = outcome(bench)
    assert after.red == {"test_adds"}
    assert "as it should be" in after.told
    (project / "sums.py").write_text(SUM + "# mine\n")
    assert "nothing broke" in outcome(bench).told
    ONE.changes[0].apply(project)
    assert "a * b" in (project / "sums.py").read_text()


def test_what_begins_red_says_how_far_it_is_and_when_it_is_solved(
    bench: Bench, project: Path
) -> None:
    cases = "\n\n@pytest.mark.parametrize('b', [3])\n"
    more = f"{cases}def test_adds_more(b):\n    assert added(b, b) == 6\n"
    (project / "test_sums.py").write_text(f"import pytest\n{TESTS}{more}")
    (project / "sums.py").write_text("def added(a, b):\n    return a * b\n")
    begun = outcome(bench, GIVEN)
    assert begun.red == {"test_adds", "test_adds_more[3]"}
    assert "Now make them green" in begun.told
    (project / "sums.py").write_text("def added(a, b):\n    return 6\n")
    assert "1 of 2 became green. Still red: test_adds." in outcome(bench, GIVEN).told
    (project / "sums.py").write_text(SUM.replace("return", "return 0 +"))
    assert outcome(bench, GIVEN).told == "All green: it is solved."


def test_code_that_does_not_even_start_is_no_red_test(bench: Bench, project: Path) -> None:
    (project / "sums.py").write_text("def added(:\n")
    with pytest.raises(LabError, match="mistake in the code"):
        outcome(bench)


def test_hints_come_one_by_one_and_end(bench: Bench, tmp_path: Path) -> None:
    assert bench.next_hint(ONE) == "Hint 1 of 2: first"
    assert bench.next_hint(ONE) == "Hint 2 of 2: second"
    assert "No more hints" in bench.next_hint(ONE)
    (tmp_path / "notes" / "exercises.json").write_text("spoilt")
    assert bench.next_hint(ONE) == "Hint 1 of 2: first"


def test_what_is_put_back_is_kept_and_other_files_stay_as_they_are(
    bench: Bench, project: Path
) -> None:
    assert bench.restore(ONE) == ([], None)
    mine = "def added(a, b):\n    return a - b  # an hour's work\n"
    (project / "sums.py").write_text(mine)
    (project / "test_sums.py").write_text(TESTS + "# mine\n")
    git(project, "add", "sums.py")  # staged work is work, too
    files, patch = bench.restore(ONE)
    assert files == ["sums.py"]
    assert (project / "sums.py").read_text() == SUM
    assert (project / "test_sums.py").read_text().endswith("# mine\n")
    git(project, "apply", str(patch))
    assert (project / "sums.py").read_text() == mine


def test_without_a_repository_nothing_is_touched(tmp_path: Path) -> None:
    (tmp_path / "sums.py").write_text("mine")
    with pytest.raises(LabError, match="git diff failed"):
        Bench(tmp_path, tmp_path, tmp_path).restore(ONE)
    assert (tmp_path / "sums.py").read_text() == "mine"


def test_a_run_that_a_hint_names_breaks_a_promise() -> None:
    hints = " ".join(hint for one in exercises().values() for hint in one.hints)
    named = re.findall(r'replay (\d+) --bug "([^"]+)"', hints)
    assert named
    bugs = {it.name: it for it in BUGS}
    assert all(simulate(int(seed), bugs[name]).broken is bugs[name].breaks for seed, name in named)


def test_each_exercise_has_hints_a_level_and_files_that_are_there() -> None:
    for one in exercises().values():
        assert one.hints
        assert all((ROOT / it.file).exists() for it in (*one.changes, *one.solution))
