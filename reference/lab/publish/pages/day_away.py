"""How often a mapping tries each message while the database is away; enough tries lose none."""

from diagram_check.template import read_template
from lab.plan.bill import mapping_polls_usd
from lab.publish.pages.markdown import table
from lab.publish.pages.values import duration, read_resolved
from lab.review.figures import REFUSED_S, mean_tries
from lab.support.paths import LAB
from receipts.agent import postgres

HOURS = 24
WAITING = (40_000, 100)
"""A January's backlog, and a quiet day's."""


def day_away() -> str:
    """The tries of a day, by how long a failing try takes; the design is `lambda_over_vpn.yaml`."""
    path = LAB / "alternatives" / "lambda_over_vpn.yaml"
    resources = read_template(path, path.name).resources
    mapping, function = resources["StoreMapping"].properties, resources["StoreFunction"].properties
    limits = {
        "at_once": mapping["BatchSize"] * mapping["ScalingConfig"]["MaximumConcurrency"],
        "visibility_s": write_queue()["VisibilityTimeout"],
    }
    ways = {
        "refused at once": REFUSED_S,
        "a second": 1.0,
        "the driver's connect timeout": float(postgres.CONNECT_TIMEOUT_S),
        "the function's timeout": float(function["Timeout"]),
    }
    rows = [
        (
            f"{way}, {failing_s:g} s",
            *(_tries(mean_tries(HOURS, it, failing_s, **limits)) for it in WAITING),
        )
        for way, failing_s in ways.items()
    ]
    head = ("each failing try takes", *(f"tries of each, {it:,} waiting" for it in WAITING))
    return table(head, rows)


def _tries(count: float) -> str:
    return f"{count:,.0f}" if count >= 10 else f"{count:.1f}"  # noqa: PLR2004  two digits


def write_queue() -> dict[str, int]:
    """The write queue's visibility, retention and receives."""
    found = read_resolved().resources["WriteQueue"].properties
    return {
        "VisibilityTimeout": found["VisibilityTimeout"],
        "MessageRetentionPeriod": found["MessageRetentionPeriod"],
        "maxReceiveCount": found["RedrivePolicy"]["maxReceiveCount"],
    }


def outlasted(visibility_s: int) -> str:
    """How long an outage must last before the write queue's receives can be used up."""
    seconds = visibility_s * write_queue()["maxReceiveCount"]
    return duration(seconds - seconds % 3600)


def idle_mapping() -> str:
    """Dollars a month for the empty receives of a mapping with a MaximumConcurrency."""
    return f"${mapping_polls_usd():.2f}"
