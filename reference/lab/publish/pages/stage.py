"""What the script of pictures needs: panels, hints and minutes as JSON, and its files."""

import html
import re
from pathlib import Path
from textwrap import dedent
from typing import Any

import markdown
import msgspec

from lab.publish.pages import panels, render_values, teaching
from lab.support.paths import DOCS

HINTS = DOCS / "workshop" / "hints.md"
SCRIPTS = ("pointing", "panel", "camera", "aids", "stage")  # in this order
_HINT = re.compile(r'^\?\?\? question "(?P<title>[^"]+)"\n(?P<text>(?:    .*\n|\n)+)', re.MULTILINE)
_LINK = re.compile(r"<a [^>]*>(.*?)</a>", re.DOTALL)


def facts(drawn: Path, page: str, up: str) -> str:
    """A picture's facts as JSON for a `<script>`.

    `drawn` is its `.parts.json`, `page` its page's path in `docs/`, `up` the way to the site's root.
    """
    found: dict[str, Any] = {
        "panels": panels.panels(drawn),
        "hints": hints(),
        "minutes": minutes(page),
        "up": up,
    }
    # "</script>" in a string would end the element.
    return msgspec.json.encode(found).decode().replace("<", "\\u003c")


def hints() -> list[dict[str, str]]:
    """The workshop's hints, each with its title and its text as HTML, without links."""
    source = render_values.render(HINTS.read_text(), "workshop/hints.md")
    found = [
        {"title": hint["title"], "html": _LINK.sub(r"\1", markdown.markdown(dedent(hint["text"])))}
        for hint in _HINT.finditer(source + "\n")
    ]
    if not found:
        raise ValueError("docs/workshop/hints.md has no hint that can be shown one by one")
    return found


def minutes(page: str) -> list[dict[str, object]]:
    """How long each plan stays at this page, the shortest plan first."""
    return [
        {"plan": plan.minutes, "what": step.what, "minutes": step.minutes}
        for plan in sorted(teaching.plans(), key=lambda it: it.minutes)
        for step in plan.steps
        if step.page == page
    ]


def load(page: str, up: str) -> str:
    """The page with the script's files, if it has a picture."""
    if 'class="sheet-facts"' not in page:
        return page
    site = f"{html.escape(up)}assets/site/"
    style = f'<link rel="stylesheet" href="{site}stage.css">\n</head>'
    scripts = "".join(f'<script src="{site}{it}.js" defer></script>\n' for it in SCRIPTS)
    return page.replace("</head>", style, 1).replace("</body>", f"{scripts}</body>", 1)
