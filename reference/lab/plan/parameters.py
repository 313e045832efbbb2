"""The settings that are numbers: range, unit and description of each, in one table.

The command's help and errors and the simulator page's sliders and errors all use it.
"""

import math

import msgspec

from lab.plan import facts
from lab.support.errors import LabError


class ParameterError(LabError, ValueError):
    """An invalid setting; the message names it and its valid range."""


def plain_number(value: float) -> str:
    """A number without an exponent: "10,000,000", "0.001"."""
    if math.isfinite(value) and value == int(value) and abs(value) < 1e15:  # noqa: PLR2004 - exact
        return f"{int(value):,}"
    return f"{value:,.10g}"


class Parameter(msgspec.Struct, frozen=True):
    """A number's valid range, both ends included, with its unit and description."""

    low: float
    high: float
    unit: str
    description: str

    @property
    def allowed(self) -> str:
        """The range in words: "1 to 10,000,000 receipts"."""
        return f"{plain_number(self.low)} to {plain_number(self.high)} {self.unit}".rstrip()

    def check(self, name: str, value: float) -> None:
        """Raise ParameterError unless `value` is in the range."""
        if not math.isfinite(value) or not self.low <= value <= self.high:
            raise ParameterError(f"{name} must be {self.allowed}; got {plain_number(value)}")


DAY = 86_400.0
RETENTION_LOW = 0.001
"""In days: a little more than SQS's least, 60 s."""

PARAMETERS = {
    # what arrives
    "receipts": Parameter(1, 10_000_000, "receipts", "Receipts in all"),
    "batch_receipts": Parameter(1, 10_000, "receipts", "Photos a customer sends in one request"),
    "arrival_hours": Parameter(0.0001, 8_784, "hours", "Time over which the requests arrive"),
    "start_hour": Parameter(0, 23.99, "o'clock", "Hour of the day at which the first may arrive"),
    # reading
    "read_seconds": Parameter(0.01, 900, "s", "Mean time to read one receipt (OCR)"),
    "read_timeout": Parameter(1, 900, "s", "Timeout of the reading function"),
    "read_batch": Parameter(1, 10, "receipts", "Receipts a Lambda invocation reads, one by one"),
    "maximum_concurrency": Parameter(
        facts.MAXIMUM_CONCURRENCY_LOW.value,
        facts.MAXIMUM_CONCURRENCY_HIGH.value,
        "invocations",
        "MaximumConcurrency of the read mapping",
    ),
    "pollers": Parameter(
        facts.POLLERS_LOW.value,
        facts.POLLERS_HIGH.value,
        "pollers",
        "Provisioned pollers, least number kept",
    ),
    "account_concurrency": Parameter(
        1, 100_000, "invocations", "The account's Lambda concurrency that reading may use"
    ),
    "memory_mb": Parameter(128, 10_240, "MB", "Memory of the reading function"),
    "init_seconds": Parameter(0, 60, "s", "Cold start of an execution environment, billed"),
    "warm": Parameter(0, 100_000, "environments", "Environments that are warm at the start"),
    # writing
    "rate": Parameter(0.1, 10_000, "rows/s", "The client's ceiling on rows written"),
    "write_batch": Parameter(1, 500, "rows", "Rows a transaction, at most"),
    "connections": Parameter(
        1, 1_000, "connections", "Connections of the writer: a mapping has 2 at least"
    ),
    "round_trip_ms": Parameter(0, 60_000, "ms", "A transaction's time besides its rows"),
    "aws_round_trip_ms": Parameter(0, 60_000, "ms", "A call of the agent to AWS, there and back"),
    "row_ms": Parameter(0.001, 60_000, "ms", "A row's time in its transaction"),
    "retention_days": Parameter(
        RETENTION_LOW,
        facts.QUEUE_RETENTION_HIGH.value / DAY,
        "days",
        "Retention of the write queue",
    ),
    "read_retention_days": Parameter(
        RETENTION_LOW,
        facts.QUEUE_RETENTION_HIGH.value / DAY,
        "days",
        "Retention of the receipt queue",
    ),
    "visibility_seconds": Parameter(1, 43_200, "s", "Visibility timeout of the write queue"),
    "max_receives": Parameter(1, 1_000, "receives", "maxReceiveCount of the write queue"),
    "failing_try_seconds": Parameter(
        0.01, 900, "s", "How long a try takes that fails: refused at once, or a connect timeout"
    ),
    "trying_share": Parameter(
        0.01, 1, "of the writers", "Share of a mapping's writers that go on trying"
    ),
    "retries": Parameter(0, 10, "tries", "More tries of a reader that is refused a connection"),
    # the client's database
    "knee": Parameter(0.1, 1_000_000, "rows/s", "Load at which the database begins to slow"),
    "app_load": Parameter(0, 1_000_000, "rows/s", "The expenses app's load in its busiest hour"),
    "safe_share": Parameter(
        0.01, 1, "of the headroom", "Share of the headroom that is safe to use"
    ),
    "max_connections": Parameter(1, 100_000, "connections", "Connections the database accepts"),
    "app_connections": Parameter(0, 100_000, "connections", "Connections the expenses app holds"),
}

WHOLE = frozenset(
    {
        *("receipts", "batch_receipts", "read_batch", "maximum_concurrency", "pollers"),
        *("account_concurrency", "memory_mb", "warm", "write_batch", "connections"),
        *("max_connections", "app_connections", "max_receives", "retries"),
    }
)
"""The parameters that must be whole numbers."""
