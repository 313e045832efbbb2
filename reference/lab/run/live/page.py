"""The live page: the site's own sheet, styles and scripts around one fragment of HTML."""

from lab.support.paths import DOCS, LAB

SHEET = "whole-system"
FRAGMENT = LAB / "run" / "live" / "live.html"
"""The page's own part; the page of the recorded run includes it, too."""

SCRIPTS = ("live/sheet.js", "live/view.js", "live/details.js", "live/live.js")
"""In this order. The recorded run's page has `replay.js` in place of the last."""


def page(*, corrects: bool = False) -> str:
    """The page, without anything that a receipt says: that comes as data, and is shown as text.

    `corrects` is whether somebody takes corrections.
    """
    figure = (DOCS / "diagrams" / f"{SHEET}.figure.html").read_text(encoding="utf-8")
    fragment = FRAGMENT.read_text(encoding="utf-8")
    names = ("agent/parts.js", *SCRIPTS)
    scripts = "".join(f'<script defer src="assets/{name}"></script>' for name in names)
    if corrects:
        scripts += (
            '<script defer src="assets/live/correct.js"></script>'
            '<link rel="stylesheet" href="assets/live/correct.css">'
        )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        "<title>Receipts, live</title>"
        '<link rel="icon" href="assets/site/mark.svg">'
        '<link rel="stylesheet" href="assets/site/site.css">'
        '<link rel="stylesheet" href="assets/agent/alone.css">'
        '<link rel="stylesheet" href="assets/agent/parts.css">'
        '<link rel="stylesheet" href="assets/live/live.css">'
        f'{scripts}</head><body class="rl-alone" data-md-color-scheme="default">'
        '<main><h1>Receipts, live</h1><p class="rl-lead">One request, every real part, on this '
        "machine. Break something: the equation comes right again.</p>"
        f'{fragment}<div hidden class="rl-sheet-source">{figure}</div></main></body></html>'
    )
