"""The content of `docs/data/chunking.json`: the model's cuts of the same work, and the best one."""

import math
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Literal

from msgspec import Struct

from lab.plan.chunking_model import CLAIMED, MAX_SLOWDOWN, WORK_S, Cut, best, cut
from lab.plan.cost import lambda_usd
from lab.plan.facts import VCPU_MEMORY
from lab.plan.fanout import PollerMode
from lab.support.provenance import DataFile, provenance

INIT_S = Decimal("0.5")
"""A cold start, assumed [A]: about the time of the pattern's imports, see data/package.json."""

MAX_PIECES = 600
STEPS = 60
"""Points of a drawn line."""

Kind = Literal["warm", "cold", "tens", "at_once"]

KINDS: Mapping[Kind, str] = {
    "warm": "the deployed mapping, warm",
    "cold": "the deployed mapping, cold",
    "tens": "the same, ten pieces an invocation",
    "at_once": "all at once, cold",
}
_MODES: Mapping[Kind, tuple[PollerMode, Decimal, int]] = {
    "warm": ("standard", Decimal(0), 1),
    "cold": ("standard", INIT_S, 1),
    "tens": ("standard", INIT_S, 10),
    "at_once": ("asynchronous", INIT_S, 1),
}


class Estimate(Struct, frozen=True, kw_only=True):
    """A cut by the model, compared with one function that does all the work without a queue."""

    cut: Cut
    usd_over_one: float
    times_sooner: float


class ChunkingFigures(DataFile, frozen=True, kw_only=True):
    """All figures. They are computed; nothing ran."""

    work_s: int
    init_s: float
    memory_mb: int
    patience: float
    model: dict[Kind, list[Estimate]]
    best: Estimate
    """The best number of pieces, with the deployed mapping and cold."""


def chunking_figures() -> ChunkingFigures:
    """Compute all figures."""
    return ChunkingFigures(
        provenance=provenance("lab.measure.chunking", "lab.plan"),
        work_s=WORK_S,
        init_s=float(INIT_S),
        memory_mb=VCPU_MEMORY.value,
        patience=MAX_SLOWDOWN,
        model={kind: estimates(kind, CLAIMED) for kind in KINDS},
        best=_best(),
    )


def estimates(kind: Kind, counts: Iterable[int]) -> list[Estimate]:
    """The model's cuts of one kind, for each number of pieces."""
    return [_estimate(kind, _cut(kind, pieces)) for pieces in counts]


def _best() -> Estimate:
    return _estimate("cold", best(_cut("cold", pieces) for pieces in range(1, MAX_PIECES + 1)))


def _cut(kind: Kind, pieces: int) -> Cut:
    mode, init_seconds, batch = _MODES[kind]
    return cut(pieces, mode=mode, init_seconds=init_seconds, batch=batch)


def _estimate(kind: Kind, one: Cut) -> Estimate:
    _, init_seconds, _ = _MODES[kind]
    alone_s = WORK_S + init_seconds
    alone = lambda_usd(1, alone_s, VCPU_MEMORY.value)
    return Estimate(
        cut=one,
        usd_over_one=round(float(one.usd / alone), 4),
        times_sooner=round(float(alone_s) / one.done_after_s, 3),
    )


def log_spaced_pieces() -> list[int]:
    """Whole numbers from 1 to `MAX_PIECES`, evenly spaced on a logarithmic axis."""
    step = math.log(MAX_PIECES) / (STEPS - 1)
    return sorted({round(math.exp(step * number)) for number in range(STEPS)} | set(CLAIMED))
