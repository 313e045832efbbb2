"""The rest of the bill against sums done by hand, and its counts against what is really asked."""

from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import boto3
import pytest

from diagram_check.template import read_template
from helpers.deployed import deployed
from helpers.event_loop import EventLoop
from helpers.fakes import FakeEngine
from helpers.photos import numbered
from lab.plan.bill import LEDGER_READS, LEDGER_WRITES, Keeping, idle_month, kept
from lab.support.paths import TEMPLATE

MONTH = 365 / 12  # days
GIB = 2**30


def of(keeping: Keeping, what: str) -> float:
    return float(sum(it.usd_per_thousand for it in kept(keeping).lines if it.what.startswith(what)))


def test_photos_are_paid_for_by_the_day_and_are_most_of_what_is_kept() -> None:
    quarter = Keeping(photo_mb=Decimal(2), retention_days=90)
    assert of(quarter, "photos") == pytest.approx(2e9 / GIB * 0.023 * 90 / MONTH)
    assert of(quarter, "photos") > float(sum(it.usd_per_thousand for it in kept(quarter).lines)) / 2
    month = Keeping(photo_mb=Decimal(2), retention_days=30)
    assert of(month, "photos") == pytest.approx(of(quarter, "photos") / 3)


def test_a_colder_class_is_paid_for_90_days_at_least_and_is_for_those_who_keep_long() -> None:
    def usd(days: int, cold_after: int) -> float:
        keeping = Keeping(retention_days=days, cold_after_days=cold_after)
        return of(keeping, "photos") + of(keeping, "moves")

    cold = of(Keeping(retention_days=90, cold_after_days=60), "photos in Glacier")
    assert cold == pytest.approx(2e9 / GIB * 0.004 * 90 / MONTH)  # 30 days there, 90 are paid
    assert usd(365, 7) < usd(365, 0) / 3
    assert usd(30, 7) > usd(30, 0)


def per_receipt(asked: Counter[str], fewer: Counter[str], receipts: int) -> tuple[float, float]:
    more = asked - fewer
    writes = more["PutItem"] + more["UpdateItem"] + more["Statement"]
    return writes / receipts, (more["GetItem"] + more["Query"]) / receipts


def journey(receipts: int) -> Counter[str]:
    """What a batch of so many receipts asks of DynamoDB, from the request to the last row."""
    asked: Counter[str] = Counter()

    def note(params: Mapping[str, Any], model: Any, **_: object) -> None:
        asked[model.name] += 1
        asked["Statement"] += len(params.get("Statements", ()))

    with deployed() as stack:
        assert boto3.DEFAULT_SESSION is not None
        for events in (boto3.DEFAULT_SESSION.events, stack.client("dynamodb").meta.events):
            events.register("provide-client-params.dynamodb", note)
        loop = EventLoop(stack)
        loop.send_archive(numbered(receipts))
        loop.run()
    return asked


def test_the_ledger_is_asked_as_often_as_the_bill_says(monkeypatch: pytest.MonkeyPatch) -> None:
    text = ("CORNER BAKERY", "Tel 020 555 0101", "Date: 2026-01-27", "TOTAL EUR 6.00")
    monkeypatch.setattr("reading.engines.make_engine", lambda *_: FakeEngine(*text))
    few, many = journey(2), journey(12)
    writes, reads = per_receipt(many, few, 10)
    assert (writes, reads) == (LEDGER_WRITES, LEDGER_READS), many - few


def test_an_idle_month_is_what_polls_and_what_is_paid_by_the_month() -> None:
    lines = idle_month(read_template(TEMPLATE, "reference/template.yaml"))
    usd = {it.what: float(it.usd) for it in lines}
    assert usd["2 mappings that poll"] == pytest.approx(2 * 5 * 3 * 60 * 24 * 30 * 0.4e-6)
    assert usd["the agent polls"] == pytest.approx(12 * 60 * 24 * 30 * 0.4e-6)
    assert usd["the dashboard"] == 3
