"""What a client installs: the agent's own modules and dependencies, and nothing else."""

import zipfile
from pathlib import Path

import pytest

from lab.ship.agent_wheel import REQUIREMENTS, build_agent
from lab.ship.lambda_package import (
    PackageError,
    copy_distributions,
    run_isolated,
    with_dependencies,
)
from lab.support.paths import AGENT_ASSETS

RUN = """
from pathlib import Path
from receipts.agent.run import run
raise SystemExit(print(run(Path({path!r}))))
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_agent(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("installed")
    copy_distributions(with_dependencies((*REQUIREMENTS, "psycopg-binary")), target)
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(target)
    return target


@pytest.mark.slow
def test_the_agent_starts_from_its_wheel_alone(installed: Path, tmp_path: Path) -> None:
    path = tmp_path / "agent.toml"
    path.write_text('color = "red"\n')
    assert run_isolated(installed, RUN.format(path=str(path))) == "2\n"


@pytest.mark.slow
def test_the_schema_comes_with_it(installed: Path) -> None:
    code = "import sys; sys.argv[1:] = {!r}; from receipts.agent.cli import main; main()"
    assert "CREATE SCHEMA" in run_isolated(installed, code.format(["--schema"]))
    assert "CREATE DATABASE" in run_isolated(installed, code.format(["--schema", "mariadb"]))


@pytest.mark.slow
def test_its_page_comes_with_it(installed: Path) -> None:
    code = """
from importlib.resources import files
print(*sorted(it.name for it in (files("receipts.agent") / "assets").iterdir()))
"""
    assert run_isolated(installed, code).split() == sorted(it.name for it in AGENT_ASSETS.iterdir())


@pytest.mark.parametrize(
    "absent",
    [
        "PIL",
        "pytesseract",
        "typer",
        "httpx",
        "reading.extraction",
        "aws_lambda_powertools",
        "pymysql",
    ],
)
@pytest.mark.slow
def test_nothing_that_reads_or_sends_is_in_it(installed: Path, absent: str) -> None:
    with pytest.raises(PackageError, match=f"No module named '{absent}'"):
        run_isolated(installed, f"import {absent}")


def test_it_says_what_it_needs_and_how_it_is_called(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        [metadata] = [name for name in archive.namelist() if name.endswith("METADATA")]
        [scripts] = [name for name in archive.namelist() if name.endswith("entry_points.txt")]
        needs = archive.read(metadata).decode()
        assert "receipts-agent=receipts.agent.cli:main" in (
            archive.read(scripts).decode().replace(" ", "")
        )
    wanted = [line.split()[1] for line in needs.splitlines() if line.startswith("Requires-Dist")]
    assert len(wanted) == len(REQUIREMENTS) + 1
    assert any("extra == 'mariadb'" in line for line in needs.splitlines())
    assert any(one.startswith("psycopg[binary]") for one in wanted)
