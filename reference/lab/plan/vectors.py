"""What the page's script shares with this model: constants, and test vectors for equal answers.

`receipts-lab plan simulator` writes both files; tests fail when the model or the script changes
alone.
"""

from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

from lab.plan import facts, write_windows
from lab.plan.backlog import MAX_GROUPS
from lab.plan.cost import MESSAGE_KB
from lab.plan.designs import IN_SECONDS_UNTIL, STILL_S, WhatIf, what_ifs
from lab.plan.durations import MODULUS, MULTIPLIER, SEED, SHAPES, WIDTH
from lab.plan.parameters import PARAMETERS, WHOLE, ParameterError
from lab.plan.plan import Plan, plan
from lab.plan.presets import PRESETS, Preset
from lab.plan.settings import PACED, UNQUEUED, Outage, Settings, Window
from lab.plan.timeline import FINEST_STEP_S, MAX_STEPS
from lab.plan.verdict import NEAR_RETENTION_SHARE, SHORT_WAIT_S, SLOW_DRAIN_S, verdict
from lab.plan.verdict_messages import MESSAGES
from lab.support.paths import ASSETS, ROOT
from receipts.agent.writer import MAX_AHEAD, MAX_UNMARKED

CONSTANTS = ASSETS / "simulator" / "constants.js"
VECTORS = ROOT / "tests" / "lab" / "plan" / "vectors.json"

FIGURES = (
    *("last_arrival", "read_done", "completion", "drain", "peak_receipt_depth"),
    *("peak_write_depth", "mean_read_wait", "longest_read_wait", "mean_write_wait"),
    *("longest_write_wait", "peak_concurrency", "longest_invocation", "peak_row_rate"),
    *("peak_database_load", "stored", "refused", "unreachable", "expired_unread"),
    *("expired_unwritten", "first_expiry", "dead_lettered", "first_dead", "most_receives"),
    *("tries_in_vain", "peak_connections"),
)
"""Computed with + - × ÷ min and max alone, so equal to the last bit."""

SERIES = (
    *("receipt_depth", "write_depth", "receipt_age", "write_age"),
    *("read_rate", "write_rate", "row_rate", "app_load", "connections", "refused", "lost"),
)


SHARED_FACTS = (
    *("POLLER_START", "POLLER_RAMP", "POLLER_CEILING", "POLLER_INVOCATIONS", "PROVISIONED_RAMP"),
    *("ENVIRONMENTS_BURST", "ENVIRONMENTS_RAMP", "KEEP_WARM", "QUEUE_BATCH", "QUEUE_CHUNK"),
    *("GB_SECOND_X86", "GB_SECOND_ARM", "INVOCATION", "QUEUE_CALL", "FAIR_QUEUE_CALL"),
    *("API_REQUEST", "STATUS_POLLS", "OBJECT_PUT", "TEXTRACT_PAGE", "MAXIMUM_CONCURRENCY_LOW"),
    *("POOL_WAIT", "POLL_EVERY", "FILE_HOURS", "FILE_FROM"),
)
"""The facts that the script uses; their sources are in `facts`."""


def constants() -> str:
    """The constants as a classic script, which works from a file, without a server."""
    known = {name: float(getattr(facts, name).value) for name in SHARED_FACTS}
    numbers = {
        "facts": known,
        "officeDay": facts.OFFICE_DAY,
        "parameters": {
            name: {"low": one.low, "high": one.high, "unit": one.unit}
            for name, one in PARAMETERS.items()
        },
        "whole": sorted(WHOLE),
        "defaults": Settings(),
        "shapes": SHAPES,
        "draw": {"multiplier": MULTIPLIER, "modulus": MODULUS, "seed": SEED, "width": WIDTH},
        "timeline": {
            "maxSteps": MAX_STEPS,
            "finestStepS": FINEST_STEP_S,
            "maxGroups": MAX_GROUPS,
        },
        "agent": {"maxAhead": MAX_AHEAD, "maxUnmarked": MAX_UNMARKED},
        "unpacedRowsPerS": write_windows.UNPACED_ROWS_PER_S,
        "nearRetentionShare": NEAR_RETENTION_SHARE,
        "shortWaitS": SHORT_WAIT_S,
        "slowDrainS": SLOW_DRAIN_S,
        "paced": sorted(PACED),
        "unqueued": sorted(UNQUEUED),
        "messageKb": float(MESSAGE_KB),
        "messages": MESSAGES,
        "presets": {key: _preset(preset) for key, preset in PRESETS.items()},
        "whatIfs": {key: _what_if(one) for key, one in what_ifs().items()},
        "inSecondsUntil": IN_SECONDS_UNTIL,
        "stillS": STILL_S,
    }
    text = msgspec.json.encode(numbers).decode()  # without spaces: the page's size is limited
    head = "// Written by `receipts-lab plan simulator` from the Python model: don't edit.\n"
    return f"{head}var RECEIPTS_CONSTANTS = {text};\n"


def _preset(preset: Preset) -> dict[str, Any]:
    """A preset for the page: of its settings only those that differ from the defaults."""
    known = msgspec.to_builtins(preset)
    known["settings"] = _changes(preset.settings)
    return dict(known)


def _what_if(one: WhatIf) -> dict[str, Any]:
    known = msgspec.to_builtins(one)
    known |= {"naive": _changes(one.naive), "buffered": _changes(one.buffered)}
    return dict(known)


def _changes(settings: Settings) -> dict[str, Any]:
    defaults = msgspec.to_builtins(Settings())
    known = msgspec.to_builtins(settings)
    return {name: value for name, value in known.items() if value != defaults[name]}


