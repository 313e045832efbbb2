"""Seeds of the whole path: every promise is kept, and every deliberate bug is found."""

import pytest

from lab.simulation.bugs import BUGS, WITHIN_SEEDS, Bug
from lab.simulation.faults import Fault
from lab.simulation.run import simulate


def test_hundreds_of_seeds_keep_every_promise() -> None:
    runs = [simulate(seed) for seed in range(300)]
    assert {run.seed: run.violated for run in runs if run.violated} == {}
    assert {happened.fault for run in runs for happened in run.story} == set(Fault)
    assert sum(run.receipts for run in runs) > 2_000


def test_a_seed_is_the_same_run_exactly() -> None:
    assert simulate(17) == simulate(17)
    assert simulate(17) != simulate(18)


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_a_deliberate_bug_is_found_within_a_few_seeds(bug: Bug) -> None:
    assert any(simulate(seed, bug).violated for seed in range(WITHIN_SEEDS))


def test_a_planted_bug_is_gone_afterwards() -> None:
    for bug in BUGS:
        with bug.planted():
            pass
    assert not simulate(2).violated
