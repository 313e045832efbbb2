"""The hub gives each page what it hasn't had, and an hour grows nothing."""

import sys

from hypothesis import given
from hypothesis import strategies as st

from lab.run.live.frame import Change, Frame
from lab.run.live.hub import KEPT_FRAMES, KEPT_LINES, Hub


def frame(at: int, *changes: Change) -> Frame:
    return Frame(at=float(at), changed=changes, said=(f"line {at}",))


def test_a_page_that_comes_late_gets_every_state_and_goes_on_from_there():
    hub = Hub()
    hub.publish(frame(1, Change(3, "r")))
    hub.publish(frame(2, Change(3, "s"), Change(1, "r")))
    number, hello = hub.hello()
    assert hello.states == "rws"
    assert [it.at for it in hello.frames] == [1.0, 2.0]
    assert hub.since(number) == (number, ())
    hub.publish(frame(3))
    found = hub.since(number)
    assert found is not None
    assert [it.at for it in found[1]] == [3.0]


def test_a_page_that_missed_too_many_begins_anew():
    hub = Hub()
    number, _ = hub.hello()
    for at in range(KEPT_FRAMES + 1):
        hub.publish(frame(at))
    assert hub.since(number) is None


def test_an_hour_grows_nothing():
    hub = Hub()

    def size() -> int:
        _, hello = hub.hello()
        return sum(map(sys.getsizeof, (hello.states, hello.frames, hello.said)))

    for at in range(KEPT_FRAMES):
        hub.publish(frame(at, Change(1 + at % 300, "r")))
    before = size()
    for at in range(3600):
        hub.publish(frame(at, Change(1 + at % 300, "s")))
    _, hello = hub.hello()
    assert (len(hello.frames), len(hello.said), len(hello.states)) == (KEPT_FRAMES, KEPT_LINES, 300)
    assert size() == before


@given(st.lists(st.tuples(st.integers(1, 40), st.sampled_from("rsxd")), max_size=60))
def test_the_states_are_those_of_the_last_changes(changes):
    hub = Hub()
    for number, state in changes:
        hub.publish(frame(0, Change(number, state)))
    expected = {number: state for number, state in changes}  # noqa: C416  the last one counts
    longest = max(expected, default=0)
    states = "".join(expected.get(number, "w") for number in range(1, longest + 1))
    assert hub.hello()[1].states == states
