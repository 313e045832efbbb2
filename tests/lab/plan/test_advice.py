"""Whatever is asked: advice never raises what it tells to lower, and what waits an hour binds.

Both are asked of the Python model, and of the page's script, which must answer the same.
"""

import random
import re
import subprocess
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from helpers.node import NODE
from lab.plan.formatting import at_most
from lab.plan.plan import plan
from lab.plan.settings import Outage, Settings, Window
from lab.plan.verdict import Finding, verdict

HOUR = 3600
LOWER = re.compile(r"Lower the (?:rate|ceiling) to ([\d.,]+)")
FEWER = re.compile(r"At most ([\d,]+) rows? a transaction")
RAISE = re.compile(r"Raise the ceiling as far as the database allows: ([\d.,]+)")
WRITERS = ("agent", "agent", "lambda", "reserved", "poller", "pipes", "file", "pooled", "direct")


def asked(pick: random.Random) -> dict[str, Any]:
    """Settings of a client as small, tight or unlucky as they come."""
    knee = 10 ** pick.uniform(0.5, 3.5)
    app_load = knee * pick.choice((pick.uniform(0, 1.1), pick.uniform(0.9, 1)))
    safe_share = pick.uniform(0.05, 1)
    barely_safe = max(0.1, safe_share * (knee - app_load) * pick.uniform(0.99, 1.02))
    outage = Outage(pick.uniform(0, 12), pick.uniform(0.1, 30))
    return {
        "receipts": int(10 ** pick.uniform(0, 3.4)),
        "batch_receipts": int(10 ** pick.uniform(0, 3)),
        "arrival": pick.choice(("burst", "even", "office", "deadline")),
        "start_hour": pick.uniform(0, 23),
        "read_seconds": 10 ** pick.uniform(-1, 2.9),
        "read_timeout": 900,
        "maximum_concurrency": int(10 ** pick.uniform(0.4, 3)),
        "writer": pick.choice(WRITERS),
        "rate": pick.choice((10 ** pick.uniform(-1, 3), barely_safe)),
        "yields": pick.random() < 0.5,
        "write_batch": int(10 ** pick.uniform(0, 2.6)),
        "knee": knee,
        "app_load": app_load,
        "safe_share": safe_share,
        "outages": [outage] if pick.random() < 0.3 else [],
        "windows": [Window(19, 6)] if pick.random() < 0.3 else [],
    }


def told(findings: list[Finding], words: re.Pattern[str]) -> list[float]:
    found = (words.search(finding.change) for finding in findings)
    return [float(it[1].rstrip(".").replace(",", "")) for it in found if it]


def check(settings: Settings, findings: list[Finding], longest_wait: float) -> None:
    for rate in told(findings, LOWER):
        assert rate < settings.rate
    for rate in told(findings, RAISE):
        assert rate > settings.rate
    for rows in told(findings, FEWER):
        assert rows < settings.write_batch
    assert not (told(findings, LOWER) and told(findings, RAISE))
    if longest_wait >= HOUR:
        assert findings[0].level != "fits"


@given(st.floats(0.01, 1e6))
def test_what_is_said_to_be_the_most_is_never_rounded_up(value: float) -> None:
    said = float(at_most(value).replace(",", ""))
    assert value * 0.89 - 0.01 < said <= value * (1 + 1e-9)


@hypothesis_settings(max_examples=80, deadline=None)
@given(st.randoms(use_true_random=False))
def test_advice_lowers_what_it_tells_to_lower_and_an_hours_wait_binds(pick: random.Random) -> None:
    settings = msgspec.convert(asked(pick), Settings)
    answer = plan(settings)
    longest = max(answer.longest_write_wait, answer.longest_read_wait)
    check(settings, list(verdict(answer)), longest)


@pytest.mark.slow
def test_the_pages_script_says_the_same_and_its_own_advice_is_safe() -> None:
    pick = random.Random(22)  # noqa: S311 - of a test
    clients = [msgspec.convert(asked(pick), Settings) for _ in range(80)]
    ran = subprocess.run(  # noqa: S603
        [NODE, str(Path(__file__).with_name("check_advice.js"))],
        input=msgspec.json.encode(clients),
        capture_output=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr.decode()
    answers = msgspec.json.decode(ran.stdout)
    assert len(answers) == len(clients)
    for settings, answer in zip(clients, answers, strict=True):
        findings = msgspec.convert(answer["verdict"], list[Finding])
        assert findings == list(verdict(plan(settings)))
        check(settings, findings, answer["longest"])
        for limit in ("unsafe rate", "database load", "database burst"):
            assert limit not in answer["advised"], (settings, answer["advised"])
