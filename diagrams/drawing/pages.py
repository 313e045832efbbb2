"""Fragments for the site's pages: the figure with its steps in HTML, and the table of evidence.

A page includes them as snippets, `--8<-- "docs/diagrams/batch-fan-out.figure.html"` and
`--8<-- "docs/diagrams/batch-fan-out.evidence.md"`.
"""

import html

from drawing.layout import Drawing, accessible_text
from drawing.paint import svg

# A figure is as wide as the column; on a narrow screen it keeps a legible width and scrolls.
_STYLE = (
    "#FIGURE{display:block;width:auto;max-width:none;margin:1.5em 0;text-align:left}"
    "#FIGURE figcaption{max-width:none;margin:.8em 0;text-align:left}"
    "#FIGURE li::marker{font-weight:600}"
    "#FIGURE .pan{overflow-x:auto}"
    "#FIGURE .pan:focus-visible{outline:2px solid currentColor;outline-offset:3px}"
    "#FIGURE svg{display:block;width:100%;min-width:LEASTpx;height:auto}"
    "#FIGURE .skip{position:absolute;left:-9999px}"
    "#FIGURE .skip:focus{position:static}"
    "@media print{#FIGURE svg{min-width:0}}"
)
LEAST_TEXT, DRAWN_TEXT = 11, 13  # pixels: the smallest text's least size, and its size as drawn


def least_width(drawn: int) -> int:
    """The width in pixels at which a sheet's smallest text is still legible."""
    return -(-drawn * LEAST_TEXT // DRAWN_TEXT)


def figure(drawing: Drawing) -> str:
    """The inline SVG with its numbered steps, for a page; without blank lines."""
    sheet, picture = drawing.sheet, svg(drawing, alone=False)
    name, title = sheet.name, html.escape(sheet.title)
    width = int(picture.split('viewBox="0 0 ', 1)[1].split(" ", 1)[0])
    style = _STYLE.replace("LEAST", str(least_width(width))).replace("FIGURE", f"{name}-figure")
    steps = [
        f'<li id="{name}-says-{number}">{html.escape(step)}</li>'
        for number, step in enumerate(sheet.steps, 1)
    ]
    lines = [
        f'<figure class="sheet-figure" id="{name}-figure">',
        f"<style>{style}</style>",
        f'<a class="skip" href="#{name}-after">Skip the diagram</a>',
        f'<div class="pan" tabindex="0" role="region" aria-label="{title}, diagram">',
        picture,
        "</div>",
        f'<figcaption id="{name}-after">{html.escape(sheet.about)}</figcaption>',
        '<ol class="sheet-steps">',
        *steps,
        "</ol>",
        "</figure>",
    ]
    # A blank line would end the block of HTML in the page's Markdown.
    return "".join(f"{it}\n" for it in "\n".join(lines).splitlines() if it.strip())


def evidence_table(drawing: Drawing) -> str:
    """A Markdown table of each arrow and its evidence in the template or the code."""
    rows = []
    for arrow, behind in zip(drawing.sheet.arrows, drawing.evidence, strict=True):
        cell = "<br>".join(f"`{it}`" if "/" in it else it for it in behind)
        rows.append(f"| {accessible_text(drawing.sheet, arrow)} | {arrow.kind} | {cell} |")
    return "\n".join(["| arrow | kind | evidence |", "|---|---|---|", *rows]) + "\n"
