"""The command `campaign`: random faults on the real parts, round after round, judged."""

import contextlib
import shutil
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from itertools import islice
from pathlib import Path
from typing import Annotated

import typer
from msgspec import Struct
from rich.console import Console

from lab.prove.campaign.judge import Finding
from lab.prove.campaign.run import Campaign, Outcome, running_campaign
from lab.prove.campaign.schedule import Schedule, schedule, schedules
from lab.prove.campaign.windows import Excess
from lab.prove.drills.environment import ROWS_PER_TRANSACTION
from lab.support.paths import ROOT
from lab.support.provenance import DataFile, provenance, save

KEPT = ROOT / "build" / "campaign"
"""Where the logs of a round are kept that the judge finds something in."""


class RoundFindings(Struct, frozen=True, kw_only=True):
    """The checks that failed in a round, with the round's schedule."""

    schedule: Schedule
    findings: Sequence[Finding]


class Report(DataFile, frozen=True, kw_only=True):
    """The outcome of a campaign; `faults` by kind.

    The worst windows are in rows over R * w; the promise is `burst_rows` at most. `noticed` counts
    the messages of the agents' logs: what the faults came to.
    """

    seed: int
    rounds: int
    seconds: float
    messages: int
    rows: int
    set_aside: int
    transactions: int
    arrivals: int
    faults: dict[str, int]
    noticed: dict[str, int]
    burst_rows: int
    worst_excess_by_commit_rows: float
    worst_excess_by_arrival_rows: float
    findings: Sequence[RoundFindings]


def campaign(
    seed: Annotated[int, typer.Option(help="The same seed gives the same schedule.")] = 1,
    rounds: Annotated[int, typer.Option(min=1, help="How many rounds, of 10 to 20 s.")] = 10,
    only: Annotated[int, typer.Option(min=0, help="Run this round of the seed alone.")] = 0,
    jobs: Annotated[
        int, typer.Option(min=1, help="Run so many rounds at a time, each on a system of its own.")
    ] = 1,
    out: Annotated[Path | None, typer.Option(help="Write the outcome to this JSON file.")] = None,
) -> None:
    """Inject random faults, several at once, into the real parts, and judge what they leave.

    Exit code 1 where the judge found anything; it names the round, its schedule and the evidence.
    """
    console = Console(highlight=False, markup=False)
    chosen = [schedule(seed, only)] if only else list(islice(schedules(seed), rounds))
    started = time.monotonic()
    with contextlib.ExitStack() as stack:
        systems = [stack.enter_context(running_campaign()) for _ in range(min(jobs, len(chosen)))]
        outcomes = _run(console, systems, chosen)
        report = _report(outcomes, systems, time.monotonic() - started)
    if out:
        save("campaign", report, out)
    console.print(
        f"{report.rounds:,} rounds, {report.messages:,} messages, {sum(report.faults.values()):,}"
        f" faults in {report.seconds:,.0f} s: findings in {len(report.findings)} of them; at worst"
        f" {report.worst_excess_by_commit_rows:.1f} rows over R * w by commit,"
        f" {report.worst_excess_by_arrival_rows:.1f} by arrival, promised {report.burst_rows}",
        soft_wrap=True,
    )
    raise typer.Exit(1 if report.findings else 0)


def _run(
    console: Console, systems: Sequence[Campaign], chosen: Sequence[Schedule]
) -> Sequence[Outcome]:
    """Each system takes the next round when it has run its last; one's error stops all."""
    rest, outcomes = iter(chosen), list[Outcome]()
    stopped = False

    def take_rounds(running: Campaign) -> None:
        while not stopped and (planned := next(rest, None)):
            outcome = running.run(planned)
            outcomes.append(outcome)
            _show(console, outcome)
            if outcome.findings:
                _keep_logs(console, running, planned)

    with ThreadPoolExecutor(len(systems)) as pool:
        try:
            for done in as_completed([pool.submit(take_rounds, one) for one in systems]):
                done.result()
        except BaseException:
            stopped = True
            for one in systems:
                one.stop()
            raise
    return outcomes


def _show(console: Console, outcome: Outcome) -> None:
    planned = outcome.schedule
    names = ", ".join(one.name.replace("_", " ") for one in planned.faults)
    console.print(
        f"round {planned.round}: {'FOUND' if outcome.findings else 'held'} ({outcome.seconds:.0f}"
        f" s, {outcome.rows} rows, {outcome.set_aside} set aside) {names}",
        soft_wrap=True,
    )
    if not outcome.findings:
        return
    for one in planned.faults:
        console.print(f"    {one}")
    for finding in outcome.findings:
        console.print(f"    not kept, in {finding.cases} cases: {finding.check}", soft_wrap=True)
        for line in finding.evidence:
            console.print(f"        {line}", soft_wrap=True)
    console.print(f"    again: make campaign SEED={planned.seed} ONLY={planned.round}")


def _keep_logs(console: Console, running: Campaign, planned: Schedule) -> None:
    folder = KEPT / f"seed-{planned.seed}-round-{planned.round}"
    folder.mkdir(parents=True, exist_ok=True)
    for log in running.logs:
        shutil.copy(log, folder / f"{log.parent.name}.log")
    console.print(f"    the agents' logs: {folder}", soft_wrap=True)


def _report(outcomes: Sequence[Outcome], systems: Sequence[Campaign], seconds: float) -> Report:
    kinds = Counter(fault.name for one in outcomes for fault in one.schedule.faults)
    return Report(
        provenance=provenance("receipts", "lab.prove.campaign"),
        seed=outcomes[0].schedule.seed,
        rounds=len(outcomes),
        seconds=round(seconds, 1),
        messages=sum(one.messages for one in outcomes),
        rows=sum(one.rows for one in outcomes),
        set_aside=sum(one.set_aside for one in outcomes),
        transactions=sum(len(one.commits) for one in systems),
        arrivals=sum(len(one.arrivals) for one in systems),
        faults=dict(sorted(kinds.items())),
        noticed=dict(sorted(sum((one.noticed for one in outcomes), Counter[str]()).items())),
        burst_rows=ROWS_PER_TRANSACTION,
        worst_excess_by_commit_rows=max(_rows(one.worst_by_commit()) for one in systems),
        worst_excess_by_arrival_rows=max(_rows(one.worst_by_arrival()) for one in systems),
        findings=[
            RoundFindings(schedule=one.schedule, findings=one.findings)
            for one in outcomes
            if one.findings
        ],
    )


def _rows(excess: Excess | None) -> float:
    return round(excess.rows, 2) if excess else 0.0
