"""What a million receipts cost on the way to the reader, against sums done by hand."""

from decimal import Decimal

import pytest

from lab.plan.transport import TransportCost, Way, per_million


def cost(way: Way, batch: int = 1, **more: int) -> TransportCost:
    return per_million(way, batch=batch, read_seconds=Decimal(3), memory_mb=1769, **more)


@pytest.mark.parametrize(
    ("way", "batch", "service"),
    [
        ("sqs", 1, "1.05"),  # 0.1 M sends and 2 M takes at 0.40 + 0.10
        ("sns", 1, "0.50"),
        ("sns-sqs", 1, "1.30"),  # 0.50 and 2 M takes at 0.40
        ("eventbridge", 1, "1.00"),
        ("kinesis", 10, "10.964"),  # 730 h at 0.015 and a million PUT units
    ],
)
def test_each_service_costs_what_its_price_list_says(way: Way, batch: int, service: str) -> None:
    assert cost(way, batch).service == Decimal(service)


def test_a_stream_is_paid_for_when_nothing_comes_and_more_when_it_keeps_records_longer() -> None:
    day, week = cost("kinesis", 10), cost("kinesis", 10, retention_hours=168)
    assert day.idle == Decimal("10.95")
    assert week.idle - day.idle == week.unverified == Decimal("14.60")
    assert cost("sqs").idle == cost("sns").idle == cost("eventbridge").idle == 0


def test_ten_records_an_invocation_cost_a_tenth_of_the_invocations() -> None:
    assert cost("sns").invocations == 10 * cost("kinesis", 10).invocations


def test_reading_costs_the_same_behind_each_and_most_of_all() -> None:
    ways: tuple[Way, ...] = ("sqs", "sns", "eventbridge", "sns-sqs")
    assert len({cost(way).reading for way in ways}) == 1
    assert all(cost(way).reading > Decimal("0.97") * cost(way).total for way in ways)
