"""Wraps a pattern's handler on the laptop: counts what each invocation does, and injects faults.

The template for the laptop names this handler, and an environment variable the real one. Each
invocation appends a record: the size of its event, and its calls to AWS. A fault comes just before
a receipt is read, the same in every pattern that has faults.
"""

import os
import time
from collections import Counter
from collections.abc import Callable
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import boto3
from msgspec import Struct, json

from receipts.ledger import State
from receipts.messages import ReceiptMessage

HANDLER, FOLDER, FAULTS = "INSTRUMENTED_HANDLER", "INSTRUMENTED_FOLDER", "INSTRUMENTED_FAULTS"
"""Environment variables."""


class Faults(Struct, frozen=True, kw_only=True):
    """Which receipts get which fault, by index in their batch."""

    slow: tuple[int, ...] = ()
    slow_s: float = 0.0
    failing: tuple[int, ...] = ()
    """These fail on the first try."""
    poison: tuple[int, ...] = ()
    """These fail on every try."""


class Invocation(Struct, frozen=True, kw_only=True):
    """The record of one invocation; `calls` by service and operation, such as `s3:GetObject`."""

    records: int
    event_bytes: int
    calls: dict[str, int]
    failed: bool


class InjectedError(Exception):
    """An injected fault."""


Stage = Callable[..., State]


def faulty(stage: Stage, faults: Faults, folder: Path) -> Stage:
    """The stage with the faults before it; `folder` notes which receipts failed once."""

    def with_faults(message: ReceiptMessage, **ports: object) -> State:
        if message.index in faults.poison:
            raise InjectedError(f"receipt {message.index} can never be read")
        if message.index in faults.failing and _mark_first_try(folder, message.receipt_id):
            raise InjectedError(f"receipt {message.index} fails once")
        if message.index in faults.slow:
            time.sleep(faults.slow_s)
        return stage(message, **ports)

    return with_faults


def _mark_first_try(folder: Path, receipt_id: str) -> bool:
    """Whether this is the receipt's first try in any process; marks that it was."""
    try:
        (folder / f"failed-{receipt_id}").touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


@cache
def _wrapped() -> tuple[Callable[..., Any], Counter[str], Path]:
    """The real handler, the counter of its calls, and the folder for records; once a worker."""
    module_name, _, name = os.environ[HANDLER].rpartition(".")
    folder = Path(os.environ[FOLDER])
    module: Any = import_module(module_name)
    faults = json.decode(os.environ[FAULTS], type=Faults)
    module.read_receipt = faulty(module.read_receipt, faults, folder)
    calls: Counter[str] = Counter()
    boto3.setup_default_session()
    session = boto3.DEFAULT_SESSION
    assert session is not None  # noqa: S101  it was just made
    session.events.register(
        "before-send",
        lambda event_name, **_: calls.update([event_name.removeprefix("before-send.")]),
    )
    return getattr(module, name), calls, folder


def handler(event: dict[str, Any], context: object) -> Any:  # noqa: ANN401  the real one's answer
    """Call the real handler; append a record, even where it raises."""
    real, calls, folder = _wrapped()
    calls.clear()
    failed = True
    try:
        answer = real(event, context)
        failed = bool((answer or {}).get("batchItemFailures"))
    finally:
        line = Invocation(
            records=len(event.get("Records", [event])),
            event_bytes=len(json.encode(event)),
            calls={name.replace(".", ":"): number for name, number in calls.items()},
            failed=failed,
        )
        with (folder / "invocations.jsonl").open("ab") as lines:
            lines.write(json.encode(line) + b"\n")
    return answer


def read_invocations(folder: Path) -> list[Invocation]:
    """The records in `folder`."""
    path = folder / "invocations.jsonl"
    if not path.exists():
        return []
    return [json.decode(line, type=Invocation) for line in path.read_bytes().splitlines()]
