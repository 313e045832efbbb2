"""A seed's schedule: the same each time, and with time all faults in it."""

from itertools import islice

import pytest

from lab.prove.campaign.schedule import FAULTS, FEWEST, MOST, fault_called, schedule, schedules

KINDS = [fault for faults in FAULTS.values() for fault in faults]
FIRST_ROUNDS = 60


def test_there_are_more_kinds_than_were_ever_tried_by_hand() -> None:
    assert len({fault.__name__ for fault in KINDS}) == len(KINDS) >= 24


def test_every_fault_documents_itself_and_is_found_by_its_name() -> None:
    assert all(fault.__doc__ and fault_called(fault.__name__) is fault for fault in KINDS)


def test_a_seed_gives_the_same_schedules_each_time_and_another_seed_others() -> None:
    first, again, other = (list(islice(schedules(seed), FIRST_ROUNDS)) for seed in (7, 7, 8))
    assert first == again
    assert [one.faults for one in first] != [one.faults for one in other]


def test_a_round_alone_is_the_round_of_the_campaign() -> None:
    assert [schedule(7, number) for number in (1, 2, 30)] == [
        one for one in islice(schedules(7), 30) if one.round in {1, 2, 30}
    ]


def test_what_a_rounds_faults_draw_depends_on_seed_round_and_fault_alone() -> None:
    drawn = {
        (seed, number, what): schedule(seed, number).chance(what).random()
        for seed in (1, 2)
        for number in (1, 2)
        for what in ("results", "one agent killed")
    }
    assert len(set(drawn.values())) == len(drawn)
    assert schedule(1, 2).chance("results").random() == drawn[1, 2, "results"]


@pytest.mark.parametrize("seed", range(5))
def test_a_round_has_two_to_four_faults_each_on_a_part_of_its_own(seed: int) -> None:
    part_of = {fault.__name__: part for part, faults in FAULTS.items() for fault in faults}
    for one in islice(schedules(seed), FIRST_ROUNDS):
        assert FEWEST <= len(one.faults) <= MOST
        parts = {part_of[fault.name] for fault in one.faults}
        assert len(parts) == len(one.faults)


@pytest.mark.parametrize("seed", range(5))
def test_every_fault_comes_about_as_often_as_the_others(seed: int) -> None:
    names = [fault.name for one in islice(schedules(seed), FIRST_ROUNDS) for fault in one.faults]
    counts = [names.count(fault.__name__) for fault in KINDS]
    assert min(counts) >= 1
    assert max(counts) - min(counts) <= 3
