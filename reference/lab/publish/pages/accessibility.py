"""Accessible names that the theme leaves out, for readers who use a screen reader."""

import re

_SEARCH = 'data-md-component="search" role="dialog"'
# The theme leaves the label of a section with a page of its own empty.
_SECTION = re.compile(
    r'(<nav class="md-nav" data-md-level="\d") aria-labelledby="[^"]*"'
    r'([^>]*>\s*<label class="md-nav__title"[^>]*>\s*<span[^>]*></span>\s*)([^<]+?)(\s*<)'
)


def add_names(page: str) -> str:
    """The page with names for its search and sections, and without empty table headers."""
    page = page.replace(_SEARCH, f'{_SEARCH} aria-label="Search"').replace("<th></th>", "<td></td>")
    return _SECTION.sub(r'\1 aria-label="\3"\2\3\4', page)
