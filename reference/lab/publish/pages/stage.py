"""What the script of pictures needs: panels, hints and minutes as JSON, and its files."""

import html
import re
from pathlib import Path
from typing import Any

import markdown
import msgspec

from lab.publish.pages import panels, teaching

SCRIPTS = ("pointing", "panel", "camera", "aids", "stage")  # in this order
_LINK = re.compile(r"<a [^>]*>(.*?)</a>", re.DOTALL)


def facts(drawn: Path, page: str, up: str) -> str:
    """A picture's facts as JSON for a `<script>`.

    `drawn` is its `.parts.json`, `page` its page's path in `docs/`, `up` the way from there to the
    site's root.
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
    return [
        {
            "title": f"Hint {number}: {hint.title}",
            "html": _LINK.sub(r"\1", markdown.markdown(hint.text)),
        }
        for number, hint in enumerate(teaching.all_hints(), 1)
    ]


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
