"""The scale study: 1 thousand to 10 million receipts in a January week, by the model.

The use of each limit is a share of that limit; above 1 the limit binds.
"""

import math
import time
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import msgspec
from msgspec.structs import replace

from lab.plan import write_windows
from lab.plan.arrivals import HOUR
from lab.plan.parameters import DAY, PARAMETERS
from lab.plan.plan import Plan, plan
from lab.plan.settings import Settings, settings_from
from lab.plan.verdict import max_row_rate, verdict
from lab.support.provenance import DataFile, provenance

SIZES = (
    *(1_000, 3_000, 10_000, 30_000, 100_000, 300_000),
    *(1_000_000, 2_000_000, 3_000_000, 5_000_000, 7_000_000, 10_000_000),
)
WEEK_HOURS = 7 * 24.0
ACCEPTABLE_WAIT_S = 60.0
"""A wait to be read up to this counts as fast [A]."""
BUDGET_USD = 500.0
"""The week's budget, to compare the bill with [A]: set your own."""

CLIENT: dict[str, Any] = {"rate": 10.0, "windows": [{"start_hour": 19.0, "end_hour": 6.0}]}
"""A cautious client lets the agent write at night, slowly [A]."""


class Limit(msgspec.Struct, frozen=True):
    """A limit: what is compared with what, and what to change if it binds."""

    name: str
    description: str
    change: str


LIMITS = {
    "wait": Limit(
        "wait to be read",
        "longest wait to be read, of a minute: the poller ramp's work, until all readers are taken",
        "While readers are below their limit, provisioned pollers; after that, more readers.",
    ),
    "concurrency": Limit(
        "concurrency",
        "readers at once, of MaximumConcurrency",
        "Raise MaximumConcurrency; over 1,000 ask for a higher quota first.",
    ),
    "rate": Limit(
        "write rate",
        "rows of the week, of what may be written in a week",
        "Let the agent write by day too, or raise its ceiling as far as the database allows.",
    ),
    "retention": Limit(
        "retention",
        "longest wait to be written, of the retention",
        "Write faster first; then 14 days of retention, the most there is; beyond that reconcile.",
    ),
    "cost": Limit(
        "cost",
        "bill of the week, of 500 USD",
        "Reading is most of it: fewer seconds a receipt, arm64, or less memory where as fast.",
    ),
}


class Point(msgspec.Struct, frozen=True, kw_only=True):
    """One size of the week."""

    receipts: int
    shares: dict[str, float]
    """The use of each limit in `LIMITS`; above 1 it binds."""
    verdict: tuple[str, ...]
    """The limits that the verdict names."""
    stored_after_days: float
    deleted_unwritten: int
    peak_write_depth: int
    usd: float
    """The week's bill at dated prices."""


class Scale(DataFile, frozen=True, kw_only=True):
    """The study's data, `docs/data/scale.json`."""

    made_by: str
    label: str
    settings: Settings
    limits: dict[str, Limit]
    binds_from: dict[str, int | None]
    """Receipts in the week from which a limit binds; None: not in this range."""
    points: tuple[Point, ...]
    million_cpu_s: float
    """Processor seconds that planning a million receipts took."""


def week(deployed: dict[str, Any], receipts: int) -> Settings:
    """The last week of January: requests by the office's hours, twice as many each day."""
    return settings_from(
        {
            **deployed,
            **CLIENT,
            "receipts": receipts,
            "arrival": "deadline",
            "arrival_hours": WEEK_HOURS,
            "start_hour": 0.0,
        }
    )


def point(answer: Plan) -> Point:
    """A plan's use of each limit."""
    settings = answer.settings
    longest = answer.longest_write_wait
    if answer.expired_unwritten:
        # Deleted messages waited only for the retention: plan how long they would have waited.
        longest_retention = replace(settings, retention_days=PARAMETERS["retention_days"].high)
        longest = plan(longest_retention).longest_write_wait
    usd = float(answer.cost.verified) * settings.receipts / 1000
    speed = min(settings.rate, max_row_rate(settings))
    return Point(
        receipts=settings.receipts,
        shares={
            "wait": answer.longest_read_wait / ACCEPTABLE_WAIT_S,
            "concurrency": answer.peak_concurrency / settings.ramp.ceiling,
            "rate": settings.receipts / (speed * open_share(settings) * WEEK_HOURS * HOUR),
            "retention": longest / settings.retention_seconds,
            "cost": usd / BUDGET_USD,
        },
        verdict=tuple(finding.limit for finding in verdict(answer)),
        stored_after_days=answer.completion / DAY,
        deleted_unwritten=answer.expired_unwritten,
        peak_write_depth=answer.peak_write_depth,
        usd=usd,
    )


def open_share(settings: Settings) -> float:
    """The share of a day in which the writer may write."""
    pieces = [*write_windows.daily_rates(settings), (DAY, 0.0)]
    return sum(end - begin for (begin, rate), (end, _) in pairwise(pieces) if rate > 0) / DAY


def binds_from(points: list[Point], limit: str) -> int | None:
    """The size at which a share passes 1, interpolated between two points on log scales."""
    for before, after in pairwise(points):
        low, high = before.shares[limit], after.shares[limit]
        if low < 1 <= high:
            part = math.log(1 / low) / math.log(high / low)
            size = before.receipts * (after.receipts / before.receipts) ** part
            return int(float(f"{size:.1e}"))
    return None


def study(deployed: dict[str, Any], progress: Callable[[int], None] = lambda _: None) -> Scale:
    """Plan every size; `progress` is called with each that is done."""
    points, seconds = [], {}
    for receipts in SIZES:
        begun = time.process_time()
        points.append(point(plan(week(deployed, receipts))))
        seconds[receipts] = time.process_time() - begun
        progress(receipts)
    return Scale(
        provenance=provenance("lab.plan"),
        made_by="receipts-lab plan scale",
        label="by the model; nothing here has run on AWS",
        settings=week(deployed, SIZES[0]),
        limits=LIMITS,
        binds_from={limit: binds_from(points, limit) for limit in LIMITS},
        points=tuple(points),
        million_cpu_s=round(seconds[1_000_000], 1),
    )
