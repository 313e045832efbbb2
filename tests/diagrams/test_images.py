"""The committed images are what the sheets draw today, the same bytes on every run."""

import os
import pathlib
import platform
import subprocess
import sys

import pytest
from typer.testing import CliRunner

import render
from drawing.loader import read_sheet
from drawing.model import SheetError

pytestmark = pytest.mark.slow

LINUX_X86_64 = (platform.system(), platform.machine()) == ("Linux", "x86_64")
SHEET = """
from diagrams.aws.integration import SQS
from drawing.sheet import Data, Sheet, step
with Sheet("small", "Small", "A small one.", plan="one two", stamp="for a test") as sheet:
    one = SQS("One", external="a test")
    two = SQS("Two", external="a test")
    step("It goes over.")
    one >> Data("it") >> two
"""


@pytest.fixture(name="workplace")
def small_workplace(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    """A folder with one small sheet, drawn into another; the command works there."""
    (tmp_path / "small.py").write_text(SHEET)
    monkeypatch.setattr(render, "sheets", lambda: sorted(tmp_path.glob("*.py")))
    monkeypatch.setattr(render, "OUT", tmp_path / "out")
    return tmp_path


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(render.app, list(arguments))
    return result.exit_code, result.output


@pytest.mark.parametrize("path", render.sheets(), ids=render.name_of)
def test_the_committed_images_are_drawn_from_their_sheet(path: pathlib.Path) -> None:
    """One sheet's PNGs stand for all: the others' are held by the hashes that --check compares."""
    pictures = LINUX_X86_64 and path.stem == "on_premises_buffer"
    drawn = render.draw(path, pictures=pictures)
    stale = [it for it, content in drawn.items() if (render.OUT / it).read_bytes() != content]
    assert stale == [], "run `make diagrams` and commit docs/diagrams"


def test_nothing_lies_in_the_folder_that_no_sheet_draws() -> None:
    code, said = run("--check")
    assert (code, said) == (0, "")


def test_every_process_writes_the_same_bytes() -> None:
    """Sets of strings come in another order with every seed; none may reach the SVG."""
    script = (
        "import hashlib, render\n"
        "for path in render.sheets()[:3]:\n"
        "    files = render.draw(path, pictures=False)\n"
        "    print(hashlib.sha256(b''.join(files.values())).hexdigest())\n"
    )
    told = {
        subprocess.run(  # noqa: S603 - our own script
            [sys.executable, "-c", script],
            env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(render.HERE)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(told) == 1


def test_only_what_changed_is_drawn_again(workplace: pathlib.Path) -> None:
    assert "1 drawn, 0 unchanged" in run()[1]
    assert "0 drawn, 1 unchanged" in run()[1]
    (workplace / "small.py").write_text(SHEET.replace("It goes over.", "It goes across."))
    assert run("--check") == (
        1,
        "small is out of date\nrun `make diagrams` and commit docs/diagrams\n",
    )
    assert "1 drawn, 0 unchanged" in run()[1]
    assert "It goes across." in (workplace / "out" / "small.svg").read_text()


def test_an_image_that_was_changed_by_hand_is_drawn_again(workplace: pathlib.Path) -> None:
    run()
    picture = workplace / "out" / "small.svg"
    drawn = picture.read_bytes()
    picture.write_text("scribbled over")
    assert run("--check")[0] == 1
    run()
    assert picture.read_bytes() == drawn


def test_images_of_a_sheet_that_is_gone_are_removed(workplace: pathlib.Path) -> None:
    run()
    (workplace / "small.py").rename(workplace / "other.py")
    source = (workplace / "other.py").read_text()
    (workplace / "other.py").write_text(source.replace('"small"', '"other"'))
    assert "removed small.svg, which no sheet draws" in run()[1]
    assert {it.name.split(".")[0].split("-")[0] for it in (workplace / "out").glob("*")} == {
        "other",
        "drawn",
    }


def test_one_sheet_that_cannot_be_drawn_does_not_stop_the_others(workplace: pathlib.Path) -> None:
    (workplace / "broken.py").write_text("1 / 0\n")
    code, said = run()
    assert code == 1
    assert f"{workplace}/broken.py:1: ZeroDivisionError: division by zero" in said
    assert "1 drawn, 0 unchanged, 1 not drawn" in said


@pytest.mark.usefixtures("workplace")
def test_an_unknown_name_is_answered_with_the_known_ones() -> None:
    code, said = run("--only", "tiny")
    assert code == 2
    assert "no sheet tiny; there are small" in said


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('plan="one two"', 'plan="one two three"', ":4: the plan names ['three']"),
        ('plan="one two"', 'plan="one"', ":6: 'two' has no place in the plan"),
        ("one >> Data", "one >> Dato", ":8: NameError: name 'Dato' is not defined"),
        (
            ', stamp="for a test") as sheet:\n    one = SQS("One", external="a test")',
            ') as sheet:\n    one = SQS("One")',
            ":5: 'one' needs one of resource=",
        ),
        (
            'SQS("Two", external',
            'SQS("Two", extrenal',
            ":6: 'two' has unknown keywords ['extrenal']",
        ),
        ('SQS("Two"', 'SQS("One"', ":6: a second node is called 'one'"),
        ('Data("it")', 'Data("☃")', ":8: the sheets' font has no ['☃']"),
        ("with Sheet", "with Sheep", ":4: NameError"),
        ("one >> Data", "one >>> Data", ":8: SyntaxError"),
    ],
)
def test_an_error_names_the_sheets_file_and_line(
    tmp_path: pathlib.Path, old: str, new: str, message: str
) -> None:
    from drawing.layout import lay_out  # noqa: PLC0415

    path = tmp_path / "small.py"
    path.write_text(SHEET.replace(old, new))
    with pytest.raises(SheetError) as told:
        lay_out(read_sheet(path))
    assert f"small.py{message}" in str(told.value)


def test_the_folder_of_sheets_never_hides_the_diagrams_package() -> None:
    assert list(render.HERE.rglob("__init__.py")) == []
