"""The answer in words: what breaks, what binds, and what to change."""

import math
from collections.abc import Iterator

import msgspec

from lab.plan import facts, write_windows
from lab.plan.formatting import HOUR, at_most, duration, number, percent, rounded_down
from lab.plan.parameters import DAY
from lab.plan.plan import Plan
from lab.plan.settings import PACED, UNQUEUED, Settings
from lab.plan.verdict_messages import MESSAGES, Level
from lab.plan.writing import seconds_apart

SHORT_WAIT_S = 10.0
"""A shorter wait to be read is no finding [A]."""

SLOW_DRAIN_S = 60.0
"""A longer wait to be written, or a longer drain, is a finding [A]."""

NEAR_RETENTION_SHARE = 0.5
"""A longest wait over this share of the retention, or of the receives, is a finding [A]."""


class Finding(msgspec.Struct, frozen=True):
    """One finding of the verdict: a limit, how grave it is, and what to change."""

    limit: str
    level: Level
    text: str
    change: str


class Deadlines(msgspec.Struct, frozen=True, kw_only=True):
    """Deadlines of a plan, in seconds from its start; None: no deadline."""

    read_within: float | None = None
    store_within: float | None = None


def verdict(plan: Plan, deadlines: Deadlines | None = None) -> tuple[Finding, ...]:
    """What breaks, then what binds; "everything" if neither does."""
    found = dict([*_of_deadlines(plan, deadlines or Deadlines()), *_found(plan)]) or {
        "everything": {}
    }
    return tuple(
        Finding(
            limit,
            message.level,
            message.text.format(**found[limit]),
            message.change.format(**found[limit]),
        )
        for limit, message in MESSAGES.items()
        if limit in found
    )


def max_row_rate(settings: Settings) -> float:
    """Rows/s that the writer's transactions allow, at any ceiling.

    Lambda's n·B/(RTT + B·w), for n connections; the agent has one, and its distance to AWS.
    """
    if settings.writer == "agent":
        return rate_at(settings, math.inf)
    batch = settings.rows_at_once
    took = (settings.round_trip_ms + batch * settings.row_ms) / 1000
    return settings.at_once * batch / took


def rate_at(settings: Settings, ceiling: float) -> float:
    """Rows/s of an agent that is charged at each answer, under `ceiling` rows/s."""
    batch = settings.write_batch
    took = (settings.round_trip_ms + batch * settings.row_ms) / 1000
    return batch / seconds_apart(settings, took, batch / ceiling)


def _found(plan: Plan) -> Iterator[tuple[str, dict[str, str]]]:
    yield from _of_reading(plan)
    if plan.settings.writer in UNQUEUED:
        yield from _of_direct_writing(plan)
    else:
        yield from _of_the_write_queue(plan)
    if plan.peak_database_load > 1:
        yield _of_the_load(plan)


