"""Percentiles of the blocks, and their ratios to quiet, with intervals by resampling.

A ratio compares a block with the quiet block of the same round: same calls, at the same moments,
only seconds apart. The figure is the median over the rounds. Percentiles of all calls together are
given, too; on a shared machine a few stalled blocks decide those, whatever was measured in them.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from lab.measure.peak.design import Route
from lab.measure.peak.measure import BlockResult, Ceilings, RowCounts
from lab.measure.peak.replay_corpus import batch_id_of

RESAMPLES = 1_000
PERCENTILES = (50, 95, 99)
Floats = np.typing.NDArray[np.float64]


class ConfidenceInterval(Struct, frozen=True):
    """A value with its 95% confidence interval."""

    value: float
    low: float
    high: float


class Condition(Struct, frozen=True, kw_only=True):
    """The figures of one condition. Latencies are in ms from the intended start, of answered calls.

    `app_p95_ms` is the percentile of all calls, `app_p95_over_quiet` the median of the rounds'
    ratios. `rate_used` is the agent's rate over the *client's* ceiling. `lag_p95_ms` is how late
    the app's own process made a call. `samples_ms` are all latencies by block, failed calls
    negative.
    """

    calls: int
    app_failed: int
    app_p50_ms: ConfidenceInterval
    app_p95_ms: ConfidenceInterval
    app_p99_ms: ConfidenceInterval
    app_p50_over_quiet: ConfidenceInterval
    app_p95_over_quiet: ConfidenceInterval
    app_p99_over_quiet: ConfidenceInterval
    lag_p95_ms: float
    connections_peak: int
    rows_written: int
    rows_lost: int
    rows_doubled: int
    refused: int
    rows_per_s: float
    ceiling_rows_per_s: float | None
    rate_used: float | None
    in_flight: float | None
    samples_ms: Sequence[Sequence[float]]


def stored(run: Mapping[str, Any]) -> dict[Route, Condition]:
    """The conditions in a run's data file, in its order."""
    known = set(Route)
    return {Route(it): msgspec.convert(run[it], Condition) for it in run if it in known}


def analyse(
    blocks: Sequence[BlockResult], ceilings: Ceilings, rows: Mapping[str, RowCounts]
) -> dict[Route, Condition]:
    """The figures by route. `rows` are the database's counts, by batch."""
    by_route: dict[Route, list[BlockResult]] = {}
    for block in sorted(blocks, key=lambda block: block.round):
        by_route.setdefault(block.route, []).append(block)
    rounds = min(len(of) for of in by_route.values())
    samples = {
        route: [np.array([c.latency_s * 1e3 for c in b.calls if not c.failed]) for b in of[:rounds]]
        for route, of in by_route.items()
    }
    picks = _picks(rounds)
    draws = {route: _resampled(of, picks) for route, of in samples.items()}
    pooled = {route: _percentiles(np.concatenate(of)) for route, of in samples.items()}
    over = _over_quiet(samples, picks)
    found = {}
    for route, of in by_route.items():
        values = [_interval(pooled[route][i], draws[route][:, i]) for i in range(len(PERCENTILES))]
        found[route] = _condition(route, of[:rounds], values, over[route], ceilings, rows)
    return found


def recompute(found: Mapping[Route, Condition]) -> dict[Route, Condition]:
    """The ratios to quiet, computed again from the stored samples."""
    samples = {route: _answered(one) for route, one in found.items()}
    over = _over_quiet(samples, _picks(len(samples[Route.QUIET])))
    return {
        route: replace(
            one,
            app_p50_over_quiet=over[route][0],
            app_p95_over_quiet=over[route][1],
            app_p99_over_quiet=over[route][2],
        )
        for route, one in found.items()
    }


def paired(one: Condition, other: Condition) -> tuple[ConfidenceInterval, ConfidenceInterval]:
    """The app's p95 and p99 in `one` over those in `other`.

    Each is the median of the rounds' ratios; the rounds are resampled for its interval.
    """
    _, p95, p99 = _ratios(_answered(one), _answered(other), _picks(len(one.samples_ms)))
    return p95, p99


