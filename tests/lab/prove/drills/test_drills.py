"""One drill on the real parts; `make drills` runs them all."""

import pytest

from lab.prove.drills.agent_drills import killed_between_commit_and_delete
from lab.prove.drills.cli import DRILLS, run_drill
from lab.prove.drills.database_drills import the_database_is_restored
from lab.prove.drills.environment import drill_environment

pytestmark = pytest.mark.slow


def test_an_agent_killed_between_commit_and_delete_doubles_nothing() -> None:
    with drill_environment() as env:
        outcome = run_drill(killed_between_commit_and_delete, env)
    assert outcome.passed, outcome.seen
    assert "no row doubled" in outcome.seen


def test_a_restored_database_gets_back_what_it_has_lost() -> None:
    with drill_environment() as env:
        outcome = run_drill(the_database_is_restored, env)
    assert outcome.passed, outcome.seen


def test_every_drill_documents_its_fault() -> None:
    assert all(one.__doc__ for one in DRILLS)
