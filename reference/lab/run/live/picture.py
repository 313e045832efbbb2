"""Draws a recorded run as an animated SVG for the README: `receipts-lab demo-picture`.

It moves by CSS alone, and stands still, at the end of the run, for who prefers no motion.
"""

import html
from collections.abc import Callable, Sequence
from itertools import pairwise

import typer
from msgspec import Struct

from lab.run.live.frame import Frame
from lab.run.live.record import RUN, Recording, load
from lab.support.paths import ASSETS

PICTURE = ASSETS / "demo.svg"
WIDTH, HEIGHT = 960, 400
LEFT, TOP, RIGHT, BOTTOM = 56, 92, 660, 350  # of the chart, in pixels
SECONDS, MOVING = 18.0, 0.82
"""The animation's length, and the share of it in which it moves; then it stands still."""

LINE = 42  # pixels from one number to the next

STYLE = """
svg{font-family:Inter,system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;
--paper:#fff;--ink:#16202e;--muted:#4d5b6b;--line:#d9e0e8;
--stored:#3d8763;--read:#e08a1e;--bad:#bf1f2a}
@media(prefers-color-scheme:dark){svg{--paper:#0e1624;--ink:#e9eef6;--muted:#aab8ca;--line:#2b3a52;
--stored:#4d9a75;--read:#d9892b;--bad:#ff8f8f}}
text{fill:var(--ink);font-size:14px}
.paper{fill:var(--paper);stroke:var(--line)}
.title{font-size:19px;font-weight:650}
.muted{fill:var(--muted)}
.n{font-size:34px;font-weight:650}
.stored{fill:var(--stored)}
.read{fill:var(--read)}
.axis{stroke:var(--line);fill:none}
.all{stroke:var(--muted);stroke-dasharray:2 4}
.fault{stroke:var(--bad);stroke-dasharray:4 3}
.said{fill:var(--bad);font-size:13px;paint-order:stroke;stroke:var(--paper);stroke-width:4px}
"""


class _Number(Struct, frozen=True, kw_only=True):
    name: str
    tone: str
    of: Callable[[Frame], int]


NUMBERS = (
    _Number(name="stored", tone="stored", of=lambda f: f.stored),
    _Number(name="read, to be written", tone="read", of=lambda f: f.read),
    _Number(name="to be read", tone="", of=lambda f: f.waiting + f.reading),
    _Number(name="given up, with a reason", tone="", of=lambda f: f.rejected + f.dead),
)
"""What the picture shows beside its curve; they add up to the receipts expected."""

SHORT = (
    ("is killed", "agent killed"),
    ("PostgreSQL is stopped", "database stopped"),
    ("a second time", "all sent twice"),
    ("is none", "a poison photo"),
    ("is cut", "link cut"),
    ("to pause", "agent paused"),
    ("everything is read", "the client allows more"),
)
"""What a line of the log is called in the picture."""


def picture(recording: Recording) -> str:
    """The animated SVG."""
    frames = [frame for frame in recording.frames if frame.expected]
    end, most = frames[-1].at, frames[-1].expected or 1
    start = frames[0].at

    def x(at: float) -> float:
        return round(LEFT + (at - start) / (end - start) * (RIGHT - LEFT), 1)

    def y(count: float) -> float:
        return round(BOTTOM - count / most * (BOTTOM - TOP), 1)

    settled = [f.stored + f.rejected + f.dead for f in frames]
    stored = [(x(f.at), y(it)) for f, it in zip(frames, settled, strict=True)]
    read = [(x(f.at), y(it + f.read)) for f, it in zip(frames, settled, strict=True)]
    marks = _marks(frames, x)
    moves, columns = zip(*(_column(i, it, frames, x) for i, it in enumerate(NUMBERS)), strict=True)
    when = recording.provenance
    faults = [short for _, short in _events(frames) if short != SHORT[-1][1]]
    title = f"One request, {frames[0].expected} receipts, {len(faults)} faults on the way"
    if (verdict := frames[-1].verdict) and verdict.right:
        title += ": nothing is lost"
    spoken = html.escape(f"{title}. {', '.join(faults)}. At the end {_sum(frames[-1])}.")
    made = (
        f"A recording of `make demo`: {when.date}, {when.cores} cores, {end - start:.0f} s; "
        "an emulator of AWS, a real PostgreSQL"
    )
    floor = [(stored[0][0], BOTTOM), (stored[-1][0], BOTTOM)]
    return f"""\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" \
aria-label="{spoken}">
<style>{STYLE}{_reveal()}{"".join(moves)}</style>
<rect class="paper" x=".5" y=".5" width="{WIDTH - 1}" height="{HEIGHT - 1}" rx="12"/>
<text class="title" x="24" y="36">{html.escape(title)}</text>
<text class="muted" x="24" y="58">{html.escape(made)}</text>
<clipPath id="seen"><rect class="reveal" x="{LEFT}" width="{RIGHT - LEFT + 2}" \
height="{HEIGHT}"/></clipPath>
<path class="axis all" d="M{LEFT} {y(most)}H{RIGHT}"/>
<text class="muted" x="{LEFT - 8}" y="{y(most) + 5}" text-anchor="end">{most}</text>
<g clip-path="url(#seen)"><path class="read" d="{_area(read, stored)}"/>\
<path class="stored" d="{_area(stored, floor)}"/>{marks}</g>
<path class="axis" d="M{LEFT} {BOTTOM}H{RIGHT}"/>
<text class="muted" x="{LEFT}" y="{BOTTOM + 24}">time →</text>
{"".join(columns)}
<text class="muted" x="{RIGHT + 40}" y="{BOTTOM + 24}">together: all {most}, at any time</text>
</svg>
"""


