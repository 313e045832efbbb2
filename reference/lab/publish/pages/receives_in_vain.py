"""The table of receives in vain: what a link that is down costs a mapping, by the model."""

import functools

from msgspec.structs import replace

from lab.plan.formatting import duration, number
from lab.plan.plan import plan
from lab.plan.presets import PRESETS
from lab.plan.settings import Outage

STORY = replace(
    PRESETS["link-down"].settings,
    writer="lambda",
    connections=2,
    write_batch=10,
    visibility_seconds=120.0,
    max_receives=100,
)
"""50,000 receipts over an office day, two functions of ten rows; the line fails at nine."""

DAY_HOURS, MINUTES = 24.0, 0.1
CASES = (
    (DAY_HOURS, 5.0, 100),
    (DAY_HOURS, 1.0, 100),
    (DAY_HOURS, 0.07, 100),
    (DAY_HOURS, 0.07, STORY.max_receives * 10),
    (MINUTES, 0.07, 100),
)
"""Hours without a link, seconds that a failing try takes, receives allowed."""


@functools.cache
def receives_in_vain() -> str:
    """A row a case, as Markdown."""
    rows = [
        "| link down | a failing try takes | receives allowed | used up, at most | dead letters |",
        "|---|--:|--:|--:|--:|",
    ]
    for hours, try_seconds, receives in CASES:
        answer = plan(
            replace(
                STORY,
                outages=(Outage(9.0, hours),),
                failing_try_seconds=try_seconds,
                max_receives=receives,
            )
        )
        rows.append(
            f"| {duration(hours * 3600)} | {duration(try_seconds)} | {receives:,} | "
            f"{int(answer.most_receives):,} | {number(answer.dead_lettered)} |"
        )
    return "\n".join(rows)
