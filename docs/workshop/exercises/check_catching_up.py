"""What the pacer beside it promises, for whatever befalls an agent; and that it does catch up."""

import importlib.util
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

BURST, RATE, PEAK, SAVED = 50, 10, 40, 150
Row = tuple[Fraction, int]
"""When rows arrived, and how many."""


@dataclass(frozen=True, repr=False)
class Step:
    """One transaction: its rows, and seconds that pass before and after it."""

    rows: int = BURST
    idle: Fraction = Fraction(0)  # before the pacer is asked
    way: Fraction = Fraction(0)  # from the offer to its arrival
    back: Fraction = Fraction(0)  # from there to the answer

    def __repr__(self) -> str:
        """Only what isn't 0: a counterexample is read by people."""
        told = [f"{name}={float(it):g}" for name, it in asdict(self).items() if it]
        return f"Step({', '.join(told)})"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:  # noqa: FBT001 - Hypothesis' own
        """How Hypothesis prints it."""
        del cycle
        printer.text(repr(self))


def _learners() -> Any:
    path = Path(__file__).with_name("catching_up.py")
    spec = importlib.util.spec_from_file_location("catching_up", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.CatchingUp


CatchingUp = _learners()


def new(now: Fraction) -> Any:
    numbers = {"rate": RATE, "peak": PEAK, "saved": SAVED, "burst": BURST}
    return CatchingUp(**{name: Fraction(it) for name, it in numbers.items()}, now=now)


def run(agents: list[list[Step]]) -> list[Row]:
    """What arrives, each agent after the one before it, which ended without a last answer."""
    now, seen = Fraction(0), []
    for steps in agents:
        pacer = new(now)
        for step in steps:
            now += step.idle
            now += Fraction(pacer.delay(now))
            pacer.charge(step.rows, now)
            now += step.way
            seen.append((now, step.rows))
            now += step.back
            if step is not steps[-1]:
                pacer.answered(now)
    return seen


def check(seen: list[Row], rate: int, extra: int) -> None:
    for start, _ in seen:
        for end, _ in seen:
            if start <= end:
                rows = sum(rows for at, rows in seen if start <= at <= end)
                most = rate * (end - start) + extra
                assert rows <= most, f"{rows} rows in {float(end - start):g} s: {float(most):g} may"


seconds = st.just(Fraction(0)) | st.integers(0, 120 * 4).map(lambda it: Fraction(it, 4))
steps = st.builds(Step, st.integers(1, BURST), seconds, seconds, seconds)
one_agent = st.lists(steps, max_size=12)
QUIET_THEN_BUSY = [Step(idle=Fraction(3_600)), Step(), Step(), Step()]
HELD_UP = [Step(way=Fraction(3_600)), Step(), Step(), Step(), Step()]
RESTARTED = [QUIET_THEN_BUSY, [Step(), Step(), Step(), Step()]]


@settings(max_examples=100, deadline=None)
@given(one_agent)
@example(QUIET_THEN_BUSY)
@example(HELD_UP)
def test_the_peak_holds_in_every_window(steps: list[Step]) -> None:
    check(run([steps]), PEAK, BURST)


@settings(max_examples=100, deadline=None)
@given(one_agent)
@example(QUIET_THEN_BUSY)
@example(HELD_UP)
def test_no_more_is_made_up_for_than_was_saved(steps: list[Step]) -> None:
    check(run([steps]), RATE, SAVED + BURST)


@settings(max_examples=100, deadline=None)
@given(st.lists(one_agent, max_size=4))
@example(RESTARTED)
def test_a_restart_brings_nothing_to_make_up_for(agents: list[list[Step]]) -> None:
    seen = run(agents)
    check(seen, PEAK, BURST)
    check(seen, RATE, SAVED + BURST)


def rows_until(pacer: Any, now: Fraction, seconds: int) -> int:
    """What goes out in so many seconds from `now`, if the database answers at once."""
    rows, end = 0, now + seconds
    while (now := now + Fraction(pacer.delay(now))) <= end:
        pacer.charge(BURST, now)
        pacer.answered(now)
        rows += BURST
    return rows


def test_after_a_quiet_hour_it_goes_at_the_peak_until_all_is_made_up_for() -> None:
    full_speed = SAVED // (PEAK - RATE)
    assert rows_until(new(Fraction(0)), Fraction(3_600), full_speed) >= PEAK * full_speed


def test_in_the_long_run_it_is_as_fast_as_the_rate() -> None:
    rows = rows_until(new(Fraction(0)), Fraction(3_600), 600)
    assert rows == pytest.approx(RATE * 600 + SAVED, abs=BURST)
