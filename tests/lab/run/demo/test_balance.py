"""The demo's verdict can fail: every count that disagrees is named."""

import datetime as dt

import pytest

from lab.run.demo.balance import IndependentCounts, balance
from receipts.ledger import Counts
from receipts.report_batch import Report


def _report(**counts: int) -> Report:
    return Report(
        batch_id="b",
        customer_reference="c",
        accepted_at=dt.datetime(2026, 1, 31, tzinfo=dt.UTC),
        expected=10,
        counts=Counts(
            **{"waiting": 0, "read": 0, "stored": 8, "rejected": 1, "dead_lettered": 1} | counts
        ),
        settled=True,
        needs_review=0,
        duplicates=0,
        oldest_seconds=None,
        rejected=None,
        reasons=(),
    )


def _counted(**counts: int) -> IndependentCounts:
    return IndependentCounts(
        **{"entries": 10, "rows": 8, "distinct": 8, "dead_letters": 1} | counts
    )


def test_a_ledger_that_agrees_with_every_count_balances():
    verdict = balance(_report(), _counted())
    assert verdict.disagreements == ()
    assert str(verdict) == (
        "ledger balances: accepted 10 = stored 8 + rejected 1 + dead-lettered 1"
    )


@pytest.mark.parametrize(
    ("counted", "disagreement"),
    [
        ({"entries": 11}, "the archive holds 11 entries"),
        ({"rows": 7, "distinct": 7}, "PostgreSQL holds 7 rows"),
        ({"distinct": 7}, "only 7 of 8 rows differ"),
        ({"dead_letters": 0}, "the DLQs hold 0 messages"),
    ],
)
def test_a_count_that_disagrees_is_named(counted, disagreement):
    verdict = balance(_report(), _counted(**counted))
    assert verdict.disagreements == (disagreement,)
    assert str(verdict).startswith("ledger does NOT balance")


def test_states_that_do_not_add_up_are_named():
    verdict = balance(_report(read=1, stored=7), _counted(rows=7, distinct=7))
    assert verdict.disagreements == ("the states don't add up to the number accepted",)
