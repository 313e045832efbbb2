"""The whole bill: a thousand receipts and what is kept of them, and a month without any."""

from decimal import Decimal

from msgspec.structs import replace

from diagram_check.template import read_template
from lab.plan.bill import Keeping, deployed_keeping, idle_month, kept
from lab.plan.plan import plan
from lab.plan.settings import Settings
from lab.plan.template import deployed
from lab.publish.pages.markdown import grouped, table
from lab.support.paths import TEMPLATE

_NEGLIGIBLE = Decimal("0.0005")


def bill_thousand() -> str:
    """USD of a thousand receipts as deployed, kept for as long as the template says."""
    keeping = kept(deployed_keeping(read_template(TEMPLATE)))
    lines = plan(Settings(**deployed(TEMPLATE))).cost.lines + keeping.lines
    rows = [(it.service, it.what, _usd(it.usd_per_thousand), _tag(it.tag)) for it in lines]
    total = sum((it.usd_per_thousand for it in lines), Decimal(0))
    return table(
        ("service", "what", "USD", "source"),
        [*grouped(rows), ("**together**", "", f"**{total:.2f}**", "")],
    )


def bill_keeping() -> str:
    """USD of keeping a thousand photos, by days and by storage class."""
    deployed_days = deployed_keeping(read_template(TEMPLATE)).retention_days
    rows = []
    for days in sorted({30, deployed_days, 365, 3650}):
        warm = Keeping(retention_days=days)
        cold = replace(warm, cold_after_days=7)
        rows.append((f"{days:,}", _photos(warm), _photos(cold)))
    return table(("days", "S3 Standard, USD", "Glacier Instant Retrieval after 7 days, USD"), rows)


def bill_idle() -> str:
    """USD of a month in which no receipt comes."""
    lines = idle_month(read_template(TEMPLATE))
    rows = [(it.service, it.what, f"{it.usd:.2f}", _tag(it.tag)) for it in lines]
    total = sum((it.usd for it in lines), Decimal(0))
    return table(
        ("service", "what", "USD a month", "source"),
        [*grouped(rows), ("**together**", "", f"**{total:.2f}**", "")],
    )


def _photos(keeping: Keeping) -> str:
    about = [it for it in kept(keeping).lines if it.what.startswith(("photos", "moves"))]
    return f"{sum((it.usd_per_thousand for it in about), Decimal(0)):.3f}"


def _usd(value: Decimal) -> str:
    return f"{value:.3f}" if value >= _NEGLIGIBLE else "under 0.001"


def _tag(tag: str) -> str:
    return "unverified" if tag == "U" else tag
