"""The worst window, against every window looked at one by one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.prove.campaign.windows import Ceiling, Rows, worst_excess

MOMENTS = st.integers(0, 200).map(lambda tenths: tenths / 10)
EVENTS = st.lists(st.builds(Rows, MOMENTS, st.integers(1, 20)), min_size=1, max_size=12)
CEILINGS = st.lists(
    st.builds(Ceiling, MOMENTS, st.sampled_from(["a", "b"]), st.sampled_from([5.0, 20.0, 80.0])),
    max_size=5,
).map(lambda some: [Ceiling(-1.0, "a", 10.0), *some])


def allowed(ceilings: list[Ceiling], start: float, end: float) -> float:
    """The integral of the highest ceiling, by the tenth of a second in which nothing changes."""
    total = 0.0
    for tenth in range(round(start * 10), round(end * 10)):
        rates = {one.agent: one.rows_per_s for one in sorted(ceilings) if one.at <= tenth / 10}
        total += max(rates.values()) / 10
    return total


@given(EVENTS, CEILINGS, MOMENTS)
def test_it_is_the_worst_of_all_windows_that_end_late_enough(events, ceilings, after) -> None:
    moments = sorted({one.at for one in events})
    every = [
        sum(one.rows for one in events if start <= one.at <= end) - allowed(ceilings, start, end)
        for end in moments
        if end > after
        for start in moments
        if start <= end
    ]
    found = worst_excess(events, ceilings, ending_after=after)
    assert (found.rows if found else None) == (pytest.approx(max(every)) if every else None)


def test_it_names_the_window() -> None:
    events = [Rows(0.0, 10), Rows(5.0, 10), Rows(5.1, 10), Rows(9.0, 10)]
    found = worst_excess(events, [Ceiling(0.0, "a", 10.0)])
    assert found is not None
    assert found.rows == pytest.approx(19.0)
    assert (found.start, found.end) == (5.0, 5.1)


def test_without_rows_there_is_no_window() -> None:
    assert worst_excess([], [Ceiling(0.0, "a", 10.0)]) is None
