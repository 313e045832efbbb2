"""Embeds "One peak, two designs": the drawn sheets side by side, which the model sets in motion.

A page says `{{ one_peak() }}`, alone on its line; `one_peak(run=True)` holds it to a recorded run
too. The sheets get ids of their own, so that the page may show the same pictures elsewhere too.
"""

import html
import re
from collections.abc import Mapping
from pathlib import Path

import msgspec

from lab.plan.designs import what_ifs
from lab.plan.verdict import rate_at
from lab.publish.pages import peak_run
from lab.support.paths import DATA

PLACE = '<div class="one-peak-here"></div>'
WITH_RUN = '<div class="one-peak-here" data-with="run"></div>'
SHEETS = {"naive": ("naive-direct-writes",), "buffered": ("on-premises-buffer", "lambda-over-vpn")}
TITLES = {
    "naive": "Each reader writes for itself",
    "buffered": what_ifs()["as-drawn"].title,
}
SCRIPTS = (
    "constants",
    "queues",
    "asking",
    "stages",
    "writers",
    "plan",
    "story",
    "clock-keys",
    "one-peak",
)
RUN_SCRIPTS = ("charts", "one-peak-run")
_SOURCES = ("planner", "peak")
_SVG = re.compile(r"<svg.*</svg>", re.DOTALL)
_FOCUS = re.compile(r' tabindex="0"')
_ROLE = re.compile(r'role="graphics-document document" aria-roledescription="diagram"')
_SYMBOL = re.compile(r' role="graphics-symbol"| role="group"| aria-label="[^"]*"(?= data-| role|>)')


def place(*, run: bool = False) -> str:
    """The block's place in a page: `{{ one_peak() }}`."""
    return WITH_RUN if run else PLACE


def embed(page: str, folder: Path, up: str) -> str:
    """The page with its block; `up` is the relative path from the page to the site's root."""
    for here, run in ((PLACE, False), (WITH_RUN, True)):
        if here in page:
            page = page.replace(here, block(folder, up, run=run))
    return page


def block(folder: Path, up: str, *, run: bool = False) -> str:
    """The block: sentences, the two designs, and the scripts that move them."""
    peak = what_ifs()["as-drawn"].naive
    styles = f'<link rel="stylesheet" href="{up}assets/simulator/one-peak.css">'
    scripts = "".join(
        f'<script src="{up}assets/simulator/{name}.js"></script>\n'
        for name in (*SCRIPTS, *(RUN_SCRIPTS if run else ()))
    )
    designs = "".join(_design(folder, design, names) for design, names in SHEETS.items())
    return (
        f'{styles}\n<div class="one-peak" data-search-exclude>\n'
        f'<p class="op-lead"><strong>One customer sends {peak.receipts:,} receipts. It is the last '
        f"week of January.</strong> The expenses app takes {peak.app_load / peak.knee * 100:.0f}% "
        f"of what the database can, and {peak.app_connections} of its {peak.max_connections} "
        f"connections. The client allows {peak.rate:g} rows a second.</p>\n"
        f'<div class="op-controls"></div>\n<div class="op-designs">\n{designs}</div>\n'
        f'<p class="op-key" hidden></p>\n{_ground(up)}'
        f"{peak_run.section(up) if run else ''}</div>\n{scripts}"
    )


def _ground(up: str) -> str:
    planner, peak = (msgspec.json.decode((DATA / f"{it}.json").read_bytes()) for it in _SOURCES)
    direct, retries = (lost(peak[way]) for way in ("direct", "direct_with_retries"))
    error = f"{100 * planner['median_error']:.1f}%"
    return (
        '<p class="op-ground">By the model. Its times and depths were held to the running system '
        f"(median error {error}, on a laptop with an emulator); its losses were not. It is a "
        f'harsher peak than the <a href="{up}reference/measured.html#the-peak">measured</a> ones. '
        f"In the shorter of those, direct writes lost {100 * direct:.0f}%, with retries "
        f"{100 * retries:.0f}%. Lost is what was refused and nobody sends again. "
        "Nothing here has run on AWS.</p>\n"
    )


def lost(way: Mapping[str, int]) -> float:
    """Of the results of a measured way to write, the share that was lost."""
    return way["rows_lost"] / (way["rows_lost"] + way["rows_written"])


def agents_rate() -> float:
    """Rows a second that the agent reaches here: it is charged once a transaction is answered."""
    peak = what_ifs()["as-drawn"].buffered
    return rate_at(peak, peak.rate)


def ceiling() -> float:
    """Rows a second that the client allows here."""
    return what_ifs()["as-drawn"].buffered.rate


def _design(folder: Path, design: str, names: tuple[str, ...]) -> str:
    title = html.escape(TITLES[design])
    sheets = "".join(
        f'<div class="op-sheet" data-sheet="{name}"{" hidden" if name != names[0] else ""} '
        f'tabindex="0" role="region" aria-label="{title}, picture">'
        f"{_sheet(folder, name)}</div>\n"
        for name in names
    )
    return (
        f'<section class="op-design" data-design="{design}" aria-label="{title}">\n'
        f'<p class="op-title">{title}</p>\n<div class="op-counts"></div>\n{sheets}</section>\n'
    )


def _sheet(folder: Path, name: str) -> str:
    """The drawing as one image with its description; its parts' ids begin with "peak-"."""
    path = folder / f"{name}.figure.html"
    if not path.exists():
        raise FileNotFoundError(f"there is no sheet {name!r}: draw it with `make diagrams`")
    found = _SVG.search(path.read_text())
    if not found:
        raise ValueError(f"{path.name} has no drawing")
    svg = _ROLE.sub('role="img"', _FOCUS.sub("", found[0]))
    svg = _SYMBOL.sub("", svg)
    for before in ('id="', 'href="#', "url(#", 'aria-labelledby="', 'aria-describedby="'):
        svg = svg.replace(f"{before}{name}", f"{before}peak-{name}")
    return svg
