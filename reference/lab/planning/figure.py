"""The figure of the scale study, as SVG, light and dark: one line a limit, 1 is where it binds."""

import math
from itertools import pairwise
from pathlib import Path
from xml.sax.saxutils import escape

import msgspec

from lab.planning.parameters import DAY
from lab.planning.scale import ROOT, Scale
from lab.planning.words import duration, number

FOLDER = ROOT / "docs" / "assets" / "figures"
PAGE = ROOT / "docs" / "data" / "scale.figure.html"
WIDTH, HEIGHT = 860, 500
LEFT, RIGHT, TOP, BOTTOM = 62, 158, 58, 62
LOW, HIGH = 0.001, 1000.0
"""Of the vertical axis; a share below is drawn at the bottom."""

TITLE = "Which limit binds, by receipts in the last week of January"

DASHES = {"wait": "", "concurrency": "9 4", "rate": "2 4", "retention": "12 3 2 3", "cost": "5 3"}


class Look(msgspec.Struct, frozen=True):
    """Colours of one scheme; each is readable on its paper (contrast 4.5 and more)."""

    paper: str
    ink: str
    faint: str
    over: str
    lines: dict[str, str]


LIGHT = Look(
    "#ffffff",
    "#22262b",
    "#d5d9de",
    "#fbeeea",
    {
        "wait": "#1f5fa8",
        "concurrency": "#7a4fa3",
        "rate": "#b4451f",
        "retention": "#2a7348",
        "cost": "#7d6200",
    },
)
DARK = Look(
    "#1e2129",
    "#e6e9ee",
    "#3a404c",
    "#33262a",
    {
        "wait": "#82b6f2",
        "concurrency": "#c7a6ef",
        "rate": "#f29a78",
        "retention": "#79cc9b",
        "cost": "#dcbf52",
    },
)


NAMES = ("ink", "faint", "over")
ON_THE_PAGE = Look(
    paper="transparent",
    **{name: f"var(--scale-{name})" for name in NAMES},
    lines={limit: f"var(--scale-{limit})" for limit in LIGHT.lines},
)
"""The look that follows the site's own switch."""


def draw(scale: Scale, look: Look) -> str:
    """The figure as SVG text."""
    least, most = scale.points[0].receipts, scale.points[-1].receipts

    def across(receipts: float) -> float:
        part = math.log(receipts / least) / math.log(most / least)
        return LEFT + part * (WIDTH - LEFT - RIGHT)

    def down(share: float) -> float:
        part = math.log(min(max(share, LOW), HIGH) / LOW) / math.log(HIGH / LOW)
        return HEIGHT - BOTTOM - part * (HEIGHT - TOP - BOTTOM)

    right, bottom = WIDTH - RIGHT, HEIGHT - BOTTOM
    parts = [
        _opening(look),
        f'<title id="scale-title">{TITLE}</title>',
        f'<desc id="scale-said">{escape(described(scale))}</desc>',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{look.paper}"/>',
        _band(LEFT, TOP, right, down(1), look.over),
        f'<text x="{LEFT}" y="24" font-size="17" font-weight="600">{TITLE}</text>',
        _text(LEFT, 44, "use of each limit (1: it binds), by the model", "start"),
    ]
    for power in range(round(math.log10(LOW)), round(math.log10(HIGH)) + 1):
        y = down(10.0**power)
        parts.append(_rule(LEFT, y, right, y, look.ink if power == 0 else look.faint))
        parts.append(_text(LEFT - 8, y + 5, f"{10.0**power:,g}", "end"))
    for power in range(3, 8):
        x = across(10.0**power)
        parts.append(_rule(x, TOP, x, bottom, look.faint))
        parts.append(_text(x, bottom + 22, f"{10**power:,}", "middle"))
    parts.append(_text((LEFT + right) / 2, bottom + 46, "receipts in the week", "middle"))
    parts.append(_text(LEFT + 8, down(1) - 7, "binds", "start"))
    ends = {limit: down(scale.points[-1].shares[limit]) for limit in scale.limits}
    places = _apart(ends)
    for limit, colour in look.lines.items():
        marks = [(across(one.receipts), down(one.shares[limit])) for one in scale.points]
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in marks)
        dash = f' stroke-dasharray="{DASHES[limit]}"' if DASHES[limit] else ""
        parts.append(
            f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2.5"{dash}/>'
        )
        parts.append(
            f'<path d="M{right + 3},{ends[limit]:.1f} L{right + 14},{places[limit]:.1f}" '
            f'stroke="{colour}" fill="none"/>'
            f'<text x="{right + 18}" y="{places[limit] + 5:.1f}" fill="{colour}" '
            f'font-weight="600">{escape(scale.limits[limit].name)}</text>'
        )
    return "\n".join([*parts, "</svg>"]) + "\n"


