"""A demo's variables, read from the environment; `make demo COUNT=20` sets one."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from msgspec import Meta, Struct, ValidationError, convert
from msgspec.structs import fields

from lab.run.demo.client import ROWS_PER_S_AND_CORE
from lab.run.live.levers import BUTTONS
from lab.support.cores import available_cores
from lab.support.errors import LabError
from reading.engines import ENGINES
from reading.files.folder import shown
from reading.files.limits import MAX_ENTRIES


class DemoChoiceError(LabError):
    """A variable has an invalid value; the text names it and what is allowed."""


class DemoChoices(Struct, frozen=True, kw_only=True):
    """A demo's variables. `receipts` is a folder, photo or ZIP; else receipts are rendered.

    Without `rate` the client allows less than this machine reads: see `lab.run.demo.client`.
    """

    receipts: Path | None = None
    count: Annotated[int, Meta(ge=1, le=MAX_ENTRIES)] | None = None
    rate: Annotated[float, Meta(gt=0, le=10_000)] | None = None
    concurrency: Annotated[int, Meta(ge=2, le=1000)]
    engine: str = ENGINES[0]
    keep: bool = False
    record: Path | None = None
    press: str = ""

    @property
    def ceiling(self) -> float:
        """Rows a second that the client allows at first."""
        return self.rate or ROWS_PER_S_AND_CORE * available_cores()

    @property
    def typed(self) -> str:
        """What makes such a run again, as one types it; a path of somebody's own stays out."""
        given = {"COUNT": self.count, "RATE": self.rate, "PRESS": self.press}
        return " ".join(f"{name}={value}" for name, value in given.items() if value)

    @property
    def buttons(self) -> tuple[str, ...]:
        """The page's buttons that are pressed by themselves."""
        return tuple(name.strip() for name in self.press.split(",") if name.strip())


ALLOWED: Mapping[str, str] = {
    "count": f"a whole number, 1 or more (at most {MAX_ENTRIES})",
    "rate": "rows a second, over 0 (at most 10000)",
    "concurrency": "a whole number, 2 or more (at most 1000)",
    "engine": f"one of {', '.join(ENGINES)}",
    "keep": "1, or nothing",
    "receipts": "a folder, a photo or a ZIP",
    "record": "a file to write",
    "press": f"some of {', '.join(BUTTONS)}, with commas between",
}
"""What each variable may be, in words."""


def from_environment(environ: Mapping[str, str]) -> DemoChoices:
    """Read the variables, called as the fields are, in capitals. Raises `DemoChoiceError`."""
    values: dict[str, object] = {
        # One more than there are cores, so that no core waits while a function returns.
        "concurrency": max(2, available_cores() + 1)
    }
    for field in fields(DemoChoices):
        if text := environ.get(field.name.upper()):
            try:
                values[field.name] = convert(text, field.type, strict=False, dec_hook=_path)
            except ValidationError as error:
                raise _wrong(field.name, text) from error
    choices = DemoChoices(**values)  # type: ignore[arg-type]  # each was converted to its type
    if choices.engine not in ENGINES:
        raise _wrong("engine", choices.engine)
    if not set(choices.buttons) <= set(BUTTONS):
        raise _wrong("press", choices.press)
    path = choices.receipts
    if path is not None and not os.path.exists(path):  # noqa: PTH110  Path's own may raise
        raise DemoChoiceError(f"RECEIPTS={shown(path)}: there is no such folder or file")
    return choices


def _wrong(name: str, text: str) -> DemoChoiceError:
    return DemoChoiceError(f"{name.upper()}={text}: give {ALLOWED[name]}")


def _path(_kind: type, value: str) -> Path:
    return Path(os.path.expanduser(value))  # noqa: PTH111  Path's own raises for an unknown user
