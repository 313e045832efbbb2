"""One answer: the settings go through arrivals, reading and writing; out come the figures."""

import msgspec

from lab.planning import cost, rhythm
from lab.planning.arrivals import HOUR
from lab.planning.reading import Reading
from lab.planning.settings import Settings
from lab.planning.timeline import Timeline
from lab.planning.writing import Writing


class Series(msgspec.Struct, frozen=True, kw_only=True):
    """The plan over time; the value at i holds at the end of step i, `step` seconds long."""

    step: float
    receipt_depth: tuple[int, ...]
    write_depth: tuple[int, ...]
    receipt_age: tuple[float, ...]
    """Seconds, of the oldest receipt on the queue."""
    write_age: tuple[float, ...]
    read_rate: tuple[float, ...]
    """Receipts read a second."""
    row_rate: tuple[float, ...]
    """Rows committed a second."""
    app_load: tuple[float, ...]
    """Rows/s of the expenses app."""


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What the model answers. Seconds are from the start of the plan unless they say otherwise."""

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
    peak_row_rate: float
    peak_database_load: float
    """Rows and the expenses app together, as a share of the knee."""
    stored: int
    refused: int
    expired_unread: int
    expired_unwritten: int
    first_expiry: float | None
    usage: cost.Usage
    cost: cost.Cost
    series: Series


def plan(settings: Settings) -> Plan:
    """Answer `settings`. Raises SettingsError where no hour of the day lets a row through."""
    timeline = Timeline()
    reading = Reading(settings, timeline)
    writing = Writing(settings, timeline)
    writing.run(reading.results())
    series = _series(settings, timeline)
    usage = cost.Usage(
        receipts=settings.receipts,
        requests=-(-settings.receipts // settings.batch_receipts),
        invocations=reading.invocations,
        billed_seconds=reading.billed_seconds,
        cold_start_seconds=reading.cold_starts * settings.init_seconds,
        transactions=writing.transactions,
        memory_mb=settings.memory_mb,
        architecture=settings.architecture,
        engine=settings.engine,
        queued_writes=settings.writer != "direct",
    )
    read = settings.receipts - reading.expired
    taken = read - writing.expired
    loads = [row + app for row, app in zip(series.row_rate, series.app_load, strict=True)]
    return Plan(
        settings=settings,
        last_arrival=reading.last_arrival,
        read_done=reading.done,
        completion=writing.done,
        drain=max(0.0, writing.done - reading.done),
        peak_receipt_depth=max(series.receipt_depth),
        peak_write_depth=max(series.write_depth),
        mean_read_wait=reading.waited / read if read else 0.0,
        longest_read_wait=reading.longest_wait,
        mean_write_wait=writing.waited / taken if taken else 0.0,
        longest_write_wait=writing.longest_wait,
        peak_concurrency=reading.peak_concurrency,
        peak_row_rate=max(series.row_rate),
        peak_database_load=max(loads) / settings.knee,
        stored=writing.stored,
        refused=writing.refused,
        expired_unread=reading.expired,
        expired_unwritten=writing.expired,
        first_expiry=writing.first_expiry,
        usage=usage,
        cost=cost.per_thousand(usage),
        series=series,
    )


def _series(settings: Settings, timeline: Timeline) -> Series:
    hours = [
        int((settings.start_hour + (step + 0.5) * timeline.step / HOUR) % 24)
        for step in range(timeline.last + 1)
    ]
    # A step longer than an hour is charged with the busiest hour it touches.
    span = range(-(-int(timeline.step) // int(HOUR)) if timeline.step > HOUR else 1)
    return Series(
        step=timeline.step,
        receipt_depth=tuple(timeline.depth("arrived", "started", "unread")),
        write_depth=tuple(timeline.depth("read", "taken", "unwritten")),
        receipt_age=tuple(timeline.age("started")),
        write_age=tuple(timeline.age("taken")),
        read_rate=tuple(timeline.rate("read")),
        row_rate=tuple(timeline.rate("stored")),
        app_load=tuple(
            max(rhythm.app_load(settings, (hour + more) % 24) for more in span) for hour in hours
        ),
    )
