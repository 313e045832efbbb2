"""A demo's variables, read from the environment; `make demo COUNT=20` sets one."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from msgspec import Meta, Struct, ValidationError, convert

from lab.support.cores import available_cores
from lab.support.errors import LabError
from reading.engines import ENGINES
from reading.files.folder import shown
from reading.files.limits import MAX_ENTRIES


class DemoChoiceError(LabError):
    """A variable has an invalid value; the text names it and what is allowed."""


class DemoChoices(Struct, frozen=True, kw_only=True):
    """A demo's variables. `receipts` is a folder, photo or ZIP; else receipts are rendered."""

    receipts: Path | None
    count: Annotated[int, Meta(ge=1, le=MAX_ENTRIES)] | None
    rate: Annotated[float, Meta(gt=0, le=10_000)]
    concurrency: Annotated[int, Meta(ge=2, le=1000)]
    engine: str
    keep: bool


def from_environment(environ: Mapping[str, str]) -> DemoChoices:
    """Read RECEIPTS, COUNT, RATE, CONCURRENCY, ENGINE and KEEP. Raises `DemoChoiceError`."""
    given = {name: environ.get(name.upper()) or None for name in DemoChoices.__struct_fields__}
    default: dict[str, object] = {
        "rate": 50.0,
        # One more than there are cores, so that no core waits while a function returns.
        "concurrency": max(2, available_cores() + 1),
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
    path = choices.receipts
    if path is not None and not os.path.exists(path):  # noqa: PTH110  Path's own may raise
        raise DemoChoiceError(f"RECEIPTS={shown(path)}: there is no such folder or file")
    return choices


def _path(_kind: type, value: str) -> Path:
    return Path(os.path.expanduser(value))  # noqa: PTH111  Path's own raises for an unknown user
