"""Builds the agent's wheel: only the modules that it imports, and their dependencies.

What a client installs on its premises should be small enough to read: without image library, OCR
engine or HTTP client.
"""

import contextlib
import shutil
import tempfile
import tomllib
from pathlib import Path

import grimp
import tomli_w
from hatchling.build import build_wheel
from packaging.requirements import Requirement

from lab.support.paths import AGENT_ASSETS, BUILD, REFERENCE, ROOT

COMMAND = "receipts.agent.cli"
SQL = ("inbox.sql", "inbox_mariadb.sql", "mariadb.sql", "server_audit.sql")
REQUIREMENTS = ("boto3", "msgspec", "prometheus-client", "psycopg")
"""The distributions that its modules import; a test starts it with nothing else installed."""

TARGET = BUILD / "agent"


def build_agent(target: Path = TARGET) -> Path:
    """Build the wheel in `target`, without network; returns its path."""
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="receipts-agent-") as folder:
        source = Path(folder)
        for module in modules():
            _copy(module, source)
        for name in SQL:
            path = Path("receipts", "agent", name)
            shutil.copy2(REFERENCE / path, source / path)
        shutil.copytree(AGENT_ASSETS, source / AGENT_ASSETS.relative_to(REFERENCE))
        shutil.copy2(ROOT / "LICENSE", source)
        (source / "pyproject.toml").write_text(tomli_w.dumps(_project()))
        with contextlib.chdir(source):
            return target / build_wheel(str(target.resolve()))


def modules() -> set[str]:
    """The command's module, all that it imports of our own, and the packages around them."""
    graph = grimp.build_graph(
        "receipts", "reading", exclude_type_checking_imports=True, cache_dir=None
    )
    found = {COMMAND} | graph.find_upstream_modules(COMMAND)
    return found | {module.rpartition(".")[0] for module in found} - {""}


def _copy(module: str, target: Path) -> None:
    path = Path(*module.split("."))
    if (REFERENCE / path).is_dir():
        path /= "__init__"
    path = path.with_suffix(".py")
    (target / path).parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(REFERENCE / path, target / path)


def _project() -> dict[str, object]:
    workshop = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    required = map(Requirement, workshop["dependencies"])
    return {
        "build-system": {"requires": ["hatchling"], "build-backend": "hatchling.build"},
        "project": {
            "name": "receipts-agent",
            "version": workshop["version"],
            "description": "Takes receipts off a queue into a database, no faster than told",
            "license": workshop["license"],
            "license-files": workshop["license-files"],
            "requires-python": workshop["requires-python"],
            "dependencies": sorted(str(one) for one in required if one.name in REQUIREMENTS),
            "optional-dependencies": {"mariadb": workshop["optional-dependencies"]["mariadb"]},
            "scripts": {"receipts-agent": f"{COMMAND}:main"},
        },
        "tool": {"hatch": {"build": {"targets": {"wheel": {"packages": ["receipts", "reading"]}}}}},
    }
