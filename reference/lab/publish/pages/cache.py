"""Caches what is slow to compute, in `build/site`, until the code that computed it changes."""

import hashlib
from collections.abc import Callable, Sequence

from msgspec import json

from lab.support.code_digest import code_digest
from lab.support.paths import BUILD

FOLDER = BUILD / "site"


def cached(
    question: object, packages: Sequence[str], compute: Callable[[], list[str]]
) -> list[str]:
    """The answer of `compute` to `question`, computed once for each state of the packages' code."""
    key = hashlib.sha256(json.encode([question, code_digest(*packages)])).hexdigest()[:32]
    path = FOLDER / f"{key}.json"
    if path.exists():
        return json.decode(path.read_bytes(), type=list[str])
    answer = compute()
    path.parent.mkdir(parents=True, exist_ok=True)
    half_written = path.with_suffix(".part")
    half_written.write_bytes(json.encode(answer))
    half_written.replace(path)
    return answer