def described(scale: Scale) -> str:
    """The figure in words."""
    said = []
    for limit, told in scale.limits.items():
        size = scale.binds_from[limit]
        where = f"from {size:,} receipts" if size else "nowhere in this range"
        said.append(f"{told.name} ({told.says}) binds {where}")
    return "; ".join(said) + "."


def _opening(look: Look) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-labelledby="scale-title scale-said" font-family="system-ui, sans-serif" '
        f'font-size="14" fill="{look.ink}">'
    )


def _band(x1: float, y1: float, x2: float, y2: float, colour: str) -> str:
    size = f'width="{x2 - x1:.1f}" height="{y2 - y1:.1f}"'
    return f'<rect x="{x1}" y="{y1}" {size} fill="{colour}"/>'


def _rule(x1: float, y1: float, x2: float, y2: float, colour: str) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}"/>'


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def _apart(heights: dict[str, float], gap: float = 20) -> dict[str, float]:
    """The same heights, moved until no two labels touch."""
    order = sorted(heights, key=heights.__getitem__)
    places = dict(heights)
    for above, below in pairwise(order):
        places[below] = max(places[below], places[above] + gap)
    return places


def on_the_page(scale: Scale) -> str:
    """The figure and the table of its numbers, as HTML for a page of the site."""
    rows = "\n".join(
        f"<tr><th scope=row>{point.receipts:,}</th>"
        + "".join(f"<td>{number(point.shares[limit])}</td>" for limit in scale.limits)
        + f"<td>{duration(point.stored_after_days * DAY)}</td><td>{number(point.usd)}</td></tr>"
        for point in scale.points
    )
    heads = "".join(f"<th scope=col>{escape(told.name)}</th>" for told in scale.limits.values())
    changes = "\n".join(
        f"<li><strong>{escape(told.name)}</strong> ({escape(told.says)}): "
        f"{_from(scale.binds_from[limit])} {escape(told.change)}</li>"
        for limit, told in scale.limits.items()
    )
    return f"""<figure class="scale-figure">
<style>
.scale-figure.scale-figure {{ {_variables(LIGHT)} width: 100%; max-width: none; text-align: left; }}
[data-md-color-scheme="slate"] .scale-figure.scale-figure {{ {_variables(DARK)} }}
.scale-figure .pan {{ overflow-x: auto; }}
.scale-figure svg {{ display: block; width: 100%; min-width: 600px; height: auto; }}
</style>
<div class="pan" tabindex="0" role="region" aria-label="Figure">
{draw(scale, ON_THE_PAGE)}</div>
<ul>
{changes}
</ul>
<details><summary>The same numbers as a table</summary>
<div class="pan" tabindex="0" role="region" aria-label="Table"><table>
<thead><tr><th scope=col>receipts</th>{heads}<th scope=col>stored after</th>
<th scope=col>USD, dated prices</th></tr></thead>
<tbody>
{rows}
</tbody></table></div></details>
</figure>
"""


def _from(size: int | None) -> str:
    return f"binds from about {size:,} receipts." if size else "does not bind in this range."


def _variables(look: Look) -> str:
    named = {name: getattr(look, name) for name in NAMES} | look.lines
    return " ".join(f"--scale-{name}: {colour};" for name, colour in named.items())


def save(scale: Scale, folder: Path = FOLDER) -> list[Path]:
    """Write both looks and the page's figure; returns the files."""
    folder.mkdir(parents=True, exist_ok=True)
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(on_the_page(scale), encoding="utf-8")
    written = [PAGE]
    for name, look in (("scale-light.svg", LIGHT), ("scale-dark.svg", DARK)):
        path = folder / name
        path.write_text(draw(scale, look), encoding="utf-8")
        written.append(path)
    return written
