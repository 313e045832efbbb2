"""The constants of the model, each with its source and date.

Source tags: `B` botocore's service model, as pinned, `D` AWS documentation,
`W` dated web page, `M` measured or computed here, `A` assumption of ours, `U` unverified.
"""

from decimal import Decimal
from typing import Generic, Literal, TypeVar

import msgspec

Value = TypeVar("Value", int, float, Decimal)
Tag = Literal["B", "D", "W", "M", "A", "U"]


class Fact(msgspec.Struct, Generic[Value], frozen=True):
    """A value with its unit, its source (`tag`), the date of that source, and a description."""

    value: Value
    unit: str
    tag: Tag
    date: str
    description: str


# --- The event source mapping, SQS to Lambda -----------------------------------------------------

POLLER_START = Fact(5, "invocations", "D", "2026-11-23", "a mapping starts at 5 concurrent")
POLLER_RAMP = Fact(300, "invocations/min", "D", "2026-11-23", "and adds 300 a minute under backlog")
POLLER_CEILING = Fact(1250, "invocations", "D", "2026-11-23", "up to 1,250 a mapping")
MAXIMUM_CONCURRENCY_LOW = Fact(2, "invocations", "B", "2026-11-17", "least MaximumConcurrency")
MAXIMUM_CONCURRENCY_HIGH = Fact(1000, "invocations", "B", "2026-11-17", "most MaximumConcurrency")
PROVISIONED_RAMP = Fact(
    1000, "invocations/min", "D", "2026-11-23", "provisioned mode adds 1,000/min"
)
POLLER_INVOCATIONS = Fact(
    10, "invocations", "D", "2026-11-23", "concurrent, of one provisioned poller"
)
POLLER_MEGABYTES = Fact(1, "MB/s", "D", "2026-11-23", "throughput of one provisioned poller")
POLLER_POLLS = Fact(10, "polls/s", "D", "2026-11-23", "of one provisioned poller")
POLLERS_LOW = Fact(2, "pollers", "D", "2026-11-23", "least minimum of provisioned pollers")
POLLERS_HIGH = Fact(200, "pollers", "B", "2026-11-17", "most minimum of provisioned pollers")

# --- Lambda --------------------------------------------------------------------------------------

ACCOUNT_CONCURRENCY = Fact(1000, "invocations", "D", "2026-11-23", "an account's default quota")
ENVIRONMENTS_BURST = Fact(
    1000, "environments", "D", "2026-11-23", "new ones in 10 s for a function"
)
ENVIRONMENTS_RAMP = Fact(100, "environments/s", "D", "2026-11-23", "the same as a rate")
VCPU_MEMORY = Fact(1769, "MB", "D", "2026-11-23", "buys one vCPU")
KEEP_WARM = Fact(300, "s", "A", "2026-11-24", "an idle stage keeps its environments; undocumented")

# --- Queues --------------------------------------------------------------------------------------

QUEUE_RETENTION_HIGH = Fact(1_209_600, "s", "B", "2026-11-17", "most retention, 14 days")
QUEUE_BATCH = Fact(10, "messages", "B", "2026-11-17", "most that one SQS call sends or receives")
QUEUE_CHUNK = Fact(64, "KB", "W", "2026-03", "a call is charged for each 64 KB")
VISIBILITY_FACTOR = Fact(6, "× timeout", "D", "2026-11-23", "visibility against function timeout")

# --- Prices, us-east-1 ---------------------------------------------------------------------------

