"""Runs as the local system would make them, were it the model itself."""

from lab.measure.planner_check.grid import READ_SECONDS
from lab.measure.planner_check.runs import ReceiptTimes, ValidationRun
from lab.plan.emulator import Setting

READING = READ_SECONDS + 0.1
CYCLE = 0.03
LATE = 0.01


def fake_run(setting: Setting) -> ValidationRun:
    """Every reader takes `READING`; the agent begins `LATE` after its pace allows it."""
    ends = [
        (1 + number // setting.concurrency) * READING + 0.001 * (number % setting.concurrency)
        for number in range(setting.receipts)
    ]
    stored: list[float] = []
    now = ends[0]
    while len(stored) < len(ends):
        now = max(now, ends[len(stored)] + LATE)
        waiting = sum(end <= now for end in ends) - len(stored)
        rows = min(setting.rows, waiting)
        stored += [now] * rows
        now += rows / setting.rate + LATE
    return ValidationRun(
        setting=setting,
        receipts=tuple(
            ReceiptTimes(sent=0.0, began=end - READING, ended=end, stored=at)
            for end, at in zip(ends, stored, strict=True)
        ),
        depths=tuple(
            (at, sum(end <= at for end in ends) - sum(begun < at for begun in stored))
            for at in sorted({*ends, *stored})
        ),
        cycles=(CYCLE,) * len(set(stored)),
        cpu_seconds=0.05 * setting.receipts,
    )
