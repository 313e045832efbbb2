"""The cost model answers the chunking-law table of the facts, cell by cell."""

from decimal import Decimal
from typing import Any

import pytest

from lab.plan import cost

INIT_HALF = {"init_seconds": Decimal("0.5")}
INIT_TWO = {"init_seconds": Decimal(2)}


def ratio(chunks: int, memory_mb: int, architecture: cost.Architecture, **more: Any) -> Decimal:
    """Cost of 60 s in chunks over the cost of the same 60 s at once: the table's cells."""
    # The whole minute pays a cold start too when all are cold; it needs no queue.
    cold: dict[str, Any] = {"init_seconds": more.get("init_seconds", Decimal(0))}
    whole = cost.chunked_usd(1, memory_mb=memory_mb, architecture=architecture, **cold)
    cut = cost.chunked_usd(chunks, memory_mb=memory_mb, architecture=architecture, **more)
    return cut / whole


@pytest.mark.parametrize("chunks", [60, 600])
def test_gb_seconds_alone_obey_the_chunking_law(chunks: int) -> None:
    seconds = Decimal(60)
    assert cost.lambda_usd(0, seconds / chunks, 1769) * chunks == pytest.approx(
        cost.lambda_usd(0, seconds, 1769)
    )


@pytest.mark.parametrize(
    ("chunks", "memory", "architecture", "more", "cell"),
    [
        (60, 1769, "x86_64", {}, "1.007"),
        (600, 1769, "x86_64", {}, "1.069"),
        (60, 128, "x86_64", {}, "1.094"),
        (600, 128, "x86_64", {}, "1.957"),
        (60, 128, "arm64", {}, "1.118"),
        (600, 128, "arm64", {}, "2.196"),
        (60, 1769, "x86_64", INIT_HALF, "1.49"),
        (600, 1769, "x86_64", INIT_HALF, "6.02"),
        (60, 1769, "x86_64", INIT_TWO, "2.91"),
        (600, 1769, "x86_64", INIT_TWO, "20.4"),
        (600, 1769, "x86_64", {"queue_calls": Decimal(3)}, "1.49"),
        (600, 128, "x86_64", {"queue_calls": Decimal(3)}, "7.7"),
        (600, 1769, "x86_64", {"queue_calls": Decimal("0.3")}, "1.11"),
        (600, 128, "x86_64", {"queue_calls": Decimal("0.3")}, "2.5"),
    ],
)
def test_chunking_costs_what_the_facts_say(
    chunks: int,
    memory: int,
    architecture: cost.Architecture,
    more: dict[str, Decimal],
    cell: str,
) -> None:
    printed = Decimal(cell)
    assert ratio(chunks, memory, architecture, **more).quantize(printed) == printed


def test_a_message_is_charged_by_chunks_of_64_kilobytes() -> None:
    assert cost.queue_usd(Decimal(1_000_000), Decimal(3)) == Decimal("0.4")
    assert cost.queue_usd(Decimal(1_000_000), Decimal(65)) == Decimal("0.8")


def test_a_fair_queue_costs_a_quarter_more() -> None:
    assert cost.queue_usd(Decimal(1_000_000), Decimal(3), fair=True) == Decimal("0.5")
