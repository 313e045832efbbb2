"""The simulator's presets: settings with a story and a question to answer before the figures show.

The right answer is not stored: it is the one whose range has the plan's figure.
"""

from typing import Literal

import msgspec

from lab.plan.settings import Outage, Settings


class Choice(msgspec.Struct, frozen=True):
    """An answer; right if `low` <= the figure < `high`."""

    text: str
    low: float
    high: float


class Preset(msgspec.Struct, frozen=True):
    """Settings with their story and question."""

    name: str
    story: str
    settings: Settings
    question: str
    figure: Literal["completion", "longest_write_wait", "refused", "drain"]
    choices: tuple[Choice, ...]


JANUARY = Settings(
    receipts=200_000,
    batch_receipts=300,
    arrival="office",
    arrival_hours=24.0,
    start_hour=0.0,
    rate=50.0,
    app_load=900.0,
    knee=1000.0,
)
NEVER = 1e12
MINUTE, HOUR = 60.0, 3600.0

PRESETS = {
    "quiet-tuesday": Preset(
        "A quiet Tuesday",
        "2,000 receipts over the day, twenty to a request. The expenses app is at a tenth of what "
        "the database takes.",
        msgspec.structs.replace(JANUARY, receipts=2_000, batch_receipts=20, app_load=100.0),
        "How long does a result wait on the write queue, at most?",
        "longest_write_wait",
        (
            Choice("under a minute", 0, MINUTE),
            Choice("some minutes", MINUTE, HOUR),
            Choice("over an hour", HOUR, NEVER),
        ),
    ),
    "january-peak": Preset(
        "The January peak",
        "200,000 receipts in a day, three hundred to a request. The expenses app takes 90% of "
        "what the database can, so the client lets the agent write 2 rows a second.",
        msgspec.structs.replace(JANUARY, rate=2.0, write_batch=10),
        "The last receipt is read by midnight. How much later is the last row stored?",
        "drain",
        (
            Choice("within the hour", 0, HOUR),
            Choice("before the next noon", HOUR, 12 * HOUR),
            Choice("a day later or more", 12 * HOUR, NEVER),
        ),
    ),
    "naive-direct-write": Preset(
        "Writing straight to the database",
        "The same company without a queue: each reader connects to the database itself. One "
        "customer sends 5,000 receipts at once; the database has 80 connections left.",
        msgspec.structs.replace(
            JANUARY,
            receipts=5_000,
            batch_receipts=5_000,
            arrival="burst",
            start_hour=10.0,
            maximum_concurrency=1_000,
            writer="direct",
        ),
        "How many of the 5,000 does the database refuse at the first try?",
        "refused",
        (
            Choice("none: it is only a few seconds", 0, 1),
            Choice("fewer than half", 1, 2_500),
            Choice("more than half", 2_500, NEVER),
        ),
    ),
    "link-down": Preset(
        "The link is down for a day",
        "50,000 receipts over a day. At nine in the morning the client's line fails, for 24 hours.",
        msgspec.structs.replace(JANUARY, receipts=50_000, outages=(Outage(9.0, 24.0),)),
        "When is the last row stored?",
        "completion",
        (
            Choice("never: results are lost", NEVER, NEVER),
            Choice("within two hours of the line's return", 33 * HOUR, 35 * HOUR),
            Choice("another day later", 35 * HOUR, NEVER),
        ),
    ),
}
