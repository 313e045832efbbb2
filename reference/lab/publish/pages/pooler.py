"""What connection pooling measured, in sentences, from `docs/data/pooler.json`."""

import msgspec

from lab.measure.pooler.design import ConnectionMode
from lab.measure.pooler.figure import refused_share
from lab.measure.pooler.measure import PoolerFigures, PoolerPoint
from lab.publish.pages.measured_on import measured_on
from lab.support.paths import DATA
from lab.support.provenance import Provenance

LABELS = {
    ConnectionMode.DIRECT: "Each with a connection of its own",
    ConnectionMode.POOLED: "Through the pooler",
    ConnectionMode.PINNED: "Through the pooler, pinned",
}


def measured_pooler() -> str:
    """Each way at its largest number of functions, and where that was measured."""
    figures = msgspec.json.decode((DATA / "pooler.json").read_bytes(), type=PoolerFigures)
    lines = [f"- **{LABELS[way]}:** {_point(figures.ways[way][-1])}" for way in figures.ways]
    return "\n".join([*lines, "", f"{_source(figures.provenance)} {_conditions(figures)}"])


def _point(last: PoolerPoint) -> str:
    served = f"half of those served within {last.p50_ms:.0f} ms" if last.p50_ms else "none served"
    return (
        f"{last.clients} functions hold {last.connections} connections at the database; "
        f"{refused_share(last):.0%} of {last.refused + last.served:,} calls are refused, {served}."
    )


def _conditions(figures: PoolerFigures) -> str:
    return (
        "The database reserves 3 of its connections for superusers, and counting takes another. "
        f"A call holds its connection for {figures.held_s * 1000:.0f} ms of waiting, besides "
        f"writing its row; a function waits at most {figures.patience_s:.0f} s for the pooler."
    )


def _source(of: Provenance) -> str:
    return f"Measured on {measured_on(of)}. Laptop and emulator: nothing here has run on AWS."
