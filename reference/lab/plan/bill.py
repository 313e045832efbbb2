"""The whole bill: what `cost` leaves out of a thousand receipts, and a month in which none comes.

Closed forms in Decimal. What is deployed comes from the template, prices from `bill_facts`.
"""

from collections.abc import Iterator
from decimal import Decimal

import msgspec

from diagram_check.template import Template
from lab.plan import bill_facts, facts
from lab.plan.cost import MESSAGE_KB, Cost, CostLine, lambda_usd
from lab.plan.quotas import BY_NAME
from receipts.agent.config import AgentConfig

LEDGER_WRITES = 4
"""Of a receipt, each under 1 KB: its image, the merchant's vote, `read`, `stored`; tested."""
LEDGER_READS = 1
"""Of one receipt: its state before it is read. A test counts it."""
_GIB = Decimal(1024**3)
_MB = Decimal(1_000_000)
_MONTH_DAYS = Decimal(365) / 12
_MONTH_S = 30 * 86_400
_RECONCILE_S = Decimal(7)  # of an empty ledger, most of it waiting; seen on the emulator


class Keeping(msgspec.Struct, frozen=True, kw_only=True):
    """How long receipts are kept, in days; `cold_after_days` 0 leaves photos where they are."""

    photo_mb: Decimal = Decimal(str(bill_facts.PHOTO.value))
    retention_days: int
    cold_after_days: int = 0


class MonthLine(msgspec.Struct, frozen=True):
    """One service's cost of an idle month, in USD; `tag` is its price's source."""

    service: str
    what: str
    usd: Decimal
    tag: facts.Tag


def deployed_keeping(template: Template) -> Keeping:
    """How long the template keeps by its defaults, and its photos where they are."""
    rules = template.value("ReceiptsBucket", "LifecycleConfiguration", "Rules")
    return Keeping(retention_days=int(rules[0]["ExpirationInDays"]))


def kept(keeping: Keeping) -> Cost:
    """What a thousand receipts cost besides `cost.per_thousand`, from the first day to the last."""
    return Cost(tuple(CostLine(*one) for one in _kept(keeping)))


def _kept(keeping: Keeping) -> Iterator[tuple[str, str, Decimal, facts.Tag]]:
    days = Decimal(keeping.retention_days)
    photos = 1000 * keeping.photo_mb * _MB / _GIB
    warm = min(days, Decimal(keeping.cold_after_days)) if keeping.cold_after_days else days
    price = bill_facts.OBJECT_MONTH.value
    yield "S3", f"photos, {warm} days", photos * price * warm / _MONTH_DAYS, "W"
    if cold := days - warm:
        paid = max(cold, Decimal(bill_facts.COLD_LEAST.value))
        usd = photos * bill_facts.COLD_MONTH.value * paid / _MONTH_DAYS
        yield "S3", f"photos in Glacier Instant Retrieval, {paid} days", usd, "W"
        yield "S3", "moves to it", 1000 * bill_facts.COLD_MOVE.value, "U"
    results = 1000 * MESSAGE_KB * 1024 / _GIB
    yield "S3", f"results, {days} days", results * price * days / _MONTH_DAYS, "W"
    yield "S3", "GET of the photo", 1000 * bill_facts.OBJECT_GET.value, "U"
    yield "DynamoDB", "writes", 1000 * LEDGER_WRITES * bill_facts.TABLE_WRITE.value, "W"
    yield "DynamoDB", "reads", 1000 * LEDGER_READS * bill_facts.TABLE_READ.value, "W"
    items = 1000 * (bill_facts.LEDGER_ITEM.value + bill_facts.IMAGE_ITEM.value) / _GIB
    months = items * days / _MONTH_DAYS
    yield "DynamoDB", f"items, {days} days", months * bill_facts.TABLE_MONTH.value, "D"
    yield "DynamoDB", "point-in-time recovery", months * bill_facts.BACKUP_MONTH.value, "U"
    logs = 1000 * bill_facts.LOG_BYTES.value / _GIB
    yield "CloudWatch", "logs", logs * bill_facts.LOG_INGESTED.value, "W"


def idle_month(template: Template) -> tuple[MonthLine, ...]:
    """USD of a month in which no receipt comes: what polls, and what is paid by the month."""
    return tuple(MonthLine(*one) for one in _idle(template))


def mapping_polls_usd() -> Decimal:
    """USD a month for the empty receives of a mapping: five long polls, open all the time."""
    polls = facts.POLLER_START.value * _MONTH_S // BY_NAME["QUEUE_LONG_POLL"].value
    return facts.QUEUE_CALL.value * Decimal(polls)


def agent_polls_usd() -> Decimal:
    """USD a month for an idle agent that polls at its default interval."""
    defaults = {it.name: it.default for it in msgspec.structs.fields(AgentConfig)}
    return facts.QUEUE_CALL.value * Decimal(_MONTH_S) / Decimal(str(defaults["poll_seconds"]))


def _idle(template: Template) -> Iterator[tuple[str, str, Decimal, facts.Tag]]:
    mappings = list(template.of_type("AWS::Lambda::EventSourceMapping"))
    usd = len(mappings) * mapping_polls_usd()
    yield "SQS", f"{len(mappings)} mappings that poll", usd, "W"
    yield "SQS", "the agent polls", agent_polls_usd(), "W"
    watched = sum(
        len([one for one in it.properties.get("Metrics", ({},)) if "Expression" not in one])
        for it in template.of_type("AWS::CloudWatch::Alarm")
    )
    usd = watched * bill_facts.ALARM_MONTH.value
    yield "CloudWatch", f"alarms, on {watched} metrics", usd, "U"
    yield "CloudWatch", "the metric of reconcile", bill_facts.METRIC_MONTH.value, "W"
    boards = len(list(template.of_type("AWS::CloudWatch::Dashboard")))
    yield "CloudWatch", "the dashboard", boards * bill_facts.DASHBOARD_MONTH.value, "W"
    runs = int(facts.MONTH_HOURS.value)
    memory = template.value("ReconcileFunction", "MemorySize")
    usd = lambda_usd(runs, runs * _RECONCILE_S, memory)
    yield "Lambda", f"reconcile, {runs} times", usd, "W"
