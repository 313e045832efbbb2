"""Names that the theme leaves out, for those who hear a page instead of seeing it."""

import re

_SEARCH = 'data-md-component="search" role="dialog"'
# A section with a page of its own has a label without words.
_SECTION = re.compile(
    r'(<nav class="md-nav" data-md-level="\d") aria-labelledby="[^"]*"'
    r'([^>]*>\s*<label class="md-nav__title"[^>]*>\s*<span[^>]*></span>\s*)([^<]+?)(\s*<)'
)


def named(page: str) -> str:
    """The page, its search and its sections named, its empty table heads no heads."""
    page = page.replace(_SEARCH, f'{_SEARCH} aria-label="Search"').replace("<th></th>", "<td></td>")
    return _SECTION.sub(r'\1 aria-label="\3"\2\3\4', page)
