"""One peak, two designs: the same burst, stored by the readers themselves and through the buffer.

Each "what if" changes one of the two, or both. The page shows each beside the other, on one clock.
"""

import msgspec
from msgspec.structs import replace

from diagram_check.template import read_template
from lab.plan.settings import Outage, Settings, settings_from
from lab.plan.template import deployed
from lab.support.paths import LAB, TEMPLATE

OVER_VPN = LAB / "alternatives" / "lambda_over_vpn.yaml"
CUT_AFTER_S = 20.0
DAY_HOURS = 24.0
STILL_S = 60.0
"""The page begins here, before anyone plays: a minute into the burst, when it has been decided."""
IN_SECONDS_UNTIL = 180.0
"""From here on the clock of a long story goes by parts of the day; until here by the second."""


class WhatIf(msgspec.Struct, frozen=True, kw_only=True):
    """Two designs under one question.

    `says` is the change in words; `marks` are the parts that it changes, as "sheet id".
    """

    name: str
    says: str
    naive: Settings
    buffered: Settings
    title: str = "A queue, and an agent that asks at the client's pace"
    """Of the buffered design."""
    sheet: str = "on-premises-buffer"
    marks: tuple[str, ...] = ()
    cut_after: float | None = None
    """Seconds after which the link is down."""


def what_ifs() -> dict[str, WhatIf]:
    """Each question by its word in the address."""
    peak = settings_from(
        deployed(TEMPLATE)
        | {"receipts": 5_000, "batch_receipts": 5_000, "start_hour": 10.0, "app_load": 900.0}
    )
    naive = replace(peak, writer="direct")
    mapping = read_template(OVER_VPN).resources["StoreMapping"].properties
    over_vpn = replace(
        peak,
        writer="lambda",
        write_batch=int(mapping["BatchSize"]),
        connections=int(mapping["ScalingConfig"]["MaximumConcurrency"]),
    )
    down = (Outage(CUT_AFTER_S / 3600, DAY_HOURS),)
    return {
        "as-drawn": WhatIf(name="As drawn", says="", naive=naive, buffered=peak),
        "retries": WhatIf(
            name="Retries",
            says="A reader that is refused tries again after 1, 2 and 4 seconds.",
            naive=replace(naive, retries=3),
            buffered=peak,
            marks=("naive-direct-writes node-read-and-store",),
        ),
        "over-vpn": WhatIf(
            name="A function over VPN",
            says=f"{over_vpn.connections} functions write {over_vpn.write_batch} rows at once, as "
            "fast as the database answers. Nobody holds them to a rate.",
            naive=naive,
            buffered=over_vpn,
            title="A queue, and a function over VPN",
            sheet="lambda-over-vpn",
            marks=("lambda-over-vpn node-store",),
        ),
        "scheduled": WhatIf(
            name="A scheduled poller",
            says="A function runs once a minute, takes a minute's rows off the queue itself, and "
            "writes them in one go. That is its choice: it could space them.",
            naive=naive,
            buffered=replace(peak, writer="poller"),
            title="A queue, and a function that runs once a minute",
            sheet="lambda-over-vpn",
            marks=("lambda-over-vpn node-store",),
        ),
        "link-down": WhatIf(
            name="The link down a day",
            says=f"{CUT_AFTER_S:.0f} seconds after the burst began the line to the client fails, "
            "for a day.",
            naive=replace(naive, outages=down),
            buffered=replace(peak, outages=down),
            cut_after=CUT_AFTER_S,
        ),
        "half-the-ceiling": WhatIf(
            name="Half the ceiling",
            says=f"The client allows {peak.rate / 2:g} rows a second, not {peak.rate:g}.",
            naive=naive,
            buffered=replace(peak, rate=peak.rate / 2),
            marks=("on-premises-buffer part-pull-agent-ceiling",),
        ),
    }
