"""What Lambda gets stands alone: nothing but the package and Python's own library is there."""

import msgspec
import pytest
import typer
from PIL import Image, ImageDraw, ImageFont
from typer.testing import CliRunner

from helpers.deployed import FUNCTIONS, RESOURCES
from helpers.photos import encoded
from lab.ship import cli as package_command
from lab.ship import lambda_package as packaging
from lab.ship.lambda_package import (
    LIMIT_BYTES,
    PackageError,
    PackageFigures,
    Sizes,
    build_alternatives,
    build_offline,
    run_isolated,
)
from lab.support import provenance

HANDLERS = [RESOURCES[name]["Properties"]["Handler"] for name in FUNCTIONS]
MODULES = [handler.rpartition(".")[0] for handler in HANDLERS]

READ = """
import pathlib
from reading.engines import make_engine
from reading.extraction import read_image
receipt = read_image(pathlib.Path({path!r}).read_bytes(), make_engine("tesseract"))
print(receipt.total)
"""


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    target = tmp_path_factory.mktemp("package") / "functions"
    target.mkdir()
    build_offline(target)
    return target


@pytest.mark.parametrize("module", MODULES)
@pytest.mark.slow
def test_each_handler_imports_from_the_package_alone(package, module):
    assert (
        run_isolated(package, f"import {module}; print({module}.handler.__name__)") == "handler\n"
    )


@pytest.mark.parametrize(
    "handler",
    ["write_function.handler", *(f"patterns.handlers.{it}" for it in ("topic", "bus", "stream"))],
)
@pytest.mark.slow
def test_the_functions_of_the_other_designs_need_only_their_own_package(package, tmp_path, handler):
    module, _, name = f"lab.alternatives.{handler}".rpartition(".")
    alternatives = build_alternatives(package, tmp_path / "alternatives")
    code = f"import {module}; print({module}.{name}.__name__)"
    assert run_isolated(alternatives, code) == f"{name}\n"


@pytest.mark.slow
def test_a_receipt_is_read_in_it(package, tmp_path):
    paper = Image.new("L", (640, 360), 255)
    font = ImageFont.load_default(40)
    for line, text in enumerate(("CORNER BAKERY", "DATE 2026-01-28", "BREAD 3.20", "TOTAL 3.20")):
        ImageDraw.Draw(paper).text((30, 20 + 80 * line), text, fill=0, font=font)
    image = tmp_path / "receipt.png"
    image.write_bytes(encoded(paper, "PNG"))
    assert run_isolated(package, READ.format(path=str(image))) == "3.20\n"


@pytest.mark.parametrize("absent", ["typer", "httpx", "moto", "lab"])
@pytest.mark.slow
def test_nothing_else_is_there(package, absent):
    with pytest.raises(PackageError, match=f"No module named '{absent}'"):
        run_isolated(package, f"import {absent}")


def test_it_is_smaller_than_what_lambda_takes(package):
    size = sum(file.stat().st_size for file in package.rglob("*") if file.is_file())
    assert size < LIMIT_BYTES


@pytest.fixture
def command(tmp_path, monkeypatch):
    """`receipts-lab package`, whose package has two megabytes; its figures go to a new folder."""
    listed = tmp_path / "requirements.txt"
    built = Sizes(parts={"PIL": 2_000_000, "small": 1_000}, zipped_bytes=900_000)
    monkeypatch.setattr(package_command, "build", lambda: built)
    monkeypatch.setattr(package_command, "build_wheelhouse", lambda **_: listed)
    monkeypatch.setattr(packaging, "_import_seconds", lambda: {"read": (0.5, [0.5])})
    monkeypatch.setattr(provenance, "DATA", tmp_path / "data")
    app = typer.Typer()
    app.command()(package_command.package)
    return app


def test_a_package_that_is_built_leaves_no_figures(command, tmp_path):
    ended = CliRunner().invoke(command, [])
    assert (ended.exit_code, "2 MB of 262 that Lambda takes" in ended.output) == (0, True)
    assert not (tmp_path / "data").exists()


@pytest.mark.slow
def test_figures_of_the_package_are_written_when_asked(command, tmp_path):
    assert CliRunner().invoke(command, ["--measure"]).exit_code == 0
    raw = (tmp_path / "data" / "package.json").read_bytes()
    figures = msgspec.json.decode(raw, type=PackageFigures)
    assert (figures.unzipped_bytes, figures.zipped_bytes) == (2_001_000, 900_000)
    assert figures.parts == {"PIL": 2_000_000}
    assert figures.provenance.is_current
