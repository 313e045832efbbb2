"""What the pooler measured, in words, from `docs/data`."""

import msgspec

from lab.measure.pooler.design import ConnectionMode
from lab.measure.pooler.figure import refused_share
from lab.measure.pooler.measure import PoolerFigures, PoolerPoint
from lab.publish.pages.measured_on import measured_on
from lab.publish.pages.values import ROOT
from lab.support.provenance import Provenance

DATA = ROOT / "docs" / "data"
BESIDE = {
    ConnectionMode.DIRECT: "Each with a connection of its own",
    ConnectionMode.POOLED: "Through the pooler",
    ConnectionMode.PINNED: "Through the pooler, pinned",
}


def pooler_told() -> str:
    """Each way at its largest number of functions, and where that was measured."""
    figures = msgspec.json.decode((DATA / "pooler.json").read_bytes(), type=PoolerFigures)
    lines = [f"- **{BESIDE[way]}:** {_point(figures.ways[way][-1])}" for way in figures.ways]
    return "\n".join([*lines, "", f"{_source(figures.provenance)} {_held(figures)}"])


def _point(last: PoolerPoint) -> str:
    served = f"half of those served within {last.p50_ms:.0f} ms" if last.p50_ms else "none served"
    return (
        f"{last.clients} functions hold {last.connections} connections at the database; "
        f"{refused_share(last):.0%} of {last.refused + last.served:,} calls are refused, {served}."
    )


def _held(figures: PoolerFigures) -> str:
    return (
        "The database keeps 3 of its connections for superusers, and the one that counts takes "
        f"another. A call holds its connection for {figures.held_s * 1000:.0f} ms of waiting, "
        f"beside its row; a function waits {figures.patience_s:.0f} s for the pooler."
    )


def _source(of: Provenance) -> str:
    return f"Measured on {measured_on(of)}. Laptop and emulator: nothing here has run on AWS."
