"""The charts of risk and coverage: what is taken unseen, and how much of it is wrong."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from lab.measure.reading.bench import EngineResult
from lab.measure.reading.risk import CURVES, Curve, share_interval
from lab.support.charts import (
    Axis,
    Bar,
    Chart,
    Column,
    Group,
    Interval,
    Line,
    Panel,
    Row,
    Rows,
    Text,
    html_table,
    save,
)

INKS = (("data", ""), ("failure", "7 4"), ("calm", ""), ("signal", "2 4"), ("gold", ""))
"""Of the engines, in the order of the results; dashes tell those apart who see no colours."""

NAMES = {"total": "total", "date": "date", "merchant": "merchant", "receipt": "whole receipt"}
FEW = 100
"""A set of fewer receipts has no curve: one receipt would be a step of a percent and more."""

WIDTH, NAME_PIXELS = 400, 92
"""Pixels: what a phone shows without scrolling, and what an engine's name takes of it."""

LONGEST_AXIS = 0.6
"""The largest share of wrong ones that a row's axis shows."""


def draw(results: Sequence[EngineResult], folder: Path) -> list[Path]:
    """Write the curves of large sets, and of each set what the usual thresholds take; the paths."""
    sets = list(dict.fromkeys(one.set for one in results))
    of = {name: [one for one in results if one.set == name] for name in sets}
    large = [some for some in of.values() if some[0].score.receipts >= FEW]
    drawn = [save(curves_chart(some), curves_table(some), folder) for some in large]
    return drawn + [save(rows_chart(some), rows_table(some), folder) for some in of.values()]


def curves_chart(results: Sequence[EngineResult]) -> Chart:
    """The risk of each engine on one set over its coverage, a panel for each field."""
    count = results[0].score.receipts
    return Chart(
        name=f"reading-risk-{results[0].set}",
        title=f"Wrong among the surest, {results[0].set}",
        description="Each line begins with the receipts that an engine was surest of, and ends "
        "with all of them. " + " ".join(_ends(results)),
        across=Axis(
            low=0,
            high=100,
            ticks=tuple((at, f"{at}%") for at in (0, 25, 50, 75, 100)),
            log=False,
            label=f"taken, of {count} receipts, the surest first",
        ),
        panels=tuple(_panel(results, field) for field in CURVES),
        width=WIDTH,
        names=NAME_PIXELS,
    )


def _panel(results: Sequence[EngineResult], field: str) -> Panel:
    lines = tuple(
        Line(
            name=one.engine,
            points=tuple(
                (100 * it.taken / curve.receipts, 100 * it.wrong / it.taken) for it in curve.points
            ),
            ink=ink,
            dash=dash,
        )
        for one, (ink, dash) in zip(results, INKS, strict=False)
        if (curve := _curve(one, field)).points
    )
    highest = max((y for line in lines for _, y in line.points), default=0.0)
    high = next(it for it in (5, 10, 20, 40, 60, 80, 100) if it >= highest)
    ticks = tuple((at, f"{at:g}%") for at in (0, high / 2, high))
    axis = Axis(low=0, high=high, ticks=ticks, log=False)
    return Panel(title=f"{NAMES[field]}: wrong of the taken", axis=axis, lines=lines, height=90)


def _curve(result: EngineResult, field: str) -> Curve:
    return next(it for it in result.curves if it.field == field)


def _ends(results: Sequence[EngineResult]) -> Iterator[str]:
    for field in CURVES:
        counts = (
            f"{one.engine} {it.points[-1].wrong} of {it.points[-1].taken}"
            for one in results
            if (it := _curve(one, field)).points
        )
        yield f"{NAMES[field].capitalize()}, all taken: wrong are {', '.join(counts)}."


def curves_table(results: Sequence[EngineResult]) -> str:
    """The points of the curves."""
    rows = [
        (NAMES[field], one.engine, it.confidence, it.taken, it.wrong)
        for field in CURVES
        for one in results
        for it in _curve(one, field).points
    ]
    return html_table(("field", "engine", "confidence at least", "taken", "wrong"), rows)


def rows_chart(results: Sequence[EngineResult]) -> Rows:
    """What each engine on one set takes by the usual thresholds, and how much of it is wrong."""
    count = results[0].score.receipts
    return Rows(
        name=f"reading-taken-{results[0].set}",
        title=f"Taken unseen, {results[0].set}",
        description="; ".join(
            f"{NAMES[field]}, {one.engine}: {it.wrong} of {it.taken} taken are wrong"
            for field in CURVES
            for one in results
            if (it := _curve(one, field).usual)
        )
        + ".",
        labels=92,
        columns=(
            Column(
                title="taken",
                width=100,
                note=f"of {count}",
                axis=Axis(low=0, high=count, log=False),
            ),
            Column(
                title="share wrong",
                width=110,
                note="95% interval",
                axis=Axis(
                    low=0,
                    high=LONGEST_AXIS,
                    ticks=tuple((it, f"{it:.0%}") for it in (0, 0.2, 0.4, 0.6)),
                    log=False,
                ),
            ),
            Column(title="wrong", width=48, note="of these"),
        ),
        groups=tuple(
            Group(NAMES[field], tuple(_row(one, _curve(one, field)) for one in results))
            for field in CURVES
        ),
        notes=tuple(_notes(results)) if len(results) > 1 else (),
    )


def _row(result: EngineResult, curve: Curve) -> Row:
    taken, wrong = curve.usual.taken, curve.usual.wrong
    low, high = share_interval(wrong, taken)
    share = wrong / taken if taken else 0.0
    ink = "data" if taken else "muted"
    interval = Interval(low=low, value=share, high=high, ink=ink)
    return Row(result.engine, (Bar(taken, str(taken)), interval, Text(str(wrong))))


def _notes(results: Sequence[EngineResult]) -> Iterator[str]:
    """Which fields' intervals all overlap, and which engines' lie apart."""
    apart = {field: _apart(results, field) for field in CURVES}
    if alike := [NAMES[field] for field in CURVES if not apart[field]]:
        yield f"All intervals overlap: {', '.join(alike)}."
    for field in CURVES:
        for above, below in apart[field].items():
            yield f"{NAMES[field]}: less is wrong with {' and '.join(below)}"
            yield f"than with {' and '.join(above)}."


def _apart(results: Sequence[EngineResult], field: str) -> dict[tuple[str, ...], list[str]]:
    """Engines whose intervals lie below those of others, by these others."""
    reach = {
        one.engine: share_interval(it.wrong, it.taken)
        for one in results
        if (it := _curve(one, field).usual)
    }
    found: dict[tuple[str, ...], list[str]] = {}
    for engine, (_, high) in reach.items():
        if above := tuple(name for name, (low, _) in reach.items() if low > high):
            found.setdefault(above, []).append(engine)
    return found


def rows_table(results: Sequence[EngineResult]) -> str:
    """The counts and intervals of the rows."""
    rows = []
    for field in CURVES:
        for one in results:
            usual = _curve(one, field).usual
            low, high = share_interval(usual.wrong, usual.taken)
            interval = f"{100 * low:.1f} to {100 * high:.1f}%"
            rows.append(
                (NAMES[field], one.engine, usual.confidence, usual.taken, usual.wrong, interval)
            )
    heads = ("field", "engine", "confidence at least", "taken", "wrong", "wrong, 95%")
    return html_table(heads, rows)
