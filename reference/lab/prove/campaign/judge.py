"""The judge: compares what a round left behind with what it must have left. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from itertools import chain

from msgspec import Struct

from lab.prove.campaign.windows import Ceiling, Rows, worst_excess
from lab.prove.campaign.workload import Fate, Workload, expected_row
from receipts.ledger import State
from receipts.messages import ResultMessage, encode

CLOCK_STEP_S = 0.002
"""Log files tell milliseconds: an arrival and a changed ceiling may each be off by one."""

SHOWN_CASES = 3
"""Of each check that failed, how many cases a report shows."""


class Check(StrEnum):
    """What is checked; each can fail."""

    SETTLED = "everything settles in time"
    LOST = "each good receipt has a row"
    DOUBLED = "no receipt has two rows"
    UNEXPECTED = "no row is there that must not be"
    CONTENTS = "each row holds what was read"
    LEDGER = "the ledger says what became of each receipt"
    QUEUE = "nothing is left on a queue"
    LETTERS = "on the DLQ is what can't be stored, and nothing else"
    REASONS = "each dead letter has a reason"
    COMMITS = "rows committed in a window are the ceiling's and a burst at most"
    ARRIVALS = "rows that arrive in a window are the ceiling's and a burst at most"
    OWN_ERRORS = "the agent meets no error of its own"
    FAULTS = "each fault repairs what it broke"


class Finding(Struct, frozen=True, kw_only=True):
    """A check that failed in so many `cases`, and the evidence of the first ones, each a line."""

    check: Check
    cases: int
    evidence: Sequence[str]


class Letter(Struct, frozen=True):
    """A message on the write DLQ; `reason` is None where it came without one."""

    body: str
    reason: str | None


class Evidence(Struct, frozen=True, kw_only=True):
    """What a round left behind.

    `rows` as `workload.COLUMNS`; `ledger` by index; `left` counts messages by queue. Commits,
    arrivals and ceilings are those of the whole campaign; the round `started` at this second since
    the epoch. `own_errors` are lines of the agents' logs.
    """

    settled: bool
    rows: Sequence[tuple[object, ...]]
    stray_rows: int
    ledger: Mapping[int, State]
    letters: Sequence[Letter]
    left: Mapping[str, int]
    commits: Sequence[Rows]
    arrivals: Sequence[Rows]
    ceilings: Sequence[Ceiling]
    started: float
    own_errors: Sequence[str] = ()
    failed_faults: Sequence[str] = ()


def judge(work: Workload, found: Evidence, burst: int) -> Sequence[Finding]:
    """All that is wrong; `burst` is B, the rows of the largest transaction."""
    cases: defaultdict[Check, list[str]] = defaultdict(list)
    for check, evidence in chain(
        _judge_rows(work, found),
        _judge_ledger(work, found),
        _judge_queues(work, found),
        _judge_pace(found, burst),
        _judge_rest(found),
    ):
        cases[check].append(evidence)
    return [
        Finding(check=check, cases=len(lines), evidence=lines[:SHOWN_CASES])
        for check, lines in cases.items()
    ]


def _judge_rows(work: Workload, found: Evidence) -> Iterator[tuple[Check, str]]:
    counts = Counter(str(row[0]) for row in found.rows)
    by_id = {str(row[0]): row for row in found.rows}
    for message in work.results.messages:
        fate = work.fates[message.index]
        row = by_id.pop(message.receipt_id, None)
        if row is None:
            if fate is Fate.STORED:
                yield Check.LOST, message.receipt_id
            continue
        if counts[message.receipt_id] > 1:
            yield Check.DOUBLED, f"{message.receipt_id}: {counts[message.receipt_id]} rows"
        if fate is Fate.SET_ASIDE:
            yield Check.UNEXPECTED, f"{message.receipt_id} can't be stored, and is"
        elif row != expected_row(message):
            yield Check.CONTENTS, f"{message.receipt_id}: {_difference(row, message)}"
    for receipt_id in by_id:
        yield Check.UNEXPECTED, f"{receipt_id} was never sent"
    if found.stray_rows:
        yield Check.UNEXPECTED, f"{found.stray_rows} rows more or less in other rounds' batches"


def _judge_ledger(work: Workload, found: Evidence) -> Iterator[tuple[Check, str]]:
    stored = {str(row[0]) for row in found.rows}
    letters = {letter.body for letter in found.letters}
    for message in work.results.messages:
        state, fate = found.ledger.get(message.index), work.fates[message.index]
        if state is State.STORED:
            right = fate is not Fate.SET_ASIDE and message.receipt_id in stored
        else:
            # A receipt may be stored, be delivered again, and be refused by then: its row stays.
            right = (
                state is State.DEAD_LETTERED
                and fate is not Fate.STORED
                and encode(message).decode() in letters
            )
        if not right:
            yield Check.LEDGER, f"{message.receipt_id}, to be {fate}: the ledger says {state}"
    if extra := set(found.ledger) - set(work.fates):
        yield Check.LEDGER, f"entries {sorted(extra)} that nobody made"


def _judge_queues(work: Workload, found: Evidence) -> Iterator[tuple[Check, str]]:
    for queue, count in found.left.items():
        if count:
            yield Check.QUEUE, f"{count} on the {queue}"
    must, may = set(work.foreign), set[str]()
    for message in work.results.messages:
        fate, body = work.fates[message.index], encode(message).decode()
        if fate is Fate.SET_ASIDE:
            must.add(body)
        elif fate is Fate.EITHER:
            may.add(body)
    bodies = {letter.body for letter in found.letters}
    for body in must - bodies:
        yield Check.LETTERS, f"missing: {body[:200]}"
    for body in bodies - must - may:
        yield Check.LETTERS, f"must not be there: {body[:200]}"
    for letter in found.letters:
        if not letter.reason:
            yield Check.REASONS, f"none with {letter.body[:200]}"


def _judge_pace(found: Evidence, burst: int) -> Iterator[tuple[Check, str]]:
    highest = max((one.rows_per_s for one in found.ceilings), default=0.0)
    for check, events in ((Check.COMMITS, found.commits), (Check.ARRIVALS, found.arrivals)):
        worst = worst_excess(events, found.ceilings, ending_after=found.started)
        if worst and worst.rows > burst + highest * CLOCK_STEP_S:
            window = f"from {worst.start:.3f} s to {worst.end:.3f} s"
            yield check, f"{worst.rows:.1f} rows over R * w, B is {burst}: {window}"


def _judge_rest(found: Evidence) -> Iterator[tuple[Check, str]]:
    if not found.settled:
        yield Check.SETTLED, "it never did"
    for line in found.own_errors:
        yield Check.OWN_ERRORS, line
    for line in found.failed_faults:
        yield Check.FAULTS, line


def _difference(row: tuple[object, ...], message: ResultMessage) -> str:
    pairs = zip(row, expected_row(message), strict=True)
    return ", ".join(f"{is_!r} for {must!r}" for is_, must in pairs if is_ != must)
