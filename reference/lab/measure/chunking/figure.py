"""The chart of the chunking law: cost and speed of each cut, and the best one."""

from pathlib import Path

from lab.measure.chunking.estimates import (
    KINDS,
    ChunkingFigures,
    Estimate,
    Kind,
    estimates,
    log_spaced_pieces,
)
from lab.plan.chunking_model import CLAIMED
from lab.support.charts import Axis, Chart, Line, Panel, html_table, save

DRAWN: dict[Kind, tuple[str, str, str]] = {
    "warm": ("deployed, warm", "calm", "7 4"),
    "cold": ("deployed, cold", "data", ""),
    "at_once": ("all at once, cold", "failure", "2 4"),
}


def draw(study: ChunkingFigures, folder: Path) -> list[Path]:
    """Write the page's fragment; returns its path."""
    return [save(chart(study), table(study), folder)]


def chart(study: ChunkingFigures) -> Chart:
    """The chart, with the model as lines."""
    last = CLAIMED[-1]
    curves = {kind: estimates(kind, log_spaced_pieces()) for kind in DRAWN}
    dearest = max(it.usd_over_one for curve in curves.values() for it in curve)
    soonest = max(it.times_sooner for curve in curves.values() for it in curve)
    sooner = [_line(kind, curve, "times_sooner") for kind, curve in curves.items()]
    return Chart(
        name="chunking",
        title=f"{study.work_s} s of work, cut into pieces",
        description=_description(study),
        across=Axis(
            low=1,
            high=last,
            ticks=tuple((count, str(count)) for count in CLAIMED),
            label="pieces",
        ),
        panels=(
            Panel(
                title="cost, times that of one function",
                axis=Axis(low=0.9, high=dearest * 1.1, ticks=_ticks(dearest, (1, 1.5, 2, 3, 5))),
                lines=(
                    Line(name="GB-seconds alone", points=((1, 1), (last, 1)), ink="muted"),
                    *(_line(kind, curve, "usd_over_one") for kind, curve in curves.items()),
                ),
            ),
            Panel(
                title="done so many times sooner than by one function",
                axis=Axis(low=0.8, high=soonest * 1.2, ticks=_ticks(soonest, (1, 3, 10, 30, 100))),
                lines=tuple(sooner),
            ),
        ),
        mark=(study.best.cut.pieces, f"best: {_best(study)}"),
    )


def _best(study: ChunkingFigures) -> str:
    pieces = study.best.cut.pieces
    return f"{pieces} pieces of {study.work_s / pieces:.1f} s"


def _ticks(highest: float, values: tuple[float, ...]) -> tuple[tuple[float, str], ...]:
    return tuple((value, f"{value:g}×") for value in values if value <= highest)


def _line(kind: Kind, curve: list[Estimate], what: str) -> Line:
    name, ink, dash = DRAWN[kind]
    points = tuple((it.cut.pieces, float(getattr(it, what))) for it in curve)
    return Line(name=name, points=points, ink=ink, dash=dash)


def _description(study: ChunkingFigures) -> str:
    sentences = [f"The best cut with the deployed mapping is {_best(study)}"]
    for kind in DRAWN:
        finest = study.model[kind][-1]
        sentences.append(
            f"{KINDS[kind]}: {finest.cut.pieces} pieces cost {finest.usd_over_one:.2f} times "
            f"as much and are done {finest.times_sooner:.0f} times sooner"
        )
    return "; ".join(sentences) + "."


def table(study: ChunkingFigures) -> str:
    """The model's cuts as an HTML table."""
    heads = ("how", "pieces", "invocations", "cold starts", "billed", "SQS calls", "done after")
    rows = (_row(KINDS[kind], it) for kind in KINDS for it in study.model[kind])
    return html_table((*heads, "cost, of one"), rows, named=True)


def _row(kind: str, it: Estimate) -> tuple[object, ...]:
    one = it.cut
    return (
        kind,
        one.pieces,
        one.invocations,
        one.cold_starts,
        f"{one.billed_seconds:.1f} s",
        f"{one.queue_calls:,}",
        f"{one.done_after_s:.1f} s",
        f"{it.usd_over_one:.3f}",
    )