GB_SECOND_X86 = Fact(Decimal("0.0000166667"), "USD/GB-s", "W", "2026-05", "Lambda, x86_64")
GB_SECOND_ARM = Fact(Decimal("0.0000133334"), "USD/GB-s", "W", "2026-05", "Lambda, arm64")
INVOCATION = Fact(Decimal("0.0000002"), "USD", "W", "2026-05", "a Lambda request, $0.20/M")
QUEUE_CALL = Fact(Decimal("0.0000004"), "USD", "W", "2026-03", "a standard SQS call, $0.40/M")
FAIR_QUEUE_CALL = Fact(
    Decimal("0.0000001"), "USD", "W", "2026-03", "more for a fair queue, $0.10/M"
)
TOPIC_PUBLISH = Fact(
    Decimal("0.0000005"), "USD", "W", "2026-06-13", "an SNS publish of up to 64 KB, $0.50/M"
)
BUS_EVENT = Fact(Decimal("0.000001"), "USD", "W", "2026-03", "a custom event, $1.00/M")
STREAM_PUT = Fact(
    Decimal("0.000000014"), "USD", "W", "2023-09", "a Kinesis PUT unit, $0.014/M, provisioned"
)
STREAM_PUT_UNIT = Fact(25, "KB", "D", "2026-11-24", "a record counts as a PUT unit for each")
SHARD_HOUR = Fact(Decimal("0.015"), "USD/h", "W", "2023-09", "a Kinesis shard, provisioned")
SHARD_HOUR_EXTENDED = Fact(
    Decimal("0.02"), "USD/h", "U", "2026-11-24", "more for a shard that keeps records over 24 h"
)
API_REQUEST = Fact(Decimal("0.000001"), "USD", "D", "2026-11-23", "API Gateway HTTP API, $1.00/M")
OBJECT_PUT = Fact(Decimal("0.000005"), "USD", "U", "2026-11-23", "an S3 PUT, $0.005/k, from memory")
TEXTRACT_PAGE = Fact(Decimal("0.01"), "USD", "U", "2026-11-23", "AnalyzeExpense, from memory")

# --- How long each service tries -----------------------------------------------------------------

DESTINATION_CLOCK = Fact(24, "h", "D", "2026-11-23", "or 185 tries: then it drops, without a DLQ")
WEBHOOK_CLOCK = Fact(1, "h", "D", "2026-11-24", "most that SNS tries an HTTPS endpoint")
FAILING_TRY = Fact(
    5.0, "s", "M", "2026-11-28", "the writers' connect timeout; refused at once is under 0.1 s"
)
TRYING_SHARE = Fact(
    1.0, "", "A", "2026-11-28", "of a mapping's writers; AWS says that it backs off, not how far"
)
POOL_WAIT = Fact(120, "s", "D", "2026-11-23", "a caller waits for a pool's connection, at most")
POLL_EVERY = Fact(60, "s", "A", "2026-11-28", "a scheduled writer runs: EventBridge's finest rate")
FILE_HOURS = Fact(4, "h", "A", "2026-11-28", "from 2:00 on, in which the night's file is loaded")
FILE_FROM = Fact(2, "o'clock", "A", "2026-11-28", "the night's file is loaded")
ASYNC_CLOCK = Fact(6, "h", "D", "2026-11-24", "most that Lambda keeps an asynchronous call")
MONTH_HOURS = Fact(730, "h", "A", "2026-11-24", "a month, for what is paid by the hour")

# --- The client's side ---------------------------------------------------------------------------

KNEE = Fact(
    1000.0, "rows/s", "A", "2026-11-24", "what a small server takes alone; each has its own"
)
ROUND_TRIP = Fact(20.0, "ms", "A", "2026-11-23", "with 5 ms a row: 10 rows take the facts' 70 ms")
ROW_TIME = Fact(
    5.0, "ms", "A", "2026-11-23", "2 writers of 10 rows: 286 rows/s; ten times slower: 38"
)
AWS_ROUND_TRIP = Fact(50.0, "ms", "A", "2026-11-28", "over the internet; measure your own")
SAFE_SHARE = Fact(0.6, "", "A", "2026-11-23", "of the headroom, 0.5 to 0.7 is a judgement")

# --- Our assumptions: replace them with your own --------------------------------------------------

STATUS_POLLS = Fact(20, "requests", "A", "2026-11-24", "a customer asks for a batch's progress")

OFFICE_DAY = (
    *(0.05, 0.05, 0.05, 0.05, 0.05, 0.05, 0.1, 0.3, 0.7, 0.9, 1.0, 1.0),
    *(0.8, 0.9, 1.0, 0.9, 0.8, 0.6, 0.5, 0.5, 0.4, 0.3, 0.2, 0.1),
)
"""[A, 2026-11-24] Load by the hour of the day, 0:00 first, as a share of the busiest hour."""
