"""The pooler experiment, small, on a real PostgreSQL: psycopg's pool stands between, as without
PgBouncer; and its figure tells what was measured."""

import pytest

from helpers.measured_here import PROVENANCE
from lab.measure.peak.design import MAX_CONNECTIONS, POOLER
from lab.measure.pooler.design import CLIENTS, ConnectionMode
from lab.measure.pooler.figure import chart, refused_share
from lab.measure.pooler.measure import PoolerFigures, PoolerPoint, measure
from lab.publish.pages.values import read_resolved

pytestmark = pytest.mark.slow

MANY = MAX_CONNECTIONS * 2


def quietly(_mode: ConnectionMode, _count: int) -> None:
    """No progress is shown."""


@pytest.fixture(scope="module")
def figures() -> PoolerFigures:
    # Patient: on a busy machine, too, no function of these gives up.
    return measure(
        (2, MANY), 0.5, quietly, modes=(ConnectionMode.DIRECT, ConnectionMode.POOLED), timeout_s=60
    )


@pytest.fixture(scope="module")
def pinned() -> PoolerPoint:
    (point,) = measure((MANY,), 0.5, quietly, modes=(ConnectionMode.PINNED,), timeout_s=0.5).ways[
        ConnectionMode.PINNED
    ]
    return point


def test_each_function_s_own_connection_uses_the_database_up(figures: PoolerFigures) -> None:
    few, many = figures.ways[ConnectionMode.DIRECT]
    assert (few.connections, few.refused) == (2, 0)
    assert POOLER < many.connections <= MAX_CONNECTIONS
    assert many.refused >= MANY - MAX_CONNECTIONS


def test_a_pooler_serves_every_function_with_few_connections(figures: PoolerFigures) -> None:
    for point in figures.ways[ConnectionMode.POOLED]:
        assert point.connections <= POOLER
        assert point.refused == 0
        assert point.served >= point.clients


def test_pinned_connections_serve_no_more_functions_than_the_pool_has(pinned: PoolerPoint) -> None:
    assert pinned.connections <= POOLER
    assert pinned.refused >= MANY - POOLER


def test_what_stands_in_for_rds_proxy_is_named(figures: PoolerFigures) -> None:
    assert figures.stands_in == "psycopg's pool, in the functions' own process"


def point(clients: int, connections: int, served: int = 10, refused: int = 0) -> PoolerPoint:
    return PoolerPoint(
        clients=clients,
        connections=connections,
        served=served,
        refused=refused,
        p50_ms=5.0 if served else None,
        p95_ms=9.0 if served else None,
    )


def made(direct: PoolerPoint) -> PoolerFigures:
    ways = {mode: [point(1, 1), point(200, 8)] for mode in ConnectionMode}
    return PoolerFigures(
        provenance=PROVENANCE,
        stands_in="a pool",
        max_connections=20,
        pool_size=8,
        call_every_s=0.5,
        held_s=0.005,
        patience_s=2.0,
        seconds=6.0,
        ways=ways | {ConnectionMode.DIRECT: [point(1, 1), direct]},
    )


def test_the_figure_says_in_words_what_it_shows() -> None:
    told = chart(made(point(200, 16, served=25, refused=75))).description
    assert "each its own connection: at 200 functions 16 connections, 75% of the calls" in told


def test_a_way_on_which_no_call_was_served_has_no_time_to_draw() -> None:
    shut = point(200, 16, served=0, refused=75)
    assert refused_share(shut) == 1
    *_, times = chart(made(shut)).panels
    (line,) = [it for it in times.lines if it.name == ConnectionMode.DIRECT]
    assert line.points == ((1, 9.0),)


def test_the_functions_go_up_to_the_template_s_maximum_concurrency() -> None:
    mapping = read_resolved().resources["ReadMapping"].properties
    assert CLIENTS[-1] == mapping["ScalingConfig"]["MaximumConcurrency"]
