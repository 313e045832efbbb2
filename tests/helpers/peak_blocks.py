"""Blocks of the peak made by hand: what a run would have seen."""

from lab.measure.peak.design import Route
from lab.measure.peak.measure import BlockResult, Ceilings, RowCounts
from lab.measure.peak.replay_corpus import batch_id_of
from lab.measure.peak.worker_protocol import WriteResult
from lab.run.expenses.app import CallTiming

CEILINGS = Ceilings(well_set=500, too_high=1_500)


def block(
    route: Route, number: int, slower: float = 1.0, written: WriteResult | None = None
) -> BlockResult:
    calls = [
        CallTiming(kind="list", due_s=0, lag_s=0, latency_s=slower * ms / 1e3, failed=None)
        for ms in range(1, 101)
    ]
    return BlockResult(
        round=number, route=route, calls=calls, written=written or WriteResult(), connections=7
    )


def every_route(rounds: int = 5, **slower: float) -> list[BlockResult]:
    paced = WriteResult(
        committed=1_000, attempts=1_000, paced_rows=950, paced_s=1.9, write_s=[0.01] * 20
    )
    refused = WriteResult(committed=10, attempts=110, refused=100, lost=100)
    return [
        block(
            route,
            number,
            slower.get(route.value, 1.0),
            paced if route.buffered else refused if route.direct else None,
        )
        for route in Route
        for number in range(rounds)
    ]


def row_counts(acknowledged: int, stored: int, distinct: int) -> dict[str, RowCounts]:
    rows = RowCounts(acknowledged=acknowledged, stored=stored, distinct=distinct)
    return {batch_id_of(route, CEILINGS.of(route)): rows for route in Route}
