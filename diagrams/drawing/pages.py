"""What a page of the site takes over: the figure with its steps in HTML, and the table of evidence.

A page includes them as snippets, `--8<-- "docs/diagrams/batch-fan-out.figure.html"` and
`--8<-- "docs/diagrams/batch-fan-out.evidence.md"`.
"""

import html

from drawing.paint import Drawing, spoken, svg

# A figure is as wide as the column; on a narrower screen it keeps its width, and pans.
_STYLE = (
    ".sheet-figure{margin:1.5em 0}"
    ".sheet-figure .pan{overflow-x:auto;border-radius:8px}"
    ".sheet-figure .pan:focus-visible{outline:2px solid currentColor;outline-offset:3px}"
    ".sheet-figure svg{display:block;width:100%;min-width:LEASTpx;height:auto}"
    ".sheet-figure .skip{position:absolute;left:-9999px}"
    ".sheet-figure .skip:focus{position:static}"
    "@media print{.sheet-figure svg{min-width:0}}"
)
LEAST_TEXT, DRAWN_TEXT = 11, 13  # pixels that the smallest text must keep, and has when drawn


def least_width(drawn: int) -> int:
    """Width in pixels at which a sheet's smallest text is still legible."""
    return -(-drawn * LEAST_TEXT // DRAWN_TEXT)


def figure(drawing: Drawing) -> str:
    """The inline SVG with its numbered steps beside it, for a page. Has no blank line in it."""
    sheet, picture = drawing.sheet, svg(drawing, alone=False)
    width = int(picture.split('viewBox="0 0 ', 1)[1].split(" ", 1)[0])
    style = _STYLE.replace("LEAST", str(least_width(width)))
    style = style.replace(".sheet-figure", f"#{sheet.name}-figure")
    steps = "\n".join(
        f'<li id="{sheet.name}-says-{number}">{html.escape(step)}</li>'
        for number, step in enumerate(sheet.steps, 1)
    )
    title = html.escape(sheet.title)
    return (
        "\n".join(
            line
            for line in (
                f'<figure class="sheet-figure" id="{sheet.name}-figure">',
                f"<style>{style}</style>",
                f'<a class="skip" href="#{sheet.name}-after">Skip the diagram {title}</a>',
                f'<div class="pan" tabindex="0" role="region" aria-label="{title}, diagram">',
                picture,
                "</div>",
                f'<figcaption id="{sheet.name}-after">{html.escape(sheet.about)} '
                f'<a href="NEAR{sheet.name}.svg">Open the sheet alone</a></figcaption>',
                f'<ol class="sheet-steps">\n{steps}\n</ol>' if steps else "",
                "</figure>",
            )
            for line in line.splitlines()
            if line.strip()
        ).replace('href="NEAR', 'href="')
        + "\n"
    )


def evidence_table(drawing: Drawing) -> str:
    """A Markdown table: each arrow, and where the template or the code says it."""
    rows = []
    for arrow, behind in zip(drawing.sheet.arrows, drawing.evidence, strict=True):
        told = "<br>".join(f"`{it}`" if "/" in it else it for it in behind)
        rows.append(f"| {spoken(drawing.sheet, arrow)} | {arrow.kind} | {told} |")
    return "\n".join(["| arrow | kind | evidence |", "|---|---|---|", *rows]) + "\n"
