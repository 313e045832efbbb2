"""Some drills on the real parts; `make drills` runs them all."""

from collections.abc import Iterator

import pytest

from lab.prove.drills.agent_drills import killed_between_commit_and_delete
from lab.prove.drills.cli import DRILLS, Drill, run_drill
from lab.prove.drills.database_drills import the_database_is_restored
from lab.prove.drills.environment import DrillEnvironment, drill_environment
from lab.prove.drills.server_drills import (
    a_crash_after_the_answer,
    a_pooler_in_between,
    a_trigger_that_refuses_one_of_many,
)
from lab.prove.drills.silence_drills import a_suspended_writer

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def env() -> Iterator[DrillEnvironment]:
    with drill_environment() as env:
        yield env


@pytest.mark.parametrize(
    ("drill", "says"),
    [
        (killed_between_commit_and_delete, "no row doubled"),
        (a_crash_after_the_answer, "200 of 200 rows after the crash"),
        (a_trigger_that_refuses_one_of_many, "199 stored, 1 set aside"),
        (a_pooler_in_between, "exit code 2, nothing written"),
        (a_suspended_writer, "the woken one stands by, health 200"),
    ],
    ids=lambda it: it.__name__ if callable(it) else "",
)
def test_nothing_is_lost_or_doubled(env: DrillEnvironment, drill: Drill, says: str) -> None:
    outcome = run_drill(drill, env)
    assert outcome.passed, outcome.seen
    assert says in outcome.seen


def test_a_restored_database_gets_back_what_it_has_lost() -> None:
    with drill_environment() as env:
        outcome = run_drill(the_database_is_restored, env)
    assert outcome.passed, outcome.seen


def test_every_drill_documents_its_fault() -> None:
    assert all(one.__doc__ for one in DRILLS)
