"""The routes that are compared, and the numbers of the experiment with their reasons."""

import math
from enum import StrEnum

from msgspec import Struct

from diagram_check.template import read_template
from lab.plan.fanout import Ramp, fluid_seconds, ramp
from lab.plan.settings import Settings
from lab.run.expenses.calls import EXPENSES
from lab.support.paths import TEMPLATE

RESULTS = 5_000
"""The number of results that the direct routes replay."""

BLOCK_S = 2.0
"""Long enough for hundreds of calls, short enough that a slow moment hits all routes."""

SETTLE_S = 0.5
"""Before each block, for the readers of this point of the curve to open their connections."""

MAX_CONNECTIONS = 20
"""A small on-premises server; three of them PostgreSQL keeps for its superuser."""

APP_POOL = 6
POOLER = 8
"""Connections of the pooler: together with the app's pool they are fewer than `MAX_CONNECTIONS`."""


class BenchSize(Struct, frozen=True, kw_only=True):
    """The size of the experiment. A test runs a small one, in which only counts decide."""

    block_s: float = BLOCK_S
    max_connections: int = MAX_CONNECTIONS
    expenses: int = EXPENSES


RATES = {"pool": 220.0, "connect": 60.0}
"""Calls a second of the app: with a pool, and with a connection for each call, where forking a
server process and checking a password costs more than the call itself."""

RETRIES = 5
BACKOFF_S = 0.05
"""Doubled with each of the `RETRIES`, with jitter, as a careful function does."""

P95_MARGIN = 0.10
"""What the client tolerates: the app's p95 a tenth above quiet. The knee is where that begins.

People notice a difference of about a fifth. A tenth is half of that, for one call in twenty.
"""

P99_MARGIN = 0.15
"""The same for the p99: still less than people notice, in one call in a hundred."""

WELL_SET = 0.6
"""The ceiling that a careful client sets, as a share of the low end of the knee's interval."""

TOO_HIGH = 3.0
"""The ceiling of a client who guessed: this many times the one that the knee itself would give."""

WARM_UP_ROUNDS = 2


class Route(StrEnum):
    """How results get into the database."""

    QUIET = "quiet"
    PLACEBO = "placebo"
    DIRECT = "direct"
    RETRIES = "direct_with_retries"
    POOLED = "direct_pooled"
    BUFFERED = "buffered"
    FIXED = "buffered_fixed"
    BUFFERED_TOO_HIGH = "buffered_too_high"
    FIXED_TOO_HIGH = "buffered_fixed_too_high"
    LAMBDA_OVER_VPN = "lambda_over_vpn"

    @property
    def buffered(self) -> bool:
        """Whether the agent writes."""
        return self.value.startswith("buffered")

    @property
    def fixed(self) -> bool:
        """Whether the agent writes at its ceiling, whatever the database's latency."""
        return self.value.startswith("buffered_fixed")

    @property
    def too_high(self) -> bool:
        """Whether its ceiling is set too high."""
        return self.value.endswith("too_high")

    @property
    def direct(self) -> bool:
        """Whether each reader writes for itself."""
        return self.value.startswith("direct")


PEAK_ROUTES = (
    Route.QUIET,
    Route.PLACEBO,
    Route.DIRECT,
    Route.RETRIES,
    Route.POOLED,
    Route.LAMBDA_OVER_VPN,
    Route.BUFFERED,
    Route.FIXED,
    Route.BUFFERED_TOO_HIGH,
    Route.FIXED_TOO_HIGH,
)

CONNECTING_ROUTES = (Route.QUIET, Route.PLACEBO, Route.DIRECT, Route.POOLED, Route.BUFFERED)
"""The routes that run again beside an app that connects for each call."""


class ArrivalCurve(Struct, frozen=True, kw_only=True):
    """How the fan-out arrives on AWS: `lab.plan.fanout` with the template's numbers."""

    ramp: Ramp
    read_s: float
    seconds: float

    @property
    def rounds(self) -> int:
        """How many blocks play the curve once."""
        return math.ceil(self.seconds / BLOCK_S)


def curve() -> ArrivalCurve:
    """The curve of `RESULTS` receipts under the template's MaximumConcurrency."""
    template = read_template(TEMPLATE)
    concurrency = template.resources["ReadMapping"].properties["ScalingConfig"][
        "MaximumConcurrency"
    ]
    of = ramp("standard", maximum_concurrency=int(concurrency))
    read_s = Settings().read_seconds
    return ArrivalCurve(ramp=of, read_s=read_s, seconds=fluid_seconds(RESULTS, read_s, of))
