"""The two window promises, for whatever is asked of the pacer and however long a commit takes."""

from dataclasses import dataclass, fields
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from receipts.agent.pacing import Pacer

BURST = 50
# Drawn as integers, for `st.fractions` is slow; exact where a float is not.
seconds = st.integers(0, 30 * 60).map(lambda drawn: Fraction(drawn, 60))
rates = st.integers(4, 500 * 4).map(lambda drawn: Fraction(drawn, 4))


@dataclass(frozen=True)
class Step:
    """One transaction of an agent, and what befalls it: seconds, and rates in rows a second."""

    rows: int
    waits: Fraction = Fraction(0)  # after the pacer let it
    arrives_after: Fraction = Fraction(0)
    commits_after: Fraction = Fraction(0)
    answered_after: Fraction = Fraction(0)
    operator: tuple[Fraction, Fraction] | None = None  # sets, after so long, another rate
    follows: Fraction | None = None  # the rate that the answer's time led to
    dies: bool = False  # before the answer: the lock is free when the server ended the session

    def __repr__(self) -> str:
        """Only what befalls it, in seconds: a counterexample is read by people."""
        befalls = {it.name: getattr(self, it.name) for it in fields(self) if it.name != "rows"}
        told = [f"{name}={_plain(value)}" for name, value in befalls.items() if value]
        return f"Step({', '.join([f'{self.rows} rows', *told])})"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:  # noqa: FBT001  Hypothesis' own
        del cycle
        printer.text(repr(self))


def _plain(value: object) -> str:
    if isinstance(value, tuple):
        return f"({', '.join(map(_plain, value))})"
    return f"{float(value):g}" if isinstance(value, Fraction) else str(value)


@dataclass
class Offer:
    """What the server saw of a transaction."""

    rows: int
    arrived: Fraction
    committed: Fraction


Agent = tuple[Fraction, list[Step]]
"""Its first rate, and what it does until its session ends: then the next one has the lock."""

pauses = st.just(Fraction(0)) | seconds
steps = st.builds(
    Step,
    st.integers(1, BURST),
    pauses,
    pauses,
    pauses,
    pauses,
    st.none() | st.tuples(seconds, rates),
    st.none() | rates,
    st.integers(0, 9).map(lambda drawn: drawn == 1),
)
agents = st.lists(st.tuples(rates, st.lists(steps, max_size=8)), min_size=1, max_size=3)

AFTER_A_PAUSE = [(Fraction(50), [Step(BURST, waits=Fraction(30)), Step(BURST), Step(BURST)])]
"""What a token bucket of 50 rows a second lets through at once, while it had nothing to do."""


def run(agents: list[Agent]) -> tuple[list[Offer], list[tuple[Fraction, Fraction]]]:
    """What arrives and commits, as early as the pacer lets it or later; and the rates since when.

    Anything may be suspended, delayed or sent again: between its offer and its answer, a
    transaction arrives and commits whenever it likes.
    """
    now = Fraction(0)
    offers: list[Offer] = []
    changes: list[tuple[Fraction, Fraction]] = []
    for rate, steps in agents:
        changes.append((now, rate))
        pacer = Pacer(rate, BURST, now)  # type: ignore[arg-type]
        for step in steps:
            if step.operator:
                after, rate = step.operator  # noqa: PLW2901
                now += after
                changes.append((now, rate))
                pacer.change(rate, now)  # type: ignore[arg-type]
            now += Fraction(pacer.delay(now)) + step.waits  # type: ignore[arg-type]
            pacer.charge(step.rows, now)  # type: ignore[arg-type]
            arrived = now + step.arrives_after
            now = arrived + step.commits_after
            offers.append(Offer(step.rows, arrived, now))
            now += step.answered_after  # one connection writes: the next waits for the answer
            if step.dies:
                break
            if step.follows:
                changes.append((now, step.follows))
            pacer.answered(now)  # type: ignore[arg-type]
            if step.follows:
                pacer.change(step.follows, now)  # type: ignore[arg-type]
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
                most = allowed(changes, start, end) + BURST
                assert rows <= most, f"{rows} rows in {_plain(end - start)} s: {_plain(most)} may"


@settings(max_examples=400)
@given(agents)
@example(AFTER_A_PAUSE)
def test_rows_that_arrive_in_every_window_are_at_most_the_rate_times_its_length_and_one_burst(
    agents: list[Agent],
) -> None:
    offers, changes = run(agents)
    check_windows([(offer.arrived, offer.rows) for offer in offers], changes)


@settings(max_examples=400)
@given(agents)
@example(AFTER_A_PAUSE)
def test_rows_committed_in_every_window_are_at_most_the_rate_times_its_length_and_one_burst(
    agents: list[Agent],
) -> None:
    offers, changes = run(agents)
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
