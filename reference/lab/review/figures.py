"""The model's figures that rules rest on: each computed here, from the planner and the quotas.

A figure says whether the property breaks in it, so that a test can hold the rule to it.
"""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import msgspec

from lab.plan import facts, quotas
from lab.plan.formatting import duration, number
from lab.plan.plan import Plan, plan
from lab.plan.presets import PRESETS
from lab.plan.settings import Outage, Settings
from lab.plan.verdict import max_row_rate

PHOTOS, PHOTO_MB = 300, 2
"""The exercise's batch."""

REFUSED_S, SLOW_S = 0.1, 19
"""How long a try takes that is refused at once, and one that ends with the function [A]."""

Numbers = Mapping[str, Any]


class Figure(msgspec.Struct, frozen=True):
    """What the model says, whether the property breaks in it, and the command that shows it."""

    text: str
    breaks: bool
    command: str = ""


def figure(name: str, said: Numbers | None = None) -> Figure:
    """The figure of this name, for the numbers that a design said."""
    numbers = {"receipts": 200_000, "outage_hours": 24, "in_hand": 20} | dict(said or {})
    return FIGURES[name](numbers)


def _async_clock(_: Numbers) -> Figure:
    clock = facts.ASYNC_CLOCK.value
    return Figure(f"Lambda keeps an asynchronous call for {clock} h at most", False)  # noqa: FBT003


def _batch_in_a_request(_: Numbers) -> Figure:
    limit = quotas.BY_NAME["API_PAYLOAD"]
    megabytes = PHOTOS * PHOTO_MB
    return Figure(
        f"{PHOTOS} photos of {PHOTO_MB} MB are {megabytes} MB; the API takes {limit.value} MB",
        megabytes > limit.value,
    )


def _photo_in_a_request(_: Numbers) -> Figure:
    api, function = (quotas.BY_NAME[it].value for it in ("API_PAYLOAD", "LAMBDA_PAYLOAD"))
    as_text = PHOTO_MB * 4 / 3  # Base64
    return Figure(
        f"a photo of {PHOTO_MB} MB is {as_text:.1f} MB in Base64; the API takes {api} MB, a "
        f"function {function} MB; {PHOTOS} photos are {PHOTOS} requests",
        as_text > min(api, function),
    )


def _batch_in_an_object(_: Numbers) -> Figure:
    limit = quotas.BY_NAME["SINGLE_PUT"]
    megabytes = PHOTOS * PHOTO_MB
    return Figure(
        f"{PHOTOS} photos of {PHOTO_MB} MB are {megabytes} MB; S3 takes {limit.value} GB at once",
        megabytes > limit.value * 1000,
    )


def _one_function(_: Numbers) -> Figure:
    seconds = PHOTOS * Settings().read_seconds
    most = quotas.BY_NAME["TIMEOUT_MOST"].value
    return Figure(
        f"{PHOTOS} photos × {Settings().read_seconds:g} s are {seconds:,.0f} s, without unpacking; "
        f"a function ends after {most} s",
        seconds >= most,
    )


@cache
def _planned(settings: Settings) -> Plan:
    return plan(settings)


def _many_functions(_: Numbers) -> Figure:
    done = _planned(Settings(receipts=PHOTOS)).read_done
    alone = PHOTOS * Settings().read_seconds
    return Figure(
        f"{PHOTOS} photos are read after {duration(done)}; one function would take "
        f"{duration(alone)}",
        done > alone / 10,
        f"receipts-lab plan --receipts {PHOTOS}",
    )


def _unlimited_readers(_: Numbers) -> Figure:
    ceiling, account = facts.POLLER_CEILING.value, facts.ACCOUNT_CONCURRENCY.value
    return Figure(
        f"a mapping goes up to {number(ceiling)} invocations; an account has {number(account)}",
        ceiling > account,
    )


def _counter(_: Numbers) -> Figure:
    deliveries = [*range(PHOTOS), 0]  # the first comes twice
    counter, states = len(deliveries), len(set(deliveries))
    return Figure(
        f"{PHOTOS} photos, one delivered twice: the counter says {counter}, states say {states}",
        counter != states,
    )


def _dlq_retention(_: Numbers) -> Figure:
    return Figure(f"a queue keeps {duration(facts.QUEUE_RETENTION_HIGH.value)} at most", False)  # noqa: FBT003


def _direct_writes(_: Numbers) -> Figure:
    settings = msgspec.structs.replace(
        PRESETS["naive-direct-write"].settings, receipts=2_000, batch_receipts=2_000
    )
    refused = _planned(settings).refused
    return Figure(
        f"one batch of {number(settings.receipts)}: the database refuses {number(refused)} at the "
        "first try",
        refused > 0,
        "receipts-lab plan --writer direct --receipts 2000 --batch-receipts 2000 "
        "--maximum-concurrency 1000",
    )


def _direct_outage(said: Numbers) -> Figure:
    hours = float(said["outage_hours"])
    settings = Settings(
        receipts=2_000,
        batch_receipts=20,
        arrival="office",
        start_hour=0.0,
        writer="direct",
        outages=(Outage(9.0, hours),),
    )
    gone = _planned(settings).unreachable
    return Figure(
        f"of {number(settings.receipts)} results of a day, {number(gone)} find no database",
        gone > 0,
        "receipts-lab plan --writer direct --receipts 2000 --batch-receipts 20 --arrival office "
        f"--start-hour 0 --outage 9+{hours:g}",
    )


