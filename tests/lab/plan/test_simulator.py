"""The page's script and the Python model are one: a change of either side alone fails here."""

import re
import shutil
import subprocess
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner

from helpers.node import NODE
from lab.plan import vectors
from lab.plan.cli import app
from lab.plan.plan import plan
from lab.plan.presets import PRESETS
from lab.publish.pages import one_peak
from lab.support.paths import ROOT

ASSETS = ROOT / "docs" / "assets" / "simulator"
DRAWN = ROOT / "docs" / "diagrams"
REMEDY = "run `receipts-lab plan simulator` and look at what changed"


@pytest.mark.slow
def test_the_vectors_are_what_the_python_model_answers_now() -> None:
    assert vectors.VECTORS.read_bytes() == vectors.vectors(), REMEDY


def test_the_pages_constants_are_the_python_models() -> None:
    assert vectors.CONSTANTS.read_text(encoding="utf-8") == vectors.constants(), REMEDY


@pytest.mark.slow
def test_the_pages_script_answers_the_vectors_to_the_last_bit() -> None:
    checker = Path(__file__).with_name("check_vectors.js")
    ran = subprocess.run([NODE, str(checker)], capture_output=True, text=True, check=False)  # noqa: S603
    assert ran.returncode == 0, ran.stderr or ran.stdout
    assert f"in {len(vectors.cases())} cases" in ran.stdout


@pytest.mark.slow
def test_a_changed_script_no_longer_answers_the_vectors(tmp_path: Path) -> None:
    assets = tmp_path / "docs" / "assets" / "simulator"
    shutil.copytree(ASSETS, assets)
    stages = assets / "writers.js"
    text = stages.read_text(encoding="utf-8")
    changed = text.replace("took, rows / rate", "took, rows / (rate * 1.0000001)")
    assert changed != text
    stages.write_text(changed, encoding="utf-8")
    tests = tmp_path / "tests" / "lab" / "plan"
    tests.mkdir(parents=True)
    for name in ("check_vectors.js", "vectors.json"):
        shutil.copy(Path(__file__).with_name(name), tests / name)
    ran = subprocess.run(  # noqa: S603
        [NODE, str(tests / "check_vectors.js")], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 1
    assert "and Python" in ran.stderr


@pytest.mark.slow
def test_address_errors_and_command_say_the_same_as_the_settings() -> None:
    checker = Path(__file__).with_name("check_controls.js")
    ran = subprocess.run([NODE, str(checker)], capture_output=True, text=True, check=False)  # noqa: S603
    assert ran.returncode == 0, ran.stderr
    asked = msgspec.json.decode(ran.stdout)
    assert set(asked) == {*PRESETS, "fixed"}
    for key, one in asked.items():
        program, subcommand, *words = one["command"].split()
        assert (program, subcommand) == ("receipts-lab", "plan")
        answered = CliRunner().invoke(app, [*words, "--json"])
        assert answered.exit_code == 0, (key, answered.output)
        settings = msgspec.json.decode(answered.stdout)["plan"]["settings"]
        assert settings == one["settings"], key


@pytest.mark.parametrize("name", PRESETS)
def test_exactly_one_choice_of_each_question_is_right(name: str) -> None:
    preset = PRESETS[name]
    figure = getattr(plan(preset.settings), preset.figure)
    assert [choice.low <= figure < choice.high for choice in preset.choices].count(True) == 1


def test_the_scripts_ask_nothing_of_a_server_or_a_module_loader() -> None:
    for script in ASSETS.glob("*.js"):
        text = script.read_text(encoding="utf-8")
        for word in (
            "fetch(",
            "import ",
            "export ",
            "require(",
            "XMLHttpRequest",
            "http://",
            "https://",
        ):
            assert word not in text.replace("http://www.w3.org/2000/svg", ""), (script.name, word)


@pytest.mark.parametrize(
    ("loads", "most"),
    [
        ((ROOT / "docs" / "explanation" / "simulator.md").read_text(encoding="utf-8"), 140_000),
        (one_peak.block(DRAWN, "", run=True), 105_000),
    ],
    ids=["simulator", "one-peak"],
)
def test_a_page_loads_little_of_its_own(loads: str, most: int) -> None:
    loaded = set(re.findall(r'assets/simulator/([\w-]+\.(?:js|css))"', loads))
    assert len(loaded) > 10
    assert sum((ASSETS / name).stat().st_size for name in loaded) < most
