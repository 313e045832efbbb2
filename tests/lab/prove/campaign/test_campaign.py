"""Two rounds on the real parts; `make campaign` runs as many as you like."""

from itertools import islice

import pytest

from lab.prove.campaign.injection import Injection
from lab.prove.campaign.judge import Check
from lab.prove.campaign.run import running_campaign
from lab.prove.campaign.schedule import PlannedFault, Schedule, schedules
from lab.prove.drills.faults import TABLE
from receipts.ledger import State

pytestmark = pytest.mark.slow


def rows_that_are_touched(fault: Injection) -> None:
    """A planted one: behind the agent's back a stored row is deleted, and another one changed."""
    batch_id = fault.results.batch_id
    fault.env.wait_until(lambda: fault.env.states(batch_id)[State.STORED] > 1, "some are stored")
    first = f"(SELECT min(receipt_id) FROM {TABLE} WHERE batch_id = '{batch_id}')"  # noqa: S608
    fault.execute(
        f"DELETE FROM {TABLE} WHERE receipt_id = {first}",  # noqa: S608
        f"UPDATE {TABLE} SET position = 999 WHERE receipt_id = {first}",  # noqa: S608
    )


def test_two_rounds_keep_every_promise_and_a_row_that_is_touched_is_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with running_campaign() as campaign:
        for planned in islice(schedules(1), 2):
            outcome = campaign.run(planned)
            assert outcome.findings == []
            assert outcome.rows > 100
        monkeypatch.setattr(
            "lab.prove.campaign.run.fault_called", {"planted": rows_that_are_touched}.get
        )
        planted = PlannedFault(name="planted", at_s=0.0, lasts_s=1.0)
        outcome = campaign.run(Schedule(seed=0, round=1, faults=(planted,)))
        assert {one.check for one in outcome.findings} == {
            Check.LOST,
            Check.CONTENTS,
            Check.LEDGER,
        }
        for worst in (campaign.worst_by_commit(), campaign.worst_by_arrival()):
            assert worst is not None
            assert 9 < worst.rows < 10.2  # a whole transaction, and the clocks' milliseconds
