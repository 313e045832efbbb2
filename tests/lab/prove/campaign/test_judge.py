"""The judge is tried with what it must find: each check fails where its promise is broken."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from lab.prove.campaign.judge import Check, Evidence, Letter, judge
from lab.prove.campaign.windows import Ceiling, Rows
from lab.prove.campaign.workload import COLUMNS, Fate, Workload, expected_row
from receipts.ledger import State
from receipts.messages import ResultMessage

from .recorded import BURST, RATE, changed_row, kept, letter, with_fate, workload

WORK = workload()
KEPT = kept(WORK)
GOOD = with_fate(WORK, Fate.STORED)
MAY_BE_REFUSED = with_fate(WORK, Fate.EITHER)
POISON = with_fate(WORK, Fate.SET_ASIDE)


def checks(found: Evidence, work: Workload = WORK) -> set[Check]:
    return {finding.check for finding in judge(work, found, BURST)}


def test_a_round_that_kept_every_promise_has_no_finding() -> None:
    assert judge(WORK, KEPT, BURST) == []


def ledger(index: int, state: State) -> Evidence:
    return replace(KEPT, ledger={**KEPT.ledger, index: state})


def without_row(message: ResultMessage, found: Evidence = KEPT) -> Evidence:
    return replace(found, rows=[row for row in found.rows if row[0] != message.receipt_id])


SPOILED: dict[str, tuple[Evidence, set[Check]]] = {
    "a row is deleted": (without_row(GOOD[0]), {Check.LOST, Check.LEDGER}),
    "a row is there twice": (replace(KEPT, rows=[*KEPT.rows, KEPT.rows[0]]), {Check.DOUBLED}),
    "a poison has a row": (
        replace(KEPT, rows=[*KEPT.rows, expected_row(POISON[0])]),
        {Check.UNEXPECTED},
    ),
    "a row was never sent": (
        replace(KEPT, rows=[*KEPT.rows, changed_row(KEPT.rows[0], 0)]),
        {Check.UNEXPECTED},
    ),
    "an older round's row is gone": (replace(KEPT, stray_rows=-1), {Check.UNEXPECTED}),
    "a stored receipt is still read": (ledger(GOOD[0].index, State.READ), {Check.LEDGER}),
    "a stored receipt is dead": (ledger(GOOD[0].index, State.DEAD_LETTERED), {Check.LEDGER}),
    "a poison is stored": (ledger(POISON[0].index, State.STORED), {Check.LEDGER}),
    "a poison is still read": (ledger(POISON[0].index, State.READ), {Check.LEDGER}),
    "a receipt is gone from the ledger": (
        replace(KEPT, ledger={i: s for i, s in KEPT.ledger.items() if i != GOOD[0].index}),
        {Check.LEDGER},
    ),
    "the ledger has one more": (ledger(999, State.STORED), {Check.LEDGER}),
    "a refused receipt has no letter": (
        without_row(MAY_BE_REFUSED[0], ledger(MAY_BE_REFUSED[0].index, State.DEAD_LETTERED)),
        {Check.LEDGER},
    ),
    "a message is left": (replace(KEPT, left={"write queue": 1}), {Check.QUEUE}),
    "a poison's letter is missing": (
        replace(KEPT, letters=[it for it in KEPT.letters if it != letter(POISON[0])]),
        {Check.LETTERS, Check.LEDGER},
    ),
    "a foreign message's letter is missing": (
        replace(KEPT, letters=[it for it in KEPT.letters if it.body not in WORK.foreign]),
        {Check.LETTERS},
    ),
    "a good receipt is on the DLQ": (
        replace(KEPT, letters=[*KEPT.letters, letter(GOOD[0])]),
        {Check.LETTERS},
    ),
    "a letter has no reason": (
        replace(KEPT, letters=[Letter(it.body, None) for it in KEPT.letters]),
        {Check.REASONS},
    ),
    "a burst is committed twice": (
        replace(KEPT, commits=[*KEPT.commits, Rows(KEPT.commits[-1].at + 0.003, BURST)]),
        {Check.COMMITS},
    ),
    "a burst arrives twice": (
        replace(KEPT, arrivals=[*KEPT.arrivals, Rows(KEPT.arrivals[-1].at + 0.003, BURST)]),
        {Check.ARRIVALS},
    ),
    "one transaction is too large": (
        replace(KEPT, commits=[Rows(100.0, BURST + 1)]),
        {Check.COMMITS},
    ),
    "it never settles": (replace(KEPT, settled=False), {Check.SETTLED}),
    "the agent has an error of its own": (
        replace(KEPT, own_errors=["a cycle failed: ValueError"]),
        {Check.OWN_ERRORS},
    ),
    "a fault repairs nothing": (replace(KEPT, failed_faults=["DrillError"]), {Check.FAULTS}),
}


@pytest.mark.parametrize(("found", "broken"), SPOILED.values(), ids=SPOILED)
def test_what_is_broken_is_found_and_nothing_else(found: Evidence, broken: set[Check]) -> None:
    assert checks(found) == broken


@pytest.mark.parametrize("column", range(1, len(COLUMNS)), ids=COLUMNS[1:])
def test_a_change_of_any_column_is_found(column: int) -> None:
    spoiled = [changed_row(KEPT.rows[0], column), *KEPT.rows[1:]]
    assert checks(replace(KEPT, rows=spoiled)) == {Check.CONTENTS}


def test_each_check_can_fail() -> None:
    assert set().union(*(broken for _, broken in SPOILED.values())) | {Check.CONTENTS} == set(Check)


def refused() -> Evidence:
    """A trigger refused one receipt: no row, dead-lettered, a letter with a reason."""
    one = MAY_BE_REFUSED[0]
    marked = without_row(one, ledger(one.index, State.DEAD_LETTERED))
    return replace(marked, letters=[*KEPT.letters, letter(one)])


def row_stayed() -> Evidence:
    """It was stored and delivered again, and only then refused."""
    return replace(refused(), rows=KEPT.rows)


def doubled_letter() -> Evidence:
    """The agent was killed between a letter and its message's deletion."""
    return replace(KEPT, letters=[*KEPT.letters, letter(POISON[0])])


def two_ceilings() -> Evidence:
    """The rate was raised for a while; R * w is its integral."""
    return replace(
        KEPT,
        ceilings=[Ceiling(0.0, "first agent", RATE), Ceiling(100.0, "second agent", 10 * RATE)],
        commits=[Rows(100.0, BURST), Rows(100.0 + BURST / (10 * RATE), BURST)],
    )


def earlier_round() -> Evidence:
    """A window that ended before the round is another round's finding."""
    return replace(KEPT, commits=[Rows(10.0, BURST), Rows(10.0, BURST), *KEPT.commits])


@pytest.mark.parametrize(
    "allowed", [refused, row_stayed, doubled_letter, two_ceilings, earlier_round]
)
def test_what_a_fault_justifies_is_no_finding(allowed: Callable[[], Evidence]) -> None:
    assert judge(WORK, allowed(), BURST) == []


def test_a_finding_counts_its_cases_and_shows_the_first() -> None:
    [lost, _] = judge(WORK, replace(KEPT, rows=[]), BURST)
    assert lost.check is Check.LOST
    assert lost.cases == len(GOOD)
    assert lost.evidence == [one.receipt_id for one in GOOD[:3]]
