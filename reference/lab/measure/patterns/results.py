"""The row of a pattern: what was seen here, each value with where it is from."""

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
    """A value and where it is from."""

    value: int | float | str | bool
    source: str


class PatternRow(msgspec.Struct, frozen=True, kw_only=True):
    """One pattern; what became of the poison is not in `measured` where there was none."""

    pattern: str
    title: str
    measured: dict[str, Cell]
    calls: dict[str, int]
    """The function's own calls of AWS, by service and operation; local emulator."""


class PatternFigures(DataFile, frozen=True, kw_only=True):
    """What `make patterns` measured, with rendered receipts.

    Only behind a queue are there `failing` and `poison` receipts: for the other services the
    emulator tries nothing again.
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


def pattern_row(pattern: Pattern, seen: PatternMeasurement) -> PatternRow:
    """The pattern's row."""
    cost = _cost(pattern)
    told = msgspec.structs.asdict(seen)
    calls = told.pop("calls")
    cells = {name: Cell(value, EMULATOR) for name, value in told.items() if value is not None}
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
    """With the template's batch and memory, and the planner's time for a receipt."""
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