def _answered(one: Condition) -> list[Floats]:
    """The latencies of answered calls, by block."""
    return [np.array([ms for ms in block if ms >= 0]) for block in one.samples_ms]


def _over_quiet(
    samples: Mapping[Route, Sequence[Floats]], picks: "np.typing.NDArray[np.int_]"
) -> dict[Route, list[ConfidenceInterval]]:
    return {route: _ratios(of, samples[Route.QUIET], picks) for route, of in samples.items()}


def _ratios(
    one: Sequence[Floats], other: Sequence[Floats], picks: "np.typing.NDArray[np.int_]"
) -> list[ConfidenceInterval]:
    """The median of the rounds' ratios, by percentile; `picks` resamples the rounds."""
    above, below = (np.array([_percentiles(block) for block in of]) for of in (one, other))
    ratios = above / below
    resampled = np.median(ratios[picks], axis=1)
    return [_interval(np.median(ratios[:, i]), resampled[:, i]) for i in range(len(PERCENTILES))]


def _picks(rounds: int) -> "np.typing.NDArray[np.int_]":
    return np.random.default_rng(0).integers(0, rounds, (RESAMPLES, rounds))


def _condition(
    route: Route,
    blocks: Sequence[BlockResult],
    values: Sequence[ConfidenceInterval],
    over: Sequence[ConfidenceInterval],
    ceilings: Ceilings,
    rows: Mapping[str, RowCounts],
) -> Condition:
    written = [block.written for block in blocks]
    calls = [call for block in blocks for call in block.calls]
    ceiling = ceilings.of(route)
    counts = rows.get(batch_id_of(route, ceiling), RowCounts())
    paced_s = sum(one.paced_s for one in written)
    rate = sum(one.committed for one in written) / sum(block.seconds for block in blocks)
    if paced_s:  # without the block's two ends, which are not at the agent's pace
        rate = sum(one.paced_rows for one in written) / paced_s
    busy = sum(second for one in written for second in one.write_s[:-1])
    return Condition(
        calls=len(calls),
        app_failed=sum(call.failed is not None for call in calls),
        app_p50_ms=values[0],
        app_p95_ms=values[1],
        app_p99_ms=values[2],
        app_p50_over_quiet=over[0],
        app_p95_over_quiet=over[1],
        app_p99_over_quiet=over[2],
        lag_p95_ms=float(np.percentile([call.lag_s * 1e3 for call in calls], 95)),
        connections_peak=max(block.connections for block in blocks),
        rows_written=counts.distinct,
        rows_lost=sum(one.lost for one in written) + max(0, counts.acknowledged - counts.distinct),
        rows_doubled=counts.stored - counts.distinct,
        refused=sum(one.refused for one in written),
        rows_per_s=rate,
        ceiling_rows_per_s=ceiling if route.buffered else None,
        rate_used=rate / ceiling if route.buffered else None,
        in_flight=busy / paced_s if paced_s else None,
        samples_ms=[
            [round(c.latency_s * (-1e3 if c.failed else 1e3), 2) for c in b.calls] for b in blocks
        ],
    )


def _percentiles(latencies: Floats) -> Floats:
    if not len(latencies):  # every call of the block failed
        return np.full(len(PERCENTILES), np.inf)
    return np.percentile(latencies, PERCENTILES)


def _resampled(blocks: Sequence[Floats], picks: "np.typing.NDArray[np.int_]") -> Floats:
    return np.array([_percentiles(np.concatenate([blocks[i] for i in pick])) for pick in picks])


def _interval(value: float | np.floating[Any], draws: Floats) -> ConfidenceInterval:
    low, high = np.percentile(draws, [2.5, 97.5])
    return ConfidenceInterval(round(float(value), 4), round(float(low), 4), round(float(high), 4))