def _sum(frame: Frame) -> str:
    return (
        f"{frame.expected} = {frame.stored} stored + {frame.rejected} rejected + {frame.dead}"
        " dead-lettered"
    )


def _events(frames: Sequence[Frame]) -> list[tuple[float, str]]:
    return [
        (frame.at, short)
        for frame in frames
        for line in frame.said
        for part, short in SHORT
        if part in line
    ]


def _marks(frames: Sequence[Frame], x: Callable[[float], float]) -> str:
    """A dashed line for each thing that was broken, its words beside it, no two on a line."""
    return "".join(
        f'<path class="fault" d="M{x(at)} {TOP - 12}V{BOTTOM}"/><text class="said" '
        f'x="{x(at) - 5}" y="{TOP + 14 + 19 * (i % 4)}" text-anchor="end">{short}</text>'
        for i, (at, short) in enumerate(_events(frames))
    )


def _area(upper: Sequence[tuple[float, float]], lower: Sequence[tuple[float, float]]) -> str:
    points = [*upper, *reversed(lower)]
    return "M" + "L".join(f"{px} {py}" for px, py in points) + "Z"


def _reveal() -> str:
    rest = 100 * MOVING
    return (
        f".reveal{{transform-origin:{LEFT}px 0;animation:reveal {SECONDS}s linear infinite}}"
        f"@keyframes reveal{{0%{{transform:scaleX(0)}}{rest:g}%,100%{{transform:scaleX(1)}}}}"
        "@media(prefers-reduced-motion:reduce){.reveal,.strip{animation:none!important}}"
    )


def _column(
    place: int, number: _Number, frames: Sequence[Frame], x: Callable[[float], float]
) -> tuple[str, str]:
    """The keyframes of one number, and its values below each other behind a window."""
    values = [(x(frame.at), number.of(frame)) for frame in frames]
    changes = [values[0], *(b for a, b in pairwise(values) if a[1] != b[1])]
    share = [100 * MOVING * (at - LEFT) / (RIGHT - LEFT) for at, _ in changes]
    frames_css = "".join(
        f"{at:.1f}%{{transform:translateY({-LINE * i}px)}}" for i, at in enumerate(share)
    )
    last = -LINE * (len(changes) - 1)
    move = (
        f".s{place}{{transform:translateY({last}px);"
        f"animation:m{place} {SECONDS}s step-end infinite}}"
        f"@keyframes m{place}{{{frames_css}100%{{transform:translateY({last}px)}}}}"
    )
    left, top = RIGHT + 40, TOP + 66 * place
    texts = "".join(
        f'<text class="n" x="{left + 14}" y="{top + 30 + LINE * i}">{value}</text>'
        for i, (_, value) in enumerate(changes)
    )
    column = (
        f'<clipPath id="w{place}"><rect x="{left}" y="{top - 2}" width="240" height="{LINE - 2}"/>'
        f'</clipPath><rect x="{left}" y="{top}" width="4" height="56" '
        f'class="{number.tone or "muted"}"/><g clip-path="url(#w{place})">'
        f'<g class="strip s{place}">{texts}</g></g>'
        f'<text class="muted" x="{left + 14}" y="{top + 52}">{number.name}</text>'
    )
    return move, column


def demo_picture() -> None:
    """Draw the README's animation from the recorded run in docs/data."""
    PICTURE.write_text(picture(load(RUN)), encoding="utf-8")
    typer.echo(f"{PICTURE.name}: {PICTURE.stat().st_size / 1000:.0f} kB")