def _of_the_load(plan: Plan) -> tuple[str, dict[str, str]]:
    """Who overloads the database: the app alone, the rate, one large transaction, or no pace."""
    settings = plan.settings
    app = max(plan.series.app_load)
    if app > settings.knee:
        return "app load", {"share": percent(app / settings.knee)}
    busiest = write_windows.open_hours(settings)[-1]
    room = write_windows.safe_rate(settings, busiest)
    share = percent(plan.peak_database_load)
    if settings.writer not in PACED:
        return "unpaced load", {"share": share, "safe": at_most(room)}
    if settings.rate > room and not paced_by_headroom(settings):
        return "database load", {"share": share, "safe": at_most(room)}
    if settings.rows_at_once == 1:  # fewer there can't be: the app leaves no room for one
        return "app load", {"share": percent(app / settings.knee)}
    fewer = max(1, math.floor((settings.knee - app) / 2))
    return (
        "database burst",
        {
            "share": share,
            "rows": number(settings.rows_at_once),
            "fewer": number(min(fewer, max(1, settings.rows_at_once // 2))),
        },
    )


def paced_by_headroom(settings: Settings) -> bool:
    """Whether the rate follows the app's load: the agent's, unless it keeps on."""
    return settings.writer == "agent" and settings.yields


def _of_deadlines(plan: Plan, deadlines: Deadlines) -> Iterator[tuple[str, dict[str, str]]]:
    if deadlines.read_within is not None and plan.read_done > deadlines.read_within:
        took = duration(plan.read_done)
        yield "asked to read", {"took": took, "asked": duration(deadlines.read_within)}
    if deadlines.store_within is not None and plan.completion > deadlines.store_within:
        took = duration(plan.completion)
        yield "asked to store", {"took": took, "asked": duration(deadlines.store_within)}


def _of_reading(plan: Plan) -> Iterator[tuple[str, dict[str, str]]]:
    settings, curve = plan.settings, plan.settings.ramp
    if plan.longest_invocation > settings.read_timeout:
        yield (
            "timeout",
            {
                "slowest": duration(plan.longest_invocation),
                "timeout": duration(settings.read_timeout),
            },
        )
    if plan.expired_unread:
        retention = duration(settings.read_retention_days * DAY)
        yield "receipt retention", {"retention": retention, "count": number(plan.expired_unread)}
    if plan.longest_read_wait > max(SHORT_WAIT_S, settings.read_seconds):
        wait, ceiling = duration(plan.longest_read_wait), number(curve.ceiling)
        if plan.peak_concurrency >= curve.ceiling:
            yield "concurrency", {"wait": wait, "ceiling": ceiling}
        else:
            yield (
                "poller ramp",
                {
                    "wait": wait,
                    "start": number(curve.start),
                    "more": number(curve.per_second * 60),
                    "peak": number(plan.peak_concurrency),
                    "ceiling": ceiling,
                },
            )


def _of_direct_writing(plan: Plan) -> Iterator[tuple[str, dict[str, str]]]:
    settings = plan.settings
    if plan.unreachable:
        yield "link down", {"count": number(plan.unreachable)}
    if plan.refused:
        left = number(settings.max_connections - settings.app_connections)
        count = number(plan.refused)
        if settings.writer == "pooled":
            wait = duration(facts.POOL_WAIT.value)
            own = number(settings.at_once)
            yield "pool", {"count": count, "wait": wait, "connections": own, "left": left}
            return
        tries, peak = number(plan.tries_in_vain), number(plan.peak_connections)
        yield "connections", {"count": count, "tries": tries, "peak": peak, "left": left}


def _of_the_write_queue(plan: Plan) -> Iterator[tuple[str, dict[str, str]]]:
    settings = plan.settings
    retention_s = settings.retention_seconds
    wait = plan.longest_write_wait
    made = max_row_rate(settings)
    rows = settings.rows_at_once
    took = (settings.round_trip_ms + rows * settings.row_ms) / 1000
    safe = write_windows.safe_rate(settings, write_windows.open_hours(settings)[-1])
    if plan.first_expiry is not None:
        yield (
            "write retention",
            {
                "retention": duration(retention_s),
                "day": number(plan.first_expiry // DAY + 1),
                "count": number(plan.expired_unwritten),
            },
        )
    elif wait > NEAR_RETENTION_SHARE * retention_s:
        yield (
            "near retention",
            {
                "wait": duration(wait),
                "share": percent(wait / retention_s),
                "retention": duration(retention_s),
            },
        )
    if took > settings.visibility_seconds:
        yield (
            "visibility",
            {
                "rows": number(rows),
                "took": duration(took),
                "visibility": duration(settings.visibility_seconds),
            },
        )
    if plan.first_dead is not None:
        yield (
            "burnt receives",
            {
                "count": number(plan.dead_lettered),
                "receives": number(settings.max_receives),
                "first": duration(plan.first_dead),
            },
        )
    elif plan.most_receives > NEAR_RETENTION_SHARE * settings.max_receives:
        most, receives = number(math.floor(plan.most_receives)), number(settings.max_receives)
        yield "near receives", {"most": most, "receives": receives}
    if settings.writer in PACED and not paced_by_headroom(settings) and settings.rate > safe:
        yield (
            "unsafe rate",
            {
                "safe": at_most(safe),
                "part": percent(settings.safe_share),
                "rate": number(settings.rate),
            },
        )
    yield from _of_the_drain(plan, made)


def speeds(settings: Settings) -> tuple[float, float]:
    """Rows/s of the writer in its slowest and its fastest open hour."""
    made = max_row_rate(settings)
    if settings.writer != "agent":
        made = min(made, settings.rate) if settings.writer in PACED else made
        return made, made
    if not settings.yields:
        most = rate_at(settings, settings.rate)
        return most, most
    hours = write_windows.open_hours(settings)
    busiest, quietest = (write_windows.safe_rate(settings, hour) for hour in (hours[-1], hours[0]))
    return (
        rate_at(settings, min(settings.rate, busiest)),
        rate_at(settings, min(settings.rate, quietest)),
    )


def _of_the_drain(plan: Plan, made: float) -> Iterator[tuple[str, dict[str, str]]]:
    settings = plan.settings
    hours = write_windows.open_hours(settings)
    slowest, fastest = speeds(settings)
    # A wait longer than the depth explains comes from a window or an outage, not the speed.
    at_speed = plan.peak_write_depth / slowest
    wait = plan.longest_write_wait
    has_hours = settings.windows or settings.outages or settings.writer == "file"
    busy, quiet = (write_windows.safe_rate(settings, hour) for hour in (hours[-1], hours[0]))
    if wait > at_speed + HOUR and has_hours:
        yield "hours", {"wait": duration(wait)}
    elif max(wait, plan.drain) > max(SLOW_DRAIN_S, 2 * settings.read_seconds):
        limit = "writer speed"
        if settings.writer in PACED:
            # Nobody is told to raise a ceiling to what it is.
            limit = (
                "write rate"
                if settings.rate < rounded_down(busy)
                else "busy hours"
                if settings.rate < rounded_down(quiet)
                else "database room"
            )
        yield (
            limit,
            {
                "wait": duration(wait),
                "drain": duration(plan.drain),
                "made": number(fastest),
                "safe": at_most(busy),
                "quiet": at_most(quiet),
                "connections": number(settings.at_once),
                "rows": number(settings.rows_at_once),
            },
        )
    if settings.writer == "agent" and made < settings.rate:
        yield (
            "transactions",
            {
                "connections": number(settings.connections),
                "rows": number(settings.write_batch),
                "made": number(made),
                "rate": number(settings.rate),
            },
        )
