"""What can be chosen for a demo, from the environment; `make demo COUNT=20` sets it."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import psutil
from msgspec import Meta, Struct, ValidationError, convert

from lab.support.errors import LabError
from reading.engines import ENGINES
from receipts.batch import MAX_ENTRIES


class DemoChoiceError(LabError):
    """A variable is wrong; the text names it and what it may be."""


class DemoChoices(Struct, frozen=True, kw_only=True):
    """A demo's variables. `receipts` is a folder or ZIP; without it receipts are rendered."""

    receipts: Path | None
    count: Annotated[int, Meta(ge=1, le=MAX_ENTRIES)] | None
    rate: Annotated[float, Meta(gt=0, le=10_000)]
    concurrency: Annotated[int, Meta(ge=2, le=1000)]
    engine: str
    keep: bool


def from_environment(environ: Mapping[str, str]) -> DemoChoices:
    """Read RECEIPTS, COUNT, RATE, CONCURRENCY, ENGINE and KEEP. Raises `DemoChoiceError`."""
    given = {name: environ.get(name.upper()) or None for name in DemoChoices.__struct_fields__}
    cores = len(psutil.Process().cpu_affinity()) if hasattr(psutil.Process, "cpu_affinity") else 0
    default: dict[str, object] = {
        "rate": 50.0,
        # One more than there are cores, so that none waits while a function hands over.
        "concurrency": max(2, (cores or os.cpu_count() or 1) + 1),
        "engine": ENGINES[0],
        "keep": False,
    }
    fields = default | {name: value for name, value in given.items() if value is not None}
    try:
        choices = convert(
            {"receipts": None, "count": None} | fields, DemoChoices, strict=False, dec_hook=_path
        )
    except ValidationError as error:
        raise DemoChoiceError(f"a variable is wrong: {error}") from error
    if choices.engine not in ENGINES:
        raise DemoChoiceError(f"ENGINE={choices.engine}: there is {', '.join(ENGINES)}")
    if choices.receipts is not None and not choices.receipts.exists():
        raise DemoChoiceError(f"RECEIPTS={choices.receipts}: there is no such folder or archive")
    return choices


def _path(kind: type, value: object) -> object:
    return kind(value)
