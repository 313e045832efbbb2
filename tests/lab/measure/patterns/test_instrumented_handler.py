"""The meter and the faults around a handler, on the laptop alone."""

from pathlib import Path
from typing import Any

import pytest

from lab.measure.patterns import instrumented_handler
from lab.measure.patterns.instrumented_handler import Faults, InjectedError, faulty
from receipts.ledger import State
from receipts.messages import ReceiptMessage, Source


def message(index: int) -> ReceiptMessage:
    return ReceiptMessage(
        batch_id="b",
        index=index,
        receipt_id=f"b-{index}",
        owner="o",
        customer_reference="C-1",
        name="1.png",
        source=Source(bucket="b", key="k"),
    )


def stage(_: ReceiptMessage, **__: object) -> State:
    return State.READ


def test_what_fails_once_is_read_on_the_second_try_in_whatever_process(tmp_path: Path) -> None:
    faults = Faults(failing=(1,))
    with pytest.raises(InjectedError, match="fails once"):
        faulty(stage, faults, tmp_path)(message(1))
    assert faulty(stage, faults, tmp_path)(message(1)) is State.READ


def test_poison_is_never_read_and_everything_else_is(tmp_path: Path) -> None:
    with_faults = faulty(stage, Faults(poison=(2,)), tmp_path)
    for _ in range(3):
        with pytest.raises(InjectedError, match="never"):
            with_faults(message(2))
    assert with_faults(message(3)) is State.READ


@pytest.mark.parametrize("fails", [False, True])
def test_each_invocation_leaves_a_line_whatever_comes_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, fails: bool
) -> None:
    from collections import Counter  # noqa: PLC0415

    calls: Counter[str] = Counter()

    def real(event: dict[str, Any], _: object) -> None:
        calls.update(["s3.GetObject"])
        if fails:
            raise InjectedError(str(event))

    monkeypatch.setattr(instrumented_handler, "_wrapped", lambda: (real, calls, tmp_path))
    event = {"Records": [{"body": "1"}, {"body": "2"}]}
    if fails:
        with pytest.raises(InjectedError):
            instrumented_handler.handler(event, None)
    else:
        instrumented_handler.handler(event, None)
    [line] = instrumented_handler.read_invocations(tmp_path)
    assert (line.records, line.calls, line.failed) == (2, {"s3:GetObject": 1}, fails)
