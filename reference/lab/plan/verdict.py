"""The answer in words: what breaks, what binds, and what to change."""

import math
from collections.abc import Iterator

import msgspec

from lab.plan import write_windows
from lab.plan.formatting import HOUR, duration, number, percent
from lab.plan.parameters import DAY
from lab.plan.plan import Plan
from lab.plan.settings import Settings
from lab.plan.verdict_messages import MESSAGES, Level
from lab.plan.writing import seconds_apart

SHORT_WAIT_S = 10.0
"""A shorter wait to be read is no finding [A]."""

NEAR_RETENTION_SHARE = 0.5
"""A longest wait over this share of the retention is a finding [A]."""


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
    """What breaks, then what binds; "nothing" if neither does."""
    found = dict([*_of_deadlines(plan, deadlines or Deadlines()), *_found(plan)]) or {"nothing": {}}
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
    batch = settings.write_batch
    took = (settings.round_trip_ms + batch * settings.row_ms) / 1000
    return settings.connections * batch / took


def rate_at(settings: Settings, ceiling: float) -> float:
    """Rows/s of an agent that is charged at each answer, under `ceiling` rows/s."""
    batch = settings.write_batch
    took = (settings.round_trip_ms + batch * settings.row_ms) / 1000
    return batch / seconds_apart(settings, took, batch / ceiling)


def _found(plan: Plan) -> Iterator[tuple[str, dict[str, str]]]:
    yield from _of_reading(plan)
    if plan.settings.writer == "direct":
        yield from _of_direct_writing(plan)
    else:
        yield from _of_the_write_queue(plan)
    if plan.peak_database_load > 1:
        busiest = write_windows.open_hours(plan.settings)[-1]
        safe = number(write_windows.safe_rate(plan.settings, busiest))
        yield "database load", {"share": percent(plan.peak_database_load), "safe": safe}


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
        yield (
            "connections",
            {
                "count": number(plan.refused),
                "peak": number(plan.peak_concurrency),
                "left": number(settings.max_connections - settings.app_connections),
            },
        )


def _of_the_write_queue(plan: Plan) -> Iterator[tuple[str, dict[str, str]]]:
    settings = plan.settings
    retention_s = settings.retention_seconds
    wait = plan.longest_write_wait
    made = max_row_rate(settings)
    took = (settings.round_trip_ms + settings.write_batch * settings.row_ms) / 1000
    safe = write_windows.safe_rate(settings, write_windows.open_hours(settings)[-1])
    paced = settings.writer == "agent"
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
                "rows": number(settings.write_batch),
                "took": duration(took),
                "visibility": duration(settings.visibility_seconds),
            },
        )
    if settings.outages and not paced:
        yield "burnt receives", {}
    if paced and not settings.yields and settings.rate > safe:
        yield (
            "unsafe rate",
            {
                "safe": number(safe),
                "part": percent(settings.safe_share),
                "rate": number(settings.rate),
            },
        )
    yield from _of_the_drain(plan, made)


def speeds(settings: Settings) -> tuple[float, float]:
    """Rows/s of the writer in its slowest and its fastest open hour."""
    made = max_row_rate(settings)
    if settings.writer != "agent":
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
    if plan.longest_write_wait > at_speed + HOUR and (settings.windows or settings.outages):
        yield "shut", {"wait": duration(plan.longest_write_wait)}
    elif plan.drain > max(60.0, 2 * settings.read_seconds):
        yield (
            "write rate",
            {
                "drain": duration(plan.drain),
                "made": number(fastest),
                "safe": number(write_windows.safe_rate(settings, hours[-1])),
                "quiet": number(write_windows.safe_rate(settings, hours[0])),
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
