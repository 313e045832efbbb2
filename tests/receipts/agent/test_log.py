"""What the agent's log looks like to what collects it."""

import datetime as dt
import io
import json
import logging

from receipts.agent.log import json_lines

logger = logging.getLogger("receipts.agent.run")


def test_a_line_is_json_with_what_the_call_added() -> None:
    out = io.StringIO()
    with json_lines(out):
        logger.info("stored", extra={"stored": 3, "reason": 'ä\n"', "at": dt.date(2027, 1, 1)})
        logger.debug("not said")
    [line] = out.getvalue().splitlines()
    said = json.loads(line)
    assert dt.datetime.fromisoformat(said.pop("timestamp")).tzinfo is not None
    assert said.pop("location").startswith("test_log.")
    assert said == {
        "level": "INFO",
        "message": "stored",
        "stored": 3,
        "reason": 'ä\n"',
        "at": "2027-01-01",
    }


def test_a_fault_of_our_own_has_its_traceback_in_the_line() -> None:
    out = io.StringIO()
    with json_lines(out):
        try:
            _ = 1 / 0
        except ZeroDivisionError:
            logger.exception("a cycle failed")
    [line] = out.getvalue().splitlines()
    assert "ZeroDivisionError" in json.loads(line)["exception"]


def test_afterwards_nothing_is_said_there() -> None:
    out = io.StringIO()
    with json_lines(out):
        pass
    logger.error("late")
    assert not out.getvalue()