def _clock(said: Numbers) -> Figure:
    kept, outage = said.get("kept_hours"), float(said["outage_hours"])
    return Figure(
        f"kept for {duration(kept * 3600)}, away for {duration(outage * 3600)}"
        if kept is not None
        else "kept no longer than the outage lasts",
        kept is None or kept <= outage,
    )


def _tries(said: Numbers) -> Figure:
    tries, visibility = float(said.get("tries", 1000)), float(said.get("visibility_s", 900))
    seconds, outage = tries * visibility, float(said["outage_hours"]) * 3600
    return Figure(
        f"{tries:g} receives × {duration(visibility)} are {duration(seconds)} at least; away for "
        f"{duration(outage)}",
        seconds <= outage,
    )


def mean_tries(
    hours: float, waiting: float, failing_s: float, *, at_once: float, visibility_s: float
) -> float:
    """The mean tries of each of `waiting` messages, `at_once` in hand, if each fails after so long.

    A message can't come again before its visibility timeout ends. Lambda's backing off, of which
    AWS gives no figure, makes them fewer.
    """
    seconds = hours * 3600
    return min(seconds / visibility_s, at_once * seconds / failing_s / waiting)


def _receives(said: Numbers) -> Figure:
    """Whether receives are used up while the link is down, by how a try fails."""
    if "tries" not in said or "visibility_s" not in said:
        return Figure("how often each message is tried, against its receives", False)  # noqa: FBT003
    hours, waiting, receives = (float(said[it]) for it in ("outage_hours", "receipts", "tries"))
    in_hand = float(said["in_hand"])
    refused, slow = (
        mean_tries(hours, waiting, it, at_once=in_hand, visibility_s=float(said["visibility_s"]))
        for it in (REFUSED_S, SLOW_S)
    )
    if refused < receives:
        so = "so none is given up"
    elif slow < receives:
        so = "so it breaks, unless nearly every try times out"
    else:
        so = "so it breaks, however a try fails"
    return Figure(
        f"{number(waiting)} waiting, {number(in_hand)} in hand at once: within "
        f"{duration(hours * 3600)} each is tried {number(refused)} times if a try is refused at "
        f"once, {number(slow)} if it takes {SLOW_S} s to fail. The queue gives up after "
        f"{number(receives)}: {so}. Without Lambda's backing off",
        refused >= receives,
    )


def _rows_a_run(said: Numbers) -> Figure:
    rate = float(said.get("rate", 10))
    return Figure(f"{rate:g} rows/s are {rate * 60:g} rows a run, once a minute", False)  # noqa: FBT003


def _rate_of_two_functions(_: Numbers) -> Figure:
    fast = Settings(writer="lambda", connections=2, write_batch=10)
    slow = msgspec.structs.replace(fast, row_ms=fast.row_ms * 10)
    rates = max_row_rate(fast), max_row_rate(slow)
    return Figure(
        f"two functions, ten rows a transaction: {rates[0]:,.0f} rows/s; where a row takes ten "
        f"times as long, {rates[1]:,.0f}",
        False,  # noqa: FBT003
        "receipts-lab plan --writer lambda --connections 2 --write-batch 10",
    )


def _proxy_targets(_: Numbers) -> Figure:
    # Imported here: the SDK's service model is large, and one figure needs it.
    from botocore.session import get_session  # noqa: PLC0415

    shape = get_session().get_service_model("rds").operation_model("RegisterDBProxyTargets")
    assert shape.input_shape is not None  # noqa: S101 - this operation has one
    targets = [it for it in shape.input_shape.members if it.endswith("Identifiers")]
    return Figure(
        f"RegisterDBProxyTargets takes {' and '.join(sorted(targets))}, and no address",
        not any("Host" in it or "Endpoint" in it for it in shape.input_shape.members),
    )


def _fifo_blocked(said: Numbers) -> Figure:
    tries, visibility = float(said.get("tries", 100)), float(said.get("visibility_s", 120))
    blocked = tries * visibility
    return Figure(
        f"{tries:g} receives × {duration(visibility)}: the group waits up to {duration(blocked)}",
        blocked > 0,
    )


def _drain(said: Numbers) -> Figure:
    kept, rate = said.get("kept_hours"), said.get("rate")
    if kept is None or rate is None:
        return Figure("results ÷ rate, against what the queue keeps", False)  # noqa: FBT003
    seconds = float(said["receipts"]) / float(rate)
    return Figure(
        f"{number(float(said['receipts']))} results at {float(rate):g} rows/s take "
        f"{duration(seconds)}; kept for {duration(kept * 3600)}",
        seconds > kept * 3600,
    )


FIGURES: Mapping[str, Callable[[Numbers], Figure]] = {
    "async_clock": _async_clock,
    "batch_in_a_request": _batch_in_a_request,
    "batch_in_an_object": _batch_in_an_object,
    "clock": _clock,
    "counter": _counter,
    "direct_outage": _direct_outage,
    "direct_writes": _direct_writes,
    "dlq_retention": _dlq_retention,
    "drain": _drain,
    "fifo_blocked": _fifo_blocked,
    "many_functions": _many_functions,
    "one_function": _one_function,
    "photo_in_a_request": _photo_in_a_request,
    "proxy_targets": _proxy_targets,
    "rate_of_two_functions": _rate_of_two_functions,
    "receives": _receives,
    "rows_a_run": _rows_a_run,
    "tries": _tries,
    "unlimited_readers": _unlimited_readers,
}
