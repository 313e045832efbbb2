"""One drill on the real parts; `make drills` runs them all."""

from lab.prove.drills.agent_drills import killed_between_commit_and_delete
from lab.prove.drills.cli import DRILLS, drill
from lab.prove.drills.ground import ground


def test_an_agent_killed_between_commit_and_delete_doubles_nothing() -> None:
    with ground() as where:
        outcome = drill(killed_between_commit_and_delete, where)
    assert outcome.passed, outcome.seen
    assert "no row doubled" in outcome.seen


def test_every_drill_says_what_its_fault_is() -> None:
    assert all(one.__doc__ for one in DRILLS)
