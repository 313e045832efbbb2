"""The two window promises, for whatever is asked of the pacer and however long a commit takes."""

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from receipts.agent.pacing import Pacer

BURST = 50
seconds = st.fractions(0, 30, max_denominator=50)
rates = st.fractions(1, 500, max_denominator=4)


class Offer:
    """One transaction: when it was offered, and what the server saw of it."""

    def __init__(self, rows: int, at: Fraction, arrived: Fraction, committed: Fraction) -> None:
        self.rows = rows
        self.at = at
        self.arrived = arrived
        self.committed = committed


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[Offer], list[tuple[Fraction, Fraction]]]:
    """What one agent after another offers, as early as it may or late; and the rates.

    Anything may be suspended, delayed or sent again: between its offer and its answer, a
    transaction arrives and commits whenever it likes. An agent may die before the answer.
    """
    now = Fraction(0)
    offers: list[Offer] = []
    changes: list[tuple[Fraction, Fraction]] = []
    pauses = st.just(Fraction(0)) | seconds
    for _ in range(draw(st.integers(1, 3))):  # agents: each has the lock until its session ends
        rate = draw(rates)
        changes.append((now, rate))
        pacer = Pacer(rate, BURST, now)  # type: ignore[arg-type]
        for _ in range(draw(st.integers(0, 8))):
            if draw(st.booleans()):
                now += draw(seconds)
                rate = draw(rates)
                changes.append((now, rate))
                pacer.change(rate, now)  # type: ignore[arg-type]
            now += Fraction(pacer.delay(now)) + draw(pauses)  # type: ignore[arg-type]
            rows, offered = draw(st.integers(1, BURST)), now
            pacer.charge(rows, now)  # type: ignore[arg-type]
            arrived = offered + draw(pauses)
            committed = arrived + draw(pauses)
            offers.append(Offer(rows, offered, arrived, committed))
            now = committed + draw(pauses)  # one connection writes: the next waits for the answer
            if draw(st.integers(0, 9)) == 0:
                break  # it died: the lock is free when the server has ended the session
            if draw(st.booleans()):
                rate = draw(rates)  # the rate follows what the answer took
                changes.append((now, rate))
                pacer.answered(now)  # type: ignore[arg-type]
                pacer.change(rate, now)  # type: ignore[arg-type]
            else:
                pacer.answered(now)  # type: ignore[arg-type]
    return offers, changes


def allowed(changes: list[tuple[Fraction, Fraction]], start: Fraction, end: Fraction) -> Fraction:
    """The rate's integral over the window."""
    steps = [*changes, (end, Fraction(0))]
    return sum(
        (
            rate * max(Fraction(0), min(end, until) - max(start, since))
            for (since, rate), (until, _) in pairwise(steps)
        ),
        Fraction(0),
    )


def check_windows(
    seen: list[tuple[Fraction, int]], changes: list[tuple[Fraction, Fraction]]
) -> None:
    for start, _ in seen:
        for end, _ in seen:
            rows = sum(rows for at, rows in seen if start <= at <= end)
            if start <= end:
                assert rows <= allowed(changes, start, end) + BURST


@settings(max_examples=400)
@given(histories())
def test_rows_that_arrive_in_every_window_are_at_most_the_rate_times_its_length_and_one_burst(
    history: tuple[list[Offer], list[tuple[Fraction, Fraction]]],
) -> None:
    offers, changes = history
    check_windows([(offer.arrived, offer.rows) for offer in offers], changes)


@settings(max_examples=400)
@given(histories())
def test_rows_committed_in_every_window_are_at_most_the_rate_times_its_length_and_one_burst(
    history: tuple[list[Offer], list[tuple[Fraction, Fraction]]],
) -> None:
    offers, changes = history
    check_windows([(offer.committed, offer.rows) for offer in offers], changes)


def test_a_transaction_that_was_suspended_is_paid_for_after_its_answer() -> None:
    pacer = Pacer(10, BURST, now=0)
    pacer.charge(BURST, 5)
    pacer.answered(100)  # it may have arrived a moment ago
    assert pacer.delay(100) == pytest.approx(5.0)


def test_an_answer_without_a_transaction_costs_nothing() -> None:
    pacer = Pacer(10, BURST, now=0)
    pacer.charge(BURST, 5)
    pacer.answered(6)
    pacer.answered(100)
    assert pacer.delay(100) == 0


def test_nothing_is_saved_up_while_idle() -> None:
    pacer = Pacer(100, BURST, now=0)
    pacer.charge(50, 1_000)
    assert pacer.delay(1_000) == pytest.approx(0.5)
    with pytest.raises(ValueError, match="too early"):
        pacer.charge(1, 1_000.4)


def test_a_new_pacer_starts_as_if_a_transaction_had_just_been_offered() -> None:
    assert Pacer(100, BURST, now=7).delay(7) == pytest.approx(0.5)


@given(rates, rates)
def test_what_is_owed_is_paid_off_at_the_new_rate(before: Fraction, after: Fraction) -> None:
    pacer = Pacer(before, BURST, Fraction(0))  # type: ignore[arg-type]
    pacer.change(after, Fraction(0))  # type: ignore[arg-type]
    assert pacer.delay(Fraction(0)) == Fraction(BURST) / after  # type: ignore[arg-type]
