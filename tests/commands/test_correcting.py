"""A person corrects a receipt: one record, one message, and the copy stays as it was read."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commands.correcting import MAX_TEXT, correct_receipt
from helpers.fakes import CutOffError, FakeClock, FakeObjects, FakeQueue
from helpers.fakes_agent import BATCH, FakeInbox, bodies, correction, result
from helpers.writer_world import World
from reading.receipt import Receipt
from receipts.errors import CorrectionRefusedError, NoResultError
from receipts.messages import CorrectionMessage, corrected, encode

READ = Receipt(
    merchant="Shop",
    address="High Street 1\nLeeds",
    total=Decimal("12.5"),
    time=dt.time(9, 30),
    currency="EUR",
)


class Office:
    """The bucket with one receipt, the write queue, and whoever corrects."""

    def __init__(self, receipt: Receipt = READ, room: int | None = None) -> None:
        self.objects, self.queue, self.clock = FakeObjects(), FakeQueue(room), FakeClock()
        self.copy = self.objects.put_result(result(1, receipt=receipt))

    def correct(self, by: str = "Ada", index: int = 1, **values: str) -> CorrectionMessage:
        return correct_receipt(
            BATCH,
            index,
            values,
            by,
            objects=self.objects,
            corrections=self.objects,
            queue=self.queue,
            clock=self.clock,
        )

    def records(self) -> list[CorrectionMessage]:
        return list(self.objects.corrections(BATCH, 1))

    def now(self) -> Receipt:
        return corrected(self.copy.receipt, self.records())


def test_what_changes_is_noted_with_what_stood_there_and_sent() -> None:
    office = Office()
    told = office.correct(
        total="21.50", merchant=" Corner Shop ", currency="EUR", date="2027-01-30"
    )
    assert told.old == {"total": "12.5", "merchant": "Shop", "date": None}
    assert told.new == {"total": "21.50", "merchant": "Corner Shop", "date": "2027-01-30"}
    assert (told.number, told.corrected_by, told.corrected_at) == (1, "Ada", office.clock.now)
    assert (told.receipt_id, told.customer_reference) == (result(1).receipt_id, "C-1")
    assert office.records() == office.queue.sent == [told]
    assert office.objects.results[BATCH, 1].receipt == READ


def test_the_same_correction_twice_is_one_record_which_is_sent_again() -> None:
    office = Office()
    first = office.correct(total="21.50")
    office.clock.advance(60)
    assert office.correct(total="21.5") == first
    assert office.records() == [first]
    assert office.queue.sent == [first, first]


def test_back_and_forth_is_three_records_and_the_last_one_holds() -> None:
    office = Office()
    for merchant in ("Corner Shop", "Shop", "Corner Shop"):
        office.correct(merchant=merchant)
    assert [one.number for one in office.records()] == [1, 2, 3]
    assert office.now().merchant == "Corner Shop"


def test_what_is_not_on_the_receipt_is_taken_away_by_an_empty_value() -> None:
    office = Office()
    assert office.correct(time="").new == {"time": None}
    assert office.now().time is None


def test_an_address_keeps_its_lines() -> None:
    office = Office()
    office.correct(address="High Street 1\r\nYork", time="10:05")
    assert office.now().address == "High Street 1\nYork"
    assert office.now().time == dt.time(10, 5)


def test_cut_off_before_the_queue_the_same_words_send_it() -> None:
    office = Office(room=0)
    with pytest.raises(CutOffError):
        office.correct(total="21.50")
    office.correct(total="21.50")
    assert office.queue.sent == office.records()
    assert len(office.records()) == 1


def test_who_was_slower_is_told_and_the_faster_one_stays() -> None:
    office = Office()
    look = office.objects.corrections
    faster = correction(1, corrected_by="Grace")

    def looked_before(batch_id: str, index: int | None = None) -> Any:
        seen = look(batch_id, index)
        office.objects.put_correction(faster)
        return seen

    office.objects.corrections = looked_before  # type: ignore[method-assign]
    with pytest.raises(CorrectionRefusedError, match="Grace was faster"):
        office.correct(total="21.50")
    assert list(office.objects.corrected.values()) == [faster]
    assert office.queue.sent == []


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"total": "twelve"}, "total: an amount, as in 12.50"),
        ({"total": "NaN"}, "total: no amount"),
        ({"total": "1e12"}, "total: no amount"),
        ({"total": "0.00001"}, "total: no amount"),
        ({"date": "31.1.2027"}, "date: a day, as in "),
        ({"time": "25:00"}, "time: a time, as in "),
        ({"currency": "euro"}, "currency: three capital letters"),
        ({"merchant": "x" * (MAX_TEXT + 1)}, "merchant: over"),
        ({"needs_review": "no"}, "needs_review: can't be corrected; merchant, "),
        ({"by": "Eve"}, "by: can't be corrected"),
        ({"total": "12.50", "currency": "EUR"}, "nothing differs"),
    ],
    ids=str,
)
def test_what_is_refused_says_why_and_leaves_nothing(values: dict[str, str], why: str) -> None:
    office = Office()
    with pytest.raises(CorrectionRefusedError, match=why):
        correct_receipt(
            BATCH,
            1,
            values,
            "Ada",
            objects=office.objects,
            corrections=office.objects,
            queue=office.queue,
            clock=office.clock,
        )
    assert office.records() == office.queue.sent == []


def test_nobody_corrects_without_a_name_and_nothing_that_was_not_read() -> None:
    with pytest.raises(CorrectionRefusedError, match="say who"):
        Office().correct(by=" ", total="1")
    with pytest.raises(NoResultError):
        Office().correct(index=2, total="1")


@given(
    st.lists(
        st.sampled_from(["Ada", "Grace"]).flatmap(
            lambda by: st.tuples(
                st.just(by), st.sampled_from(["Corner Shop", "Shop", "Kiosk"]), st.integers(1, 3)
            )
        ),
        min_size=1,
        max_size=6,
    ),
    st.randoms(use_true_random=False),
    st.integers(1, 4),
)
def test_however_often_and_in_whichever_order_it_comes_one_correction_is_one_row(
    asked: list[tuple[str, str, int]], chance: Any, rows: int
) -> None:
    """Sent up to three times each, shuffled with the receipts, and delivered again after it all."""
    office = Office()
    for by, merchant, times in asked:
        for _ in range(times):
            try:
                office.correct(by=by, merchant=merchant)
            except CorrectionRefusedError:
                assert merchant == "Shop"  # as it was read: nothing was there to correct
    sent = [*bodies(1, 2, 3), *(encode(one).decode() for one in office.queue.sent)]
    chance.shuffle(sent)
    world = World(*sent, *sent, rows=rows)
    world.run(cycles=2000)
    assert world.inbox.corrections == {one.correction_id: one for one in office.records()}
    assert world.inbox.rows == {it.receipt_id: it for it in map(result, (1, 2, 3))}
    assert len(world.states()) == 3  # a correction is no receipt: the ledger counts none
    assert not world.queue.in_flight
    assert not world.dead.sent
    numbers = [one.number for one in office.records()]
    assert numbers == list(range(1, len(numbers) + 1))


def test_the_inbox_of_the_tests_takes_one_table_a_transaction() -> None:
    with pytest.raises(AssertionError, match="one table"):
        FakeInbox().write([result(1), correction(1)])
