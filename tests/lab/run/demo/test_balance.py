"""The demo's verdict can fail: every count that disagrees is named."""

import datetime as dt

import msgspec
import pytest

from lab.run.demo.balance import IndependentCounts, balance
from lab.run.demo.entries import EntryCounts
from reading.files.left_out import FILMS, SYSTEM, LeftOut, sum_up
from receipts.ledger import Counts
from receipts.report_batch import Report

NOTHING = LeftOut()


def _report(left_out: LeftOut = NOTHING, **counts: int) -> Report:
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
        left_out=left_out,
        reasons=(),
    )


def _counted(entries: int = 10, pictures: int = 10, **counts: int) -> IndependentCounts:
    archive = EntryCounts(entries=entries, pictures=pictures)
    return IndependentCounts(
        archive=archive, **{"rows": 8, "distinct": 8, "dead_letters": 1} | counts
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
        ({"entries": 11}, "the archive holds 11 entries (10 pictures or PDFs)"),
        ({"pictures": 11}, "the archive holds 10 entries (11 pictures or PDFs)"),
        ({"rows": 7, "distinct": 7}, "PostgreSQL holds 7 rows"),
        ({"distinct": 7}, "only 7 of 8 rows differ"),
        ({"dead_letters": 0}, "the DLQs hold 0 messages"),
    ],
)
def test_a_count_that_disagrees_is_named(counted, disagreement):
    verdict = balance(_report(), _counted(**counted))
    assert verdict.disagreements == (disagreement,)
    assert str(verdict).startswith("ledger does NOT balance")


LITTER = sum_up([(".DS_Store", SYSTEM), ("IMG_1.MOV", FILMS)])


def test_what_was_left_out_and_what_was_accepted_are_all_entries():
    verdict = balance(_report(LITTER), _counted(entries=12))
    assert str(verdict) == (
        "ledger balances: accepted 10 + left out 2 = 12 entries, "
        "accepted 10 = stored 8 + rejected 1 + dead-lettered 1"
    )


@pytest.mark.parametrize("entries", [10, 13])
def test_an_entry_that_is_neither_accepted_nor_left_out_is_seen(entries):
    verdict = balance(_report(LITTER), _counted(entries=entries))
    assert [it.split(" (")[0] for it in verdict.disagreements] == [
        f"the archive holds {entries} entries"
    ]


def test_a_picture_that_was_left_out_is_seen():
    assert balance(_report(LITTER), _counted(entries=12, pictures=11)).disagreements


def test_of_an_archive_that_is_rejected_whole_nothing_is_counted():
    none = Counts(waiting=0, read=0, stored=0, rejected=0, dead_lettered=0)
    report = msgspec.structs.replace(_report(), expected=0, counts=none, rejected="no ZIP")
    assert balance(report, _counted(rows=0, distinct=0, dead_letters=0)).disagreements == ()


def test_states_that_do_not_add_up_are_named():
    verdict = balance(_report(read=1, stored=7), _counted(rows=7, distinct=7))
    assert verdict.disagreements == ("the states don't add up to the number accepted",)
