"""Colours and typography of all sheets, for light and dark mode: the one place to change them."""

from collections.abc import Callable

from drawing import fonts

LIGHT = {
    "paper": "#ffffff",
    "ink": "#16202e",
    "muted": "#4d5b6b",
    "cloud": "#f7f9fc",
    "cloud-line": "#b9c5d3",
    "stage": "#ebf0f6",
    "vpc": "#f4f0fe",
    "vpc-line": "#7c5cd6",
    "vpc-ink": "#5b3cb8",
    "premises": "#eef7f2",
    "premises-line": "#3d8763",
    "premises-ink": "#1f6244",
    "request": "#445163",
    "data": "#0a5fc4",
    "failure": "#bf1f2a",
    "signal": "#6a3fc0",
    "badge": "#16202e",
    "on-badge": "#ffffff",
}
DARK = {
    "paper": "#0e1624",
    "ink": "#e9eef6",
    "muted": "#aab8ca",
    "cloud": "#121d2e",
    "cloud-line": "#41546c",
    "stage": "#1a283c",
    "vpc": "#1e1b37",
    "vpc-line": "#8f75e0",
    "vpc-ink": "#c3b0ff",
    "premises": "#12261f",
    "premises-line": "#4d9a75",
    "premises-ink": "#8fd6b4",
    "request": "#b3c0d0",
    "data": "#6fb4ff",
    "failure": "#ff8f8f",
    "signal": "#c2a8ff",
    "badge": "#e9eef6",
    "on-badge": "#0e1624",
}

# `$name` stands for a colour above.
_RULES = """
.sheet{font-family:$stack;color:$ink}
.sheet text{fill:$ink;font-size:14px}
.sheet .heading{font-size:22px;font-weight:600;letter-spacing:-.01em}
.sheet .about{font-size:15px;fill:$muted}
.sheet .paper{fill:$paper}
.sheet .stamp rect{fill:none;stroke:$failure;stroke-width:1.5}
.sheet .stamp text{fill:$failure;font-weight:600;text-anchor:middle}
.sheet .zone>rect{fill:$stage}
.sheet .zone>text{font-weight:600;fill:$muted}
.sheet .cloud>rect{fill:$cloud;stroke:$cloud-line;stroke-width:1.2}
.sheet .cloud>text{fill:$ink}
.sheet .vpc>rect{fill:$vpc;stroke:$vpc-line;stroke-width:1.2}
.sheet .vpc>text{fill:$vpc-ink}
.sheet .premises>rect{fill:$premises;stroke:$premises-line;stroke-width:1.6}
.sheet .premises>text{fill:$premises-ink}
.sheet .node .part rect{fill:$paper;stroke:$premises-line;stroke-width:1.2}
.sheet .node .part text{fill:$ink}
.sheet .node .behind{opacity:.38}
.sheet .node text{text-anchor:middle}
.sheet .node .title{font-size:15px;font-weight:600}
.sheet .node .service{font-size:13px;fill:$muted}
.sheet .node .peril{fill:$failure}
.sheet .node .live-room{display:none;fill:$paper;stroke:$data;stroke-width:1.4}
.sheet .node .live{fill:$data;font-size:13px;font-weight:600}
.sheet .arrow path{fill:none;stroke:$request;stroke-width:1.7}
.sheet .arrow .opener{fill:$paper;stroke:$request;stroke-width:1.7}
.sheet .arrow.data path{stroke:$data;stroke-width:2.2}
.sheet .arrow.data .head{fill:$data}
.sheet .arrow.data .opener{stroke:$data}
.sheet .arrow.failure path{stroke:$failure;stroke-dasharray:6 4}
.sheet .arrow.failure .head{fill:$failure}
.sheet .arrow.signal path{stroke:$signal;stroke-dasharray:1.5 4;stroke-linecap:round}
.sheet .arrow.signal .head{fill:$signal}
.sheet .arrow path.head{stroke:none;stroke-dasharray:none}
.sheet .arrow.request path{stroke-width:1.2}
.sheet .arrow.request path.head{stroke:$request}
.sheet .arrow path.reach{stroke:transparent;stroke-width:14;stroke-dasharray:none}
.sheet .words text{paint-order:stroke;stroke-width:4px;stroke-linejoin:round;
stroke:$paper;fill:$request}
.sheet .words.on-cloud text{stroke:$cloud}
.sheet .words.on-stage text{stroke:$stage}
.sheet .words.on-vpc text{stroke:$vpc}
.sheet .words.on-premises text{stroke:$premises}
.sheet .words.data text{fill:$data}
.sheet .words.failure text{fill:$failure}
.sheet .words.signal text{fill:$signal}
.sheet .badge circle{fill:$badge}
.sheet .badge text{fill:$on-badge;font-size:13px;font-weight:600;text-anchor:middle;stroke:none}
.sheet .bar circle{fill:$failure}
.sheet .bar path{fill:none;stroke:$paper;stroke-width:2.2;stroke-linecap:round}
.sheet .badge-more{display:none}
.sheet .step>text{font-size:14.5px}
.sheet .key text{fill:$muted}
.sheet .ink{flood-color:$ink}
"""
# Only for an SVG with a pointer and a keyboard; a PNG has neither.
_INTERACTIVE = """
.sheet .node,.sheet .arrow{outline:none}
.sheet .node:focus-visible .ring,.sheet .node:hover .ring{stroke:var(--data)}
.sheet .node .ring{fill:none;stroke:transparent;stroke-width:2}
.sheet .arrow:hover path:not(.head):not(.reach),
.sheet .arrow:focus-visible path:not(.head):not(.reach){stroke-width:3.4}
.sheet .pointed .badge-more{display:inline}
.sheet .node .live-room:has(+.live:not(:empty)){display:inline}
@media print{.sheet{break-inside:avoid}}
"""

# In a page the paper has the page's own colour, by Material for MkDocs' name for it.
_PAGE = "var(--md-default-bg-color,{})"


def css(*, alone: bool) -> str:
    """Style of an SVG; alone it follows the system's light or dark mode, in a page the page's."""
    variables = _rules("var(--{})".format)
    light, dark = (
        "".join(
            f"--{name}:{colour if alone or name != 'paper' else _PAGE.format(colour)};"
            for name, colour in colours.items()
        )
        for colours in (LIGHT, DARK)
    )
    if alone:
        switch = f"@media screen and (prefers-color-scheme:dark){{.sheet{{{dark}}}}}"
    else:
        switch = f"@media screen{{[data-md-color-scheme=slate] .sheet{{{dark}}}}}"
    return f"{fonts.face_css()}\n.sheet{{{light}}}\n{switch}\n{variables}{_INTERACTIVE}"


def flat_css(*, dark: bool) -> str:
    """Style of a PNG: the rasteriser knows no CSS variables, so colours are literal."""
    colours = DARK if dark else LIGHT
    return _rules(colours.__getitem__)


def _rules(colour: Callable[[str], str]) -> str:
    rules = _RULES.replace("$stack", fonts.STACK)
    # Longest first: `$data` must not match inside a longer name.
    for name in sorted(LIGHT, key=len, reverse=True):
        rules = rules.replace(f"${name}", colour(name))
    return rules.strip() + "\n"
