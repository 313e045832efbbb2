"""The chunking law: the model's cuts, held to the facts' table, and the figure of them."""

import math
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.measure.chunking.estimates import INIT_S, KINDS, ChunkingFigures, estimates
from lab.measure.chunking.figure import chart, table
from lab.plan.chunking_model import CLAIMED, MAX_SLOWDOWN, best, cut
from lab.plan.cost import chunked_usd, lambda_usd
from lab.plan.facts import QUEUE_CALL
from lab.support.paths import DATA

pieces = st.integers(min_value=1, max_value=600)


@pytest.fixture(scope="module")
def stored() -> ChunkingFigures:
    return msgspec.json.decode((DATA / "chunking.json").read_bytes(), type=ChunkingFigures)


@pytest.mark.parametrize(
    ("count", "init", "cell"),
    [
        (60, "0.5", "1.49"),
        (600, "0.5", "6.02"),
        (60, "2", "2.91"),
        (600, "2", "20.4"),
        (60, "0", "1.007"),
        (600, "0", "1.069"),
    ],
)
def test_a_cut_that_starts_all_at_once_costs_what_the_facts_table_says(
    count: int, init: str, cell: str
) -> None:
    start, printed = Decimal(init), Decimal(cell)
    one = cut(count, mode="asynchronous", init_seconds=start)
    without_queue = one.usd - one.queue_calls * QUEUE_CALL.value
    assert (without_queue / lambda_usd(1, 60 + start, 1769)).quantize(printed) == printed


@given(pieces)
def test_the_model_s_money_is_the_cost_model_s(count: int) -> None:
    one = cut(count, mode="asynchronous", init_seconds=INIT_S)
    calls = Decimal(one.queue_calls) / count
    assert math.isclose(one.usd, chunked_usd(count, init_seconds=INIT_S, queue_calls=calls))


@given(pieces, st.sampled_from([1, 10]))
def test_no_more_environments_start_cold_than_run_at_once(count: int, batch: int) -> None:
    one = cut(count, init_seconds=INIT_S, batch=batch)
    assert one.invocations == -(-count // batch)
    assert one.cold_starts == one.environments <= one.invocations
    assert one.billed_seconds == 60 + one.cold_starts * float(INIT_S)


@given(pieces)
def test_one_piece_waits_for_nobody_and_more_are_never_later(count: int) -> None:
    assert cut(1).done_after_s == 60
    assert cut(count).done_after_s <= 60


def test_the_best_cut_is_the_cheapest_of_those_that_are_soon_done() -> None:
    cuts = [cut(count, init_seconds=INIT_S) for count in range(1, 601)]
    chosen = best(cuts)
    fastest = min(one.done_after_s for one in cuts)
    assert chosen.done_after_s <= fastest * (1 + MAX_SLOWDOWN)
    cheaper = [one for one in cuts if one.usd < chosen.usd]
    assert all(one.done_after_s > fastest * (1 + MAX_SLOWDOWN) for one in cheaper)


def test_the_stored_model_is_the_model_of_today(stored: ChunkingFigures) -> None:
    assert stored.model == {kind: estimates(kind, CLAIMED) for kind in KINDS}


def test_the_best_cut_is_marked_in_the_figure_and_told_in_words(stored: ChunkingFigures) -> None:
    drawn = chart(stored)
    assert drawn.mark is not None
    assert drawn.mark[0] == stored.best.cut.pieces
    assert f"{stored.best.cut.pieces} pieces of" in drawn.description
    assert table(stored).count("<tr>") == 1 + len(KINDS) * len(CLAIMED)
