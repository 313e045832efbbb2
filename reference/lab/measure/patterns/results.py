"""What docs/data/patterns.json holds: a row for each pattern, each value with its source."""

from decimal import Decimal
from typing import Any

import msgspec

from lab.measure.patterns.antipatterns import Antipatterns
from lab.measure.patterns.catalogue import Pattern
from lab.measure.patterns.run import PatternMeasurement
from lab.plan.settings import Settings
from lab.plan.transport import TransportCost, Way, per_million
from lab.support.provenance import DataFile

EMULATOR = "local emulator"
SOURCES = "counted in the sources"
MODEL = "cost model"


class Cell(msgspec.Struct, frozen=True):
    """A value and its source."""

    value: int | float | str | bool
    source: str


class PatternRow(msgspec.Struct, frozen=True, kw_only=True):
    """One pattern. `measured` says what became of the poison message only where there was one."""

    pattern: str
    title: str
    measured: dict[str, Cell]
    calls: dict[str, int]
    """The function's own calls to AWS on the local emulator, by service and operation."""


class PatternFigures(DataFile, frozen=True, kw_only=True):
    """The figures of `make patterns`, measured with rendered receipts.

    `failing` and `poison` receipts exist only behind a queue: for the other services the emulator
    retries nothing.
    """

    seconds: float
    receipts: int
    duplicates: int
    slow: int
    slow_s: float
    failing: int
    poison: int
    concurrency: int
    rows: tuple[PatternRow, ...]
    wrong: Antipatterns | None


def pattern_row(pattern: Pattern, measurement: PatternMeasurement) -> PatternRow:
    """The pattern's row, from its run, its sources and the cost model."""
    cost = _cost(pattern)
    values = msgspec.structs.asdict(measurement)
    calls = values.pop("calls")
    cells = {name: Cell(value, EMULATOR) for name, value in values.items() if value is not None}
    cells |= {
        "lines_of_code": Cell(pattern.lines_of_code, SOURCES),
        "lines_of_template": Cell(pattern.lines_of_template, SOURCES),
        "usd_service": Cell(f"{cost.service:.2f}", MODEL),
        "usd_idle": Cell(f"{cost.idle:.2f}", MODEL),
        "usd_invocations": Cell(f"{cost.invocations:.2f}", MODEL),
        "usd_total": Cell(f"{cost.total:.2f}", MODEL),
        "usd_unverified": Cell(f"{cost.unverified:.2f}", MODEL),
    }
    return PatternRow(
        pattern=pattern.name,
        title=pattern.title,
        measured=cells,
        calls=calls,
    )


def _cost(pattern: Pattern) -> TransportCost:
    """The cost with the template's batch and memory, and the planner's reading time."""
    resources: dict[str, Any] = pattern.template()["Resources"]
    mapping = resources.get("ReadMapping", {"Properties": {"BatchSize": 1}})["Properties"]
    stream = resources.get("ReceiptStream", {"Properties": {}})["Properties"]
    way: Way = msgspec.convert(pattern.name, Way)
    return per_million(
        way,
        batch=mapping["BatchSize"],
        read_seconds=Decimal(str(Settings().read_seconds)),
        memory_mb=resources["ReadFunction"]["Properties"]["MemorySize"],
        shards=stream.get("ShardCount", 1),
        retention_hours=stream.get("RetentionPeriodHours", 24),
    )
