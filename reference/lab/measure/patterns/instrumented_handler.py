"""On the laptop alone: a pattern's entrypoint with a meter around it, and with the run's faults.

The laptop's template names this handler and tells it the real one. Each invocation leaves a line:
how much the event held, and what the function asked of AWS. The faults are played where a receipt
is about to be read, the same in every pattern that has them.
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
    """Which receipts fare how, by index in their batch."""

    slow: tuple[int, ...] = ()
    slow_s: float = 0.0
    failing: tuple[int, ...] = ()
    """Read on the second try."""
    poison: tuple[int, ...] = ()
    """Never read."""


class Invocation(Struct, frozen=True, kw_only=True):
    """One line of the meter; `calls` by service and operation, `s3:GetObject`."""

    records: int
    event_bytes: int
    calls: dict[str, int]
    failed: bool


class InjectedError(Exception):
    """A fault of the run's plan."""


Stage = Callable[..., State]


def faulty(stage: Stage, faults: Faults, folder: Path) -> Stage:
    """The stage, with the plan's faults before it; what failed once is remembered in `folder`."""

    def with_faults(message: ReceiptMessage, **ports: object) -> State:
        if message.index in faults.poison:
            raise InjectedError(f"receipt {message.index} can never be read")
        if message.index in faults.failing and _first_time(folder, message.receipt_id):
            raise InjectedError(f"receipt {message.index} fails once")
        if message.index in faults.slow:
            time.sleep(faults.slow_s)
        return stage(message, **ports)

    return with_faults


def _first_time(folder: Path, receipt_id: str) -> bool:
    """Whether nobody asked this before, in whatever process."""
    try:
        (folder / f"failed-{receipt_id}").touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


@cache
def _wrapped() -> tuple[Callable[..., Any], Counter[str], Path]:
    """The real handler, the meter of its calls, and where lines go; once a worker."""
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
    """Call the real handler; leave a line of it whatever comes of that."""
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
    """The lines that were left."""
    path = folder / "invocations.jsonl"
    if not path.exists():
        return []
    return [json.decode(line, type=Invocation) for line in path.read_bytes().splitlines()]
