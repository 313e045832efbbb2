"""What people really send, by kind: the inputs of `tests/field_cases`, and what must come of it."""

import tomllib
from collections.abc import Callable
from typing import Any

from msgspec import Struct, convert

from lab.support.paths import ROOT

FOLDER = ROOT / "tests/field_cases"
INPUTS = FOLDER / "inputs"

Note = Callable[[str, str, str], None]
"""Notes the answer to an input: its kind's folder, the input, the answer."""


class BatchCase(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A folder or an archive: which receipts it holds, and how many files are left out of it.

    `refused` is what the reason says if all of it is refused. A `manifest` is a folder whose files
    are uploaded one by one.
    """

    path: str
    receipts: list[str] = []
    left_out: int = 0
    manifest: bool = False
    refused: str | None = None


class Kind(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A kind of input. `reads` has total, currency and date of each photo; "-" where it is open.

    `doubtful` are those that no program can settle: a person must look.
    """

    folder: str
    title: str
    source: str
    doubtful: bool = False
    reads: dict[str, str] = {}
    batch: list[BatchCase] = []

    @property
    def names(self) -> list[str]:
        """Its inputs, in order."""
        return [*self.reads, *(one.path for one in self.batch)]


def _kinds() -> list[Kind]:
    document: dict[str, Any] = tomllib.loads((FOLDER / "cases.toml").read_text(encoding="utf-8"))
    return convert(document["kind"], list[Kind])


KINDS = _kinds()
