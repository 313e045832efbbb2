"""The two window promises, for whatever is asked of the pacer and however long a commit takes."""

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from receipts.agent.pacing import Pacer

BURST = 50
seconds = st.fractions(0, 30, max_denominator=50)
rates = st.fractions(1, 500, max_denominator=4)


class Offer:
    def __init__(self, at: Fraction, rows: int, committed: Fraction) -> None:
        self.at = at
        self.rows = rows
        self.committed = committed


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[Offer], list[tuple[Fraction, Fraction]]]:
    """What one agent after another offers, as early as it may, late, stalled; and the rates."""
    now = Fraction(0)
    offers: list[Offer] = []
    changes: list[tuple[Fraction, Fraction]] = []
    for _ in range(draw(st.integers(1, 3))):  # agents: each has the lock until it dies
        rate = draw(rates)
        changes.append((now, rate))
        pacer = Pacer(rate, BURST, now)  # type: ignore[arg-type]
        for _ in range(draw(st.integers(0, 8))):
            if draw(st.booleans()):
                now += draw(seconds)
                rate = draw(rates)
                changes.append((now, rate))
                pacer.change(rate, now)  # type: ignore[arg-type]
            now += Fraction(pacer.delay(now)) + draw(st.just(Fraction(0)) | seconds)  # type: ignore[arg-type]
            rows = draw(st.integers(1, BURST))
            pacer.charge(rows, now)  # type: ignore[arg-type]
            committed = now + draw(st.just(Fraction(0)) | seconds)  # a stall
            offers.append(Offer(now, rows, committed))
            now = committed  # one connection writes: the next is offered when this is answered
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


@given(histories())
def test_rows_offered_in_every_window_are_at_most_the_rate_times_its_length_and_one_burst(
    history: tuple[list[Offer], list[tuple[Fraction, Fraction]]],
) -> None:
    offers, changes = history
    for first, start in enumerate(offers):
        for end in offers[first:]:
            rows = sum(o.rows for o in offers if start.at <= o.at <= end.at)
            assert rows <= allowed(changes, start.at, end.at) + BURST


@given(histories())
def test_rows_committed_in_every_window_are_at_most_one_burst_a_connection_more(
    history: tuple[list[Offer], list[tuple[Fraction, Fraction]]],
) -> None:
    offers, changes = history
    connections = 2
    for first, start in enumerate(offers):
        for end in offers[first:]:
            window = (start.committed, end.committed)
            rows = sum(o.rows for o in offers if window[0] <= o.committed <= window[1])
            assert rows <= allowed(changes, *window) + connections * BURST


def test_with_one_connection_the_second_promise_needs_both_bursts() -> None:
    """Why C is at least 2: one burst was in flight when the window opened, one is offered in it."""
    rate, now = Fraction(10), Fraction(100)
    pacer = Pacer(rate, BURST, Fraction(0))  # type: ignore[arg-type]
    offers = [Offer(Fraction(5), BURST, now), Offer(now, BURST, now)]  # the first one stalls
    for offer in offers:
        pacer.charge(BURST, offer.at)  # type: ignore[arg-type]
    rows = sum(offer.rows for offer in offers if offer.committed == now)
    most = allowed([(Fraction(0), rate)], now, now)
    assert most + BURST < rows <= most + 2 * BURST


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
