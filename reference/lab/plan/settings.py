"""The model's settings: one validated record, with write windows and outages."""

import math
from typing import Any, Literal

import msgspec

from lab.plan import facts, fanout
from lab.plan.cost import Architecture
from lab.plan.parameters import DAY, PARAMETERS, WHOLE, ParameterError
from receipts.agent.config import ROWS_PER_TRANSACTION

Arrival = Literal["burst", "even", "office", "deadline"]
ReadShape = Literal["constant", "typical", "long tail"]
Writer = Literal["agent", "lambda", "reserved", "poller", "pipes", "file", "pooled", "direct"]
PACED: frozenset[Writer] = frozenset({"agent", "poller", "pipes"})
"""Writers with a ceiling on rows a second."""
UNQUEUED: frozenset[Writer] = frozenset({"pooled", "direct"})
"""Readers that write themselves."""
Engine = Literal["ppocr", "tesseract", "textract"]

MAX_SPANS = 50
"""The most windows, or outages, in one plan."""


class Window(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Hours of every day in which the writer may write; over midnight if the end <= the start."""

    start_hour: float
    end_hour: float

    def __post_init__(self) -> None:
        if not (0 <= self.start_hour < 24 and 0 < self.end_hour <= 24):  # noqa: PLR2004 - a day
            raise ParameterError(
                "windows must begin at 0 to 23.99 o'clock and end at 0.01 to 24; "
                f"got {self.start_hour:g} to {self.end_hour:g}"
            )

    def contains(self, hour: float) -> bool:
        """Whether `hour` (0 <= hour < 24) is inside."""
        if self.start_hour < self.end_hour:
            return self.start_hour <= hour < self.end_hour
        return hour >= self.start_hour or hour < self.end_hour


class Outage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A time without a link to the database, in hours after the plan's start."""

    after_hours: float
    hours: float

    def __post_init__(self) -> None:
        if not 0 <= self.after_hours <= PARAMETERS["arrival_hours"].high:
            raise ParameterError(f"outages must begin at 0 to 8,784 h; got {self.after_hours:g}")
        if not 0 < self.hours <= PARAMETERS["arrival_hours"].high:
            raise ParameterError(f"outages must last up to 8,784 h, over 0; got {self.hours:g}")


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The settings of one plan; their units and ranges are in `parameters.PARAMETERS`.

    The writer's defaults are the deployed agent's: rows in a transaction, one connection, and a
    rate below the client's ceiling that yields to the client's own app.

    Raises ParameterError for a number out of range and for contradictory settings.
    """

    receipts: int = 300
    batch_receipts: int = 300
    arrival: Arrival = "burst"
    arrival_hours: float = 24.0
    start_hour: float = 9.0

    read_seconds: float = 3.0
    read_shape: ReadShape = "typical"
    read_timeout: float = 60.0
    read_batch: int = 1
    poller_mode: fanout.PollerMode = "standard"
    maximum_concurrency: int = 200
    pollers: int = 50
    account_concurrency: int = facts.ACCOUNT_CONCURRENCY.value
    memory_mb: int = facts.VCPU_MEMORY.value
    architecture: Architecture = "x86_64"
    engine: Engine = "ppocr"
    init_seconds: float = 2.0
    warm: int = 0

    writer: Writer = "agent"
    rate: float = 50.0
    yields: bool = True
    write_batch: int = ROWS_PER_TRANSACTION
    connections: int = 1
    round_trip_ms: float = facts.ROUND_TRIP.value
    row_ms: float = facts.ROW_TIME.value
    aws_round_trip_ms: float = facts.AWS_ROUND_TRIP.value
    windows: tuple[Window, ...] = ()
    outages: tuple[Outage, ...] = ()
    retention_days: float = 10.0
    read_retention_days: float = 4.0
    visibility_seconds: float = 120.0
    max_receives: int = 1_000
    failing_try_seconds: float = facts.FAILING_TRY.value
    trying_share: float = facts.TRYING_SHARE.value
    retries: int = 0

    knee: float = facts.KNEE.value
    app_load: float = 200.0
    safe_share: float = facts.SAFE_SHARE.value
    max_connections: int = 100
    app_connections: int = 20

    def __post_init__(self) -> None:
        for name, parameter in PARAMETERS.items():
            value = getattr(self, name)
            parameter.check(name, value)
            if name in WHOLE and value != int(value):
                raise ParameterError(f"{name} must be a whole number; got {value:g}")
        for name in ("windows", "outages"):
            if len(getattr(self, name)) > MAX_SPANS:
                raise ParameterError(f"{name} must be at most {MAX_SPANS}")
        if self.app_connections >= self.max_connections:
            raise ParameterError(
                f"app_connections must be less than max_connections ({self.max_connections}), "
                f"so that some are left for the writer; got {self.app_connections}"
            )
        if self.connections > self.max_connections - self.app_connections:
            raise ParameterError(
                f"connections must be 1 to {self.max_connections - self.app_connections}, what the "
                f"expenses app leaves of max_connections; got {self.connections}"
            )

    @property
    def ramp(self) -> fanout.Ramp:
        """The fan-out curve of the read mapping."""
        return fanout.ramp(
            self.poller_mode,
            maximum_concurrency=self.maximum_concurrency,
            pollers=self.pollers,
            account=self.account_concurrency,
        )

    @property
    def retention_seconds(self) -> float:
        """How long what is written waits at most: the night's file keeps it for ever."""
        return math.inf if self.writer == "file" else self.retention_days * DAY

    @property
    def at_once(self) -> int:
        """Transactions that may be under way together.

        A mapping has two at least, a pipe as many as its rate needs, a schedule and a file one.
        """
        if self.writer == "lambda":
            return max(facts.MAXIMUM_CONCURRENCY_LOW.value, self.connections)
        if self.writer == "pipes":
            took = (self.round_trip_ms + self.row_ms) / 1000
            return min(self.max_connections - self.app_connections, math.ceil(self.rate * took) + 1)
        return 1 if self.writer in {"poller", "file"} else self.connections

    @property
    def rows_at_once(self) -> int:
        """Rows a transaction, at most: a pipe sends each by itself."""
        return 1 if self.writer == "pipes" else self.write_batch

    @property
    def trying(self) -> int:
        """Writers of a mapping that go on trying while the link is down."""
        return max(1, math.floor(self.at_once * self.trying_share))


def settings_from(numbers: dict[str, Any]) -> Settings:
    """Settings from plain values, as from JSON. Raises ParameterError for any invalid one."""
    try:
        return msgspec.convert(numbers, Settings)
    except msgspec.ValidationError as error:
        cause = error.__cause__
        raise cause if isinstance(cause, ParameterError) else ParameterError(str(error)) from None
