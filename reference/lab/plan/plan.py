"""The plan: from settings, through arrivals, reading and writing, to figures over time."""

from collections.abc import Callable
from typing import Final

import msgspec

from lab.plan import cost, write_windows
from lab.plan.arrivals import HOUR
from lab.plan.reading import Reading
from lab.plan.settings import UNQUEUED, Settings
from lab.plan.timeline import Timeline
from lab.plan.writing import writing

PROGRESS_EVERY: Final = 10_000
"""Invocations between two reports of progress."""


class Series(msgspec.Struct, frozen=True, kw_only=True):
    """The plan over time, a value for each `step` seconds.

    A depth is the greatest in its step; an age is the oldest message's at the step's end.
    """

    step: float
    receipt_depth: tuple[int, ...]
    write_depth: tuple[int, ...]
    receipt_age: tuple[float, ...]
    """Seconds."""
    write_age: tuple[float, ...]
    read_rate: tuple[float, ...]
    """Receipts read a second."""
    write_rate: tuple[float, ...]
    """Rows offered to the database a second, over the step."""
    row_rate: tuple[float, ...]
    """Rows offered to the database in the step's busiest clock second."""
    app_load: tuple[float, ...]
    """Rows/s of the expenses app."""
    connections: tuple[int, ...]
    """Connections to the database that the writers hold or want, the most in the step."""
    refused: tuple[float, ...]
    """Tries in vain a second: a connection refused, or a receive while the link is down."""
    lost: tuple[int, ...]
    """Receipts that nothing stores any more since this step: refused, expired, dead-lettered."""


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """The model's answer. Seconds count from the plan's start unless stated otherwise."""

    settings: Settings
    last_arrival: float
    read_done: float
    """Seconds until the last receipt is read."""
    completion: float
    """Seconds until the last row is stored."""
    drain: float
    """Seconds from the last receipt read to the last row stored."""
    peak_receipt_depth: int
    peak_write_depth: int
    mean_read_wait: float
    longest_read_wait: float
    mean_write_wait: float
    longest_write_wait: float
    peak_concurrency: int
    longest_invocation: float
    """Without INIT, which has a limit of its own."""
    peak_row_rate: int
    """Rows offered in the busiest clock second."""
    peak_database_load: float
    """Of rows and the expenses app together, as a share of the knee."""
    stored: int
    refused: int
    """Receipts of direct writers that found no free connection."""
    unreachable: int
    """Receipts of direct writers while the link was down."""
    expired_unread: int
    expired_unwritten: int
    first_expiry: float | None
    dead_lettered: int
    """Good results that were received in vain too often."""
    first_dead: float | None
    most_receives: float
    """Of any result, in vain."""
    tries_in_vain: float
    peak_connections: int
    """That writers hold or want together."""
    usage: cost.Usage
    cost: cost.Cost
    series: Series


def plan(settings: Settings, progress: Callable[[int], None] | None = None) -> Plan:
    """Plan with `settings`; `progress` is called with the receipts read, from time to time.

    Raises ParameterError if no hour of the day allows writing.
    """
    timeline = Timeline(settings.start_hour)
    reading = Reading(settings, timeline)
    writer = writing(settings, timeline)
    for number, result in enumerate(reading.results()):
        writer.put(result)
        if progress and number % PROGRESS_EVERY == 0:
            progress(number * settings.read_batch)
    writer.finish()
    timeline.close()
    series = _series(settings, timeline)
    usage = cost.Usage(
        receipts=settings.receipts,
        requests=-(-settings.receipts // settings.batch_receipts),
        invocations=reading.invocations,
        billed_seconds=reading.billed_seconds,
        cold_start_seconds=reading.cold_starts * settings.init_seconds,
        transactions=writer.transactions,
        memory_mb=settings.memory_mb,
        architecture=settings.architecture,
        engine=settings.engine,
        queued_writes=settings.writer not in UNQUEUED,
    )
    read = settings.receipts - reading.expired
    taken = read - writer.expired - writer.dead
    return Plan(
        settings=settings,
        last_arrival=reading.last_arrival,
        read_done=reading.done,
        completion=writer.done,
        drain=max(0.0, writer.done - reading.done),
        peak_receipt_depth=timeline.receipts.peak,
        peak_write_depth=timeline.results.peak,
        mean_read_wait=reading.waited / read if read else 0.0,
        longest_read_wait=reading.longest_wait,
        mean_write_wait=writer.waited / taken if taken else 0.0,
        longest_write_wait=writer.longest_wait,
        peak_concurrency=reading.peak_concurrency,
        longest_invocation=reading.longest_invocation,
        peak_row_rate=max(timeline.busiest_seconds),
        peak_database_load=_peak_load(settings, timeline, series) / settings.knee,
        stored=writer.stored,
        refused=writer.refused,
        unreachable=writer.unreachable,
        expired_unread=reading.expired,
        expired_unwritten=writer.expired,
        first_expiry=writer.first_expiry,
        dead_lettered=writer.dead,
        first_dead=writer.first_dead,
        most_receives=writer.most_receives,
        tries_in_vain=writer.in_vain,
        peak_connections=writer.peak_connections,
        usage=usage,
        cost=cost.per_thousand(usage),
        series=series,
    )


def _peak_load(settings: Settings, timeline: Timeline, series: Series) -> float:
    """Rows/s of the app alone, or with the rows of an hour's busiest second.

    Not from the series: a long step has rows of one hour and the app's load of another in it.
    """
    together = (
        rows + write_windows.app_load(settings, hour)
        for hour, rows in enumerate(timeline.busiest_seconds)
        if rows
    )
    return max(*series.app_load, *together)


def _series(settings: Settings, timeline: Timeline) -> Series:
    steps, step = timeline.steps, timeline.step
    wide = 1 if step >= 1 else round(1 / step)
    # A step longer than an hour has the load of the busiest hour in it.
    hours = range(int(step / HOUR) + 1 if step > HOUR else 1)
    first_hours = [int((settings.start_hour + index * step / HOUR) % 24) for index in range(steps)]
    return Series(
        step=step,
        receipt_depth=tuple(timeline.receipts.depths(steps)),
        write_depth=tuple(timeline.results.depths(steps)),
        receipt_age=tuple(timeline.receipts.ages(steps)),
        write_age=tuple(timeline.results.ages(steps)),
        read_rate=tuple(count / step for count in timeline.read.steps[:steps]),
        write_rate=tuple(rows / step for rows in timeline.written.steps[:steps]),
        # A clock second's rows are in its first step; all of its steps show them.
        row_rate=tuple(timeline.offered.steps[index - index % wide] for index in range(steps)),
        app_load=tuple(
            max(write_windows.app_load(settings, (hour + more) % 24) for more in hours)
            for hour in first_hours
        ),
        connections=tuple(int(most) for most in timeline.connections.steps[:steps]),
        refused=tuple(tries / step for tries in timeline.refused.steps[:steps]),
        lost=tuple(int(receipts) for receipts in timeline.lost.steps[:steps]),
    )
