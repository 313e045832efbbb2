"""Seeds of the simulated path: each keeps every promise, each deliberate bug breaks its own."""

import pytest

from lab.prove.simulation.bugs import ASSUMPTIONS, BUGS, WITHIN_SEEDS, Bug
from lab.prove.simulation.faults import Fault
from lab.prove.simulation.invariants import Invariants
from lab.prove.simulation.knobs import CHANCES
from lab.prove.simulation.promises import Promise, ViolatedError
from lab.prove.simulation.run import simulate
from lab.prove.simulation.world import BURST, Overrides, World
from receipts.errors import UnknownMessageError

pytestmark = pytest.mark.slow

BY_HAND = {Promise.PACED_COMMITS}
"""Broken below, by hand: a bug that commits too fast offers too fast before, and is caught then."""


def test_hundreds_of_seeds_keep_every_promise() -> None:
    runs = [simulate(seed) for seed in range(WITHIN_SEEDS)]
    assert {run.seed: run.violated for run in runs if run.violated} == {}
    assert {one.fault for run in runs for one in run.faults} == set(Fault) | set(CHANCES)
    assert sum(run.receipts for run in runs) > 2_000


def test_a_seed_is_the_same_run_exactly() -> None:
    assert simulate(17) == simulate(17)
    assert simulate(17) != simulate(18)


@pytest.mark.parametrize("bug", BUGS + ASSUMPTIONS, ids=lambda bug: bug.name)
def test_a_deliberate_bug_or_a_missing_ground_is_caught_at_its_promise_in_no_more_seeds(
    bug: Bug,
) -> None:
    assert any(simulate(seed, bug).broken is bug.breaks for seed in range(WITHIN_SEEDS))


def test_there_is_no_promise_that_can_not_be_broken() -> None:
    assert {bug.breaks for bug in BUGS} | BY_HAND == set(Promise)


def test_a_burst_may_be_committed_at_once_and_no_more() -> None:
    world = World(1, Overrides())
    invariants = Invariants(world)
    invariants.apply_ceiling(1, 1.0)
    world.database.on_committed(BURST)
    invariants.raise_first_violation()
    world.database.on_committed(1)
    with pytest.raises(ViolatedError, match="5 rows within") as caught:
        invariants.raise_first_violation()
    assert caught.value.promise is Promise.PACED_COMMITS


def test_what_a_check_finds_is_not_raised_into_the_code_under_test() -> None:
    """A stage would catch the error as one more fault, and the message would come again."""
    world = World(1, Overrides())
    invariants = Invariants(world)
    world.receipts.on_sent("no message at all")
    with pytest.raises(UnknownMessageError, match="not a ReceiptMessage"):
        invariants.raise_first_violation()


def test_a_planted_bug_is_gone_afterwards() -> None:
    for bug in BUGS:
        with bug.planted():
            pass
    assert not simulate(2).violated
