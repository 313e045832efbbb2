"""Keeps what is slow to work out, in `build/site`, until what it was worked out from changes."""

import hashlib
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

from msgspec import json

from lab.publish.pages.values import ROOT

FOLDER = ROOT / "build" / "site"


def kept(asked: object, packages: Sequence[str], work_out: Callable[[], list[str]]) -> list[str]:
    """What `work_out` answered to `asked`, when the Python of `packages` was as it is now."""
    digest = hashlib.sha256(json.encode([asked, [_source(ROOT / it) for it in packages]]))
    path = FOLDER / f"{digest.hexdigest()[:32]}.json"
    if path.exists():
        return json.decode(path.read_bytes(), type=list[str])
    answer = work_out()
    path.parent.mkdir(parents=True, exist_ok=True)
    half_written = path.with_suffix(".part")
    half_written.write_bytes(json.encode(answer))
    half_written.replace(path)
    return answer


def _source(folder: Path) -> str:
    files = sorted(folder.rglob("*.py"))
    return _digest(folder, max(it.stat().st_mtime_ns for it in files), len(files))


@cache
def _digest(folder: Path, *_: int) -> str:
    seen = hashlib.sha256()
    for path in sorted(folder.rglob("*.py")):
        seen.update(path.read_bytes())
    return seen.hexdigest()
