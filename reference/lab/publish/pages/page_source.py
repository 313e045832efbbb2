"""A page's source: what a code host shows of it, and what the build makes of it first.

A code host shows a page that takes figures or pictures from elsewhere with holes, so its source
begins with a note that says so. The site has no holes, and no note.
"""

import re

NOTE = (
    "> A code host shows this page without its figures and pictures: read it with `make serve`.\n\n"
)
_FILLED_BY_THE_BUILD = re.compile(r"\{\{|\{%|--8<--|^::: ", re.MULTILINE)
_SNIPPET = re.compile(r'^(``` \{ \.\w+) \}(\n--8<-- "([^":]+))', re.MULTILINE)


def needs_the_build(source: str) -> bool:
    """Whether the source has anything that only the build fills in."""
    return _FILLED_BY_THE_BUILD.search(source) is not None


def says_so(source: str) -> bool:
    """Whether the source begins with the note, after its front matter."""
    return re.match(rf"(---\n.*?\n---\n+)?{re.escape(NOTE)}", source, re.DOTALL) is not None


def prepared(source: str) -> str:
    """The source as Markdown converts it.

    Without the note, with Markdown within its lead, and each snippet under the name of its file.
    """
    source = source.replace(NOTE, "", 1).replace('<p class="lead">', '<p class="lead" markdown>')
    return _SNIPPET.sub(r'\1 title="\3" }\2', source)
