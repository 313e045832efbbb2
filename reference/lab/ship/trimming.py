"""Takes out of the package what no handler loads: 80 MB, so that the networks fit beside the rest.

`tests/lab/ship` runs every handler and reads a receipt in what is left.
"""

import shutil
from pathlib import Path

from reading.engines.ppocr.models import NETWORKS

UNUSED = (
    "bin",  # commands
    "numpy/**/tests",
    "numpy/f2py",
    "onnxruntime/capi/libonnxruntime.so.*",  # for programs in C: Python's module has its own copy
    "onnxruntime/datasets",
    "onnxruntime/quantization",
    "onnxruntime/tools",
    "onnxruntime/transformers",
)
AWS_SERVICES = {
    "cloudwatch",
    "dynamodb",
    "s3",
    "sqs",
    "textract",
}
"""The services that handlers speak to, the other designs' too. botocore describes 400 others."""

USED_OF_CARRIERS: dict[str, set[Path]] = {}
for _model in (model for size in NETWORKS.values() for model in size.files):
    USED_OF_CARRIERS.setdefault(_model.carrier, set()).add(Path("models", _model.name))
"""Of the wheels that carry networks the networks alone."""


def trim(package: Path) -> None:
    """Remove what is unused; all licences stay."""
    for pattern in UNUSED:
        for path in sorted(package.glob(pattern)):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()
    for service in (package / "botocore" / "data").iterdir():
        if service.is_dir() and service.name not in AWS_SERVICES:
            shutil.rmtree(service)
    for carrier, used in USED_OF_CARRIERS.items():
        for path in (package / carrier).rglob("*"):
            if path.is_file() and path.relative_to(package / carrier) not in used:
                path.unlink()
