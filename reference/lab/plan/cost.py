"""The cost of a thousand receipts, by service.

Closed forms in Decimal: cost of a receipt = (s + p_cold·INIT)·GB·price + requests/B
+ SQS calls·⌈KB/64⌉·price + S3 + OCR. Prices and their dates are in `facts`; totals keep verified
prices and unverified ones (tag `U`) apart.
"""

import math
from decimal import Decimal
from typing import Literal

import msgspec

from lab.plan import facts

Architecture = Literal["x86_64", "arm64"]
NOT_PRICED = ("provisioned pollers", "data transfer", "the VPN")
"""Other items on the bill, for which we have no dated price. What is kept: see `bill`."""


MESSAGE_KB = Decimal(4)
"""A result's size [A]; up to 64 KB the cost is the same."""


class CostLine(msgspec.Struct, frozen=True):
    """One service's cost for a thousand receipts, in USD; `tag` is its price's source."""

    service: str
    what: str
    usd_per_thousand: Decimal
    tag: facts.Tag


class Cost(msgspec.Struct, frozen=True):
    """The cost of a thousand receipts, in USD."""

    lines: tuple[CostLine, ...]

    @property
    def verified(self) -> Decimal:
        """USD a thousand receipts, at dated prices."""
        return sum((line.usd_per_thousand for line in self.lines if line.tag != "U"), Decimal(0))

    @property
    def unverified(self) -> Decimal:
        """USD a thousand receipts, at unverified prices."""
        return sum((line.usd_per_thousand for line in self.lines if line.tag == "U"), Decimal(0))


def gb_second(architecture: Architecture) -> Decimal:
    """The price of a Lambda GB-second, in USD."""
    x86 = architecture == "x86_64"
    return facts.GB_SECOND_X86.value if x86 else facts.GB_SECOND_ARM.value


def lambda_usd(
    invocations: int, billed_seconds: Decimal, memory_mb: int, architecture: Architecture = "x86_64"
) -> Decimal:
    """USD for `invocations` with `billed_seconds` in total, INIT included."""
    gigabytes = Decimal(memory_mb) / 1024
    return (
        billed_seconds * gigabytes * gb_second(architecture) + invocations * facts.INVOCATION.value
    )


def chunked_usd(
    chunks: int,
    *,
    work_seconds: int = 60,
    memory_mb: int = facts.VCPU_MEMORY.value,
    architecture: Architecture = "x86_64",
    init_seconds: Decimal = Decimal(0),
    queue_calls: Decimal = Decimal(0),
) -> Decimal:
    """USD for `work_seconds` of work in `chunks` invocations.

    `init_seconds` is each chunk's cold start (0: all warm), `queue_calls` its SQS calls (0.3 in
    batches of ten).
    """
    billed = Decimal(work_seconds) + chunks * init_seconds
    functions = lambda_usd(chunks, billed, memory_mb, architecture)
    return functions + chunks * queue_calls * facts.QUEUE_CALL.value


def queue_usd(calls: Decimal, kilobytes: Decimal, *, fair: bool = False) -> Decimal:
    """USD for SQS `calls` of `kilobytes` each, charged for each 64 KB."""
    price = facts.QUEUE_CALL.value + (facts.FAIR_QUEUE_CALL.value if fair else 0)
    return calls * max(1, math.ceil(kilobytes / facts.QUEUE_CHUNK.value)) * price


class Usage(msgspec.Struct, frozen=True, kw_only=True):
    """What a run uses in total: the basis of its bill."""

    receipts: int
    requests: int
    """Batches that customers sent."""
    invocations: int
    billed_seconds: float
    """Of the reading function, cold starts included."""
    cold_start_seconds: float
    transactions: int
    memory_mb: int
    architecture: Architecture
    engine: Literal["ppocr", "tesseract", "textract"]
    queued_writes: bool
    """False where the readers write to the database themselves."""


def per_thousand(usage: Usage) -> Cost:
    """The bill of a run, divided by its thousands of receipts."""
    share = Decimal(1000) / usage.receipts
    batches = -(-usage.receipts // facts.QUEUE_BATCH.value)
    # The splitter sends receipts' messages in tens; the mapping receives and deletes them.
    read_calls = Decimal(batches + 2 * usage.invocations)
    # Readers send results one by one; the agent receives and deletes up to ten at once.
    takes = max(usage.transactions, batches)
    write_calls = Decimal(usage.receipts + 2 * takes) if usage.queued_writes else Decimal(0)
    gigabytes = Decimal(usage.memory_mb) / 1024
    price = gb_second(usage.architecture)
    cold = Decimal(usage.cold_start_seconds)
    warm = Decimal(usage.billed_seconds) - cold
    pages = facts.TEXTRACT_PAGE.value * usage.receipts if usage.engine == "textract" else Decimal(0)
    polls = usage.requests * (1 + facts.STATUS_POLLS.value)
    puts = usage.receipts * (2 if usage.queued_writes else 1)
    lines: tuple[tuple[str, str, Decimal, facts.Tag], ...] = (
        ("Lambda", "reading, by the GB-second", warm * gigabytes * price, "W"),
        ("Lambda", "cold starts, by the GB-second", cold * gigabytes * price, "W"),
        ("Lambda", "invocations", usage.invocations * facts.INVOCATION.value, "W"),
        ("SQS", "receipt queue, fair", queue_usd(read_calls, MESSAGE_KB, fair=True), "W"),
        ("SQS", "write queue", queue_usd(write_calls, MESSAGE_KB), "W"),
        ("API Gateway", "batches and their status", polls * facts.API_REQUEST.value, "D"),
        ("S3", "PUT of image and result", puts * facts.OBJECT_PUT.value, "U"),
        ("Textract", "AnalyzeExpense, a page a receipt", pages, "U"),
    )
    return Cost(
        tuple(CostLine(name, what, usd * share, tag) for name, what, usd, tag in lines if usd)
    )