def cases() -> list[Settings]:
    """The presets, and settings that reach every branch of the model."""
    base = Settings(receipts=2_000)
    return [
        *(preset.settings for preset in PRESETS.values()),
        Settings(),
        Settings(receipts=1, read_shape="constant"),
        replace(base, read_shape="long tail", read_batch=4, init_seconds=0.7, warm=30),
        replace(base, poller_mode="provisioned", pollers=3, batch_receipts=7, arrival="even"),
        replace(base, poller_mode="asynchronous", account_concurrency=400, rate=7.3),
        replace(base, arrival="deadline", arrival_hours=70.5, start_hour=17.25, rate=0.3),
        replace(base, windows=(Window(22.5, 6.0), Window(12.0, 13.25)), rate=1.0),
        replace(base, outages=(Outage(0.01, 5.5), Outage(5.0, 9.0)), arrival="even"),
        replace(base, writer="lambda", connections=2, write_batch=10, row_ms=50.0),
        replace(base, rate=10_000.0, yields=False, row_ms=0.2, round_trip_ms=1.0),
        replace(
            base, rate=900.0, yields=False, row_ms=0.1, round_trip_ms=0.5, aws_round_trip_ms=90.0
        ),
        replace(base, writer="lambda", outages=(Outage(0.0, 2.0),)),
        replace(base, writer="direct", maximum_concurrency=300, max_connections=60),
        replace(base, writer="direct", outages=(Outage(0.005, 1.0),)),
        replace(base, rate=0.1, retention_days=0.05),
        replace(base, read_seconds=600.0, maximum_concurrency=2, read_retention_days=0.5),
        replace(base, yields=True, app_load=990.0, start_hour=10.0, rate=400.0),
        replace(base, rate=800.0, write_batch=400, connections=3, engine="textract"),
        replace(base, architecture="arm64", memory_mb=512, round_trip_ms=1300.0, row_ms=400.0),
        Settings(receipts=60_000, arrival="office", arrival_hours=50.0, rate=0.6, write_batch=3),
        replace(base, yields=False, app_load=990.0, start_hour=10.0, rate=400.0),
        replace(
            base,
            writer="lambda",
            connections=3,
            outages=(Outage(0.004, 3.0), Outage(3.5, 30.0)),
            max_receives=60,
            failing_try_seconds=0.3,
            visibility_seconds=90.0,
        ),
        replace(
            base,
            writer="lambda",
            arrival="office",
            outages=(Outage(2.0, 9.5),),
            max_receives=40,
            failing_try_seconds=9.0,
            trying_share=0.4,
            connections=4,
        ),
        replace(base, writer="reserved", row_ms=900.0, max_receives=5, arrival="even"),
        replace(base, writer="poller", rate=7.7, outages=(Outage(0.003, 0.4),), arrival="even"),
        replace(base, writer="poller", rate=0.1, write_batch=3, receipts=40),
        replace(base, writer="pipes", rate=33.0, round_trip_ms=400.0, app_load=700.0),
        replace(
            base, writer="file", start_hour=23.0, arrival="office", outages=(Outage(2.5, 1.0),)
        ),
        replace(base, writer="pooled", connections=2, row_ms=180.0, outages=(Outage(0.03, 0.01),)),
        replace(base, writer="direct", maximum_concurrency=300, max_connections=60, retries=4),
        replace(
            base, rate=1.0, arrival="office", batch_receipts=20, app_load=100.0, receipts=50_000
        ),
        replace(base, rate=5.0, knee=110.0, app_load=100.0, write_batch=20, arrival="office"),
        replace(base, app_load=1_100.0, yields=True),
        replace(
            base, app_load=995.0, start_hour=7.0, windows=(Window(7.0, 19.0),), read_seconds=1.0
        ),
    ]


def vector(settings: Settings) -> dict[str, Any]:
    """Settings and the model's answer."""
    answer = plan(settings)
    return {
        "settings": settings,
        "figures": {name: getattr(answer, name) for name in FIGURES},
        "billedSeconds": answer.usage.billed_seconds,
        "usd": {
            "verified": float(answer.cost.verified),
            "unverified": float(answer.cost.unverified),
        },
        "step": answer.series.step,
        "series": {name: _sampled(answer, name) for name in SERIES},
        "verdict": verdict(answer),
    }


def _sampled(answer: Plan, name: str) -> dict[str, Any]:
    values = getattr(answer.series, name)
    return {"length": len(values), "every": 23, "values": values[::23], "most": max(values)}


INVALID: tuple[dict[str, Any], ...] = (
    *({"receipts": 0}, {"receipts": -4}, {"receipts": 2.5}, {"receipts": 99_999_999_999}),
    *({"read_seconds": 0}, {"rate": -3.5}, {"maximum_concurrency": 1_001}, {"app_load": -1}),
    *(
        {"connections": 90},
        {"app_connections": 100},
        {"yields": True, "knee": 100, "app_load": 100_000},
    ),
)


def error_message(changes: dict[str, Any]) -> str:
    """The model's error for invalid settings."""
    try:
        plan(Settings(**changes))
    except ParameterError as error:
        return str(error)
    raise AssertionError(f"{changes} were accepted")


def vectors() -> bytes:
    """All cases as JSON; floats are written so that they read back to the last bit."""
    made = {
        "made_by": "receipts-lab plan simulator",
        "cases": [vector(one) for one in cases()],
        "invalid": [{"changes": one, "error": error_message(one)} for one in INVALID],
    }
    return msgspec.json.format(msgspec.json.encode(made), indent=1) + b"\n"


def save() -> list[Path]:
    """Write both files."""
    for path in (CONSTANTS, VECTORS):
        path.parent.mkdir(parents=True, exist_ok=True)
    CONSTANTS.write_text(constants(), encoding="utf-8")
    VECTORS.write_bytes(vectors())
    return [CONSTANTS, VECTORS]
