"""One table of all that was measured: what, in short, on which machine, and by which command.

A file that is not there yet is a line that says so. What a file holds beyond its headline is on a
page of its own.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct, json

from lab.pages.markdown import table
from lab.pages.measured import interval
from lab.pages.measured_on import measured_on
from lab.pages.values import ROOT

DATA = ROOT / "docs" / "data"
NOT_YET = "not measured yet"


class Measured(Struct, frozen=True, kw_only=True):
    """A file of `docs/data`: the command that writes it, the page that tells it, its headline."""

    file: str
    what: str
    command: str
    page: str = ""
    headline: Callable[[Mapping[str, Any]], str] = lambda _: ""


def _peak(it: Mapping[str, Any]) -> str:
    lost = [f"{it[route]['rows_lost']:,} {says}" for route, says in _ROUTES.items() if route in it]
    return f"results lost: {', '.join(lost)}"


_ROUTES = {"direct": "written directly", "buffered": "through the buffer"}


def _peak_long(it: Mapping[str, Any]) -> str:
    felt = (f"{says} {interval(it[route]['app_p99_over_quiet'])}" for route, says in _P99.items())
    return f"the app's p99 over its quiet one: {', '.join(felt)}"


_P99 = {"placebo": "placebo", "buffered": "through the buffer", "direct": "written directly"}


def _laws(it: Mapping[str, Any]) -> str:
    felt = []
    for route, says in _LAWS.items():
        if route in it:
            told, rate = interval(it[route]["app_p95_over_quiet"]), it[route]["rows_per_s"]
            felt.append(f"{says} {told}" + (f" at {rate:,.0f} rows/s" if rate else ""))
    return f"under a ceiling too high, the app's p95 over its quiet one: {', '.join(felt)}"


_LAWS = {
    "placebo": "placebo",
    "buffered_fixed_too_high": "fixed",
    "buffered_aimd_too_high": "AIMD",
    "buffered_gradient_too_high": "gradient",
    "buffered_too_high": "share, as deployed,",
}


def _batch(it: Mapping[str, Any]) -> str:
    return (
        f"{it['receipts']} receipts in {it['wall_s']:.0f} s, {it['wall_over_ideal']:.2f} times "
        f"what its OCR alone would take; a plain loop {it['plain_loop_wall_s']:.0f} s"
    )


def _drills(it: Mapping[str, Any]) -> str:
    held = sum(one["passed"] for one in it["outcomes"])
    return f"{held} of {len(it['outcomes'])} drills held"


def _soak(it: Mapping[str, Any]) -> str:
    return (
        f"{it['seeds']:,} seeds, {it['receipts']:,} receipts, {sum(it['faults'].values()):,} "
        f"faults: {len(it['violations'])} broken promises"
    )


def _reading(it: Mapping[str, Any]) -> str:
    seen = {one["set"] for one in it["results"]}
    return f"{len(it['results'])} results on {len(seen)} sets of labelled receipts"


def _package(it: Mapping[str, Any]) -> str:
    share = it["unzipped_bytes"] / it["limit_bytes"]
    return f"{it['unzipped_bytes'] / 1e6:.0f} MB unzipped, {share:.0%} of what Lambda takes"


def _planner(it: Mapping[str, Any]) -> str:
    return f"median error of the model {it['median_error']:.1%}, its aim {it['aim']:.0%}"


def _pooler(it: Mapping[str, Any]) -> str:
    return f"{it['stands_in']} with {it['pool_size']} connections"


def _patterns(it: Mapping[str, Any]) -> str:
    found = [row["measured"] for row in it["rows"]]
    lost, doubled = (sum(one[which]["value"] for one in found) for which in ("lost", "doubled"))
    return (
        f"{len(found)} patterns, {it['receipts']} receipts each, {it['duplicates']} of them sent "
        f"twice: {lost} lost, {doubled} doubled"
    )


def _chunking(it: Mapping[str, Any]) -> str:
    best = it["best"]
    return (
        f"best in {best['cut']['pieces']} pieces: done {best['times_sooner']:.0f} times sooner, "
        f"for {best['usd_over_one']:.2f} times the price of one (by the model)"
    )


FILES = (
    Measured(
        file="peak",
        what="The client's app and database in the peak, for each way to write",
        command="make peak",
        page="explanation/back-pressure.md",
        headline=_peak,
    ),
    Measured(
        file="peak_long",
        what="The same, twice as long: for the slowest of the app's calls",
        command="make peak LONG=1",
        page="decisions/0035-short-blocks-and-a-placebo.md",
        headline=_peak_long,
    ),
    Measured(
        file="laws",
        what="Laws by which the rate may follow the database, under a ceiling that is too high",
        command=".venv/bin/receipts-lab laws",
        page="decisions/0031-a-share-of-one-transaction.md",
        headline=_laws,
    ),
    Measured(
        file="batch",
        what="One batch from the request to the last commit, in time and memory",
        command="make bench",
        page="reference/batch.md",
        headline=_batch,
    ),
    Measured(
        file="drills",
        what="Faults on the real parts",
        command="make drills",
        page="reference/drills.md",
        headline=_drills,
    ),
    Measured(
        file="soak",
        what="The whole path simulated, with faults at every call",
        command="make soak SEEDS=20000 OUT=docs/data/soak.json",
        page="reference/drills.md",
        headline=_soak,
    ),
    Measured(
        file="reading",
        what="How well and how fast receipts are read",
        command="make bench-reading",
        page="reference/reading.md",
        headline=_reading,
    ),
    Measured(
        file="package", what="What Lambda gets", command="make package MEASURE=1", headline=_package
    ),
    Measured(
        file="planner",
        what="The model, held to runs of the local system",
        command="make held",
        page="explanation/simulator.md",
        headline=_planner,
    ),
    Measured(
        file="patterns",
        what="What our code makes of each pattern's duplicates and failures",
        command="make patterns",
        page="patterns/index.md",
        headline=_patterns,
    ),
    Measured(
        file="pooler",
        what="Many short-lived clients, directly and behind a pooler",
        command="make pooler",
        page="explanation/rds-proxy.md",
        headline=_pooler,
    ),
    Measured(
        file="chunking",
        what="One piece of work, cut finer and finer",
        command="make chunking",
        page="explanation/chunking.md",
        headline=_chunking,
    ),
)


def measured_results() -> str:
    """The table."""
    rows = [_row(it, DATA / f"{it.file}.json") for it in FILES]
    return table(("what", "in short", "measured", "again by"), rows)


def _row(it: Measured, path: Path) -> tuple[str, str, str, str]:
    if not path.exists():
        return it.what, NOT_YET, "–", f"`{it.command}`"
    run = json.decode(path.read_bytes())
    headline = it.headline(run)
    headline = headline[:1].upper() + headline[1:]
    there = it.page and (ROOT / "docs" / it.page).exists()
    more = f"[more](../{it.page})" if there else ""
    short = ". ".join(filter(None, (headline, more)))
    return it.what, short, measured_on(run["provenance"]), f"`{it.command}`"
