"""What stands on the page for an address that there is not: the search, and where to begin."""

_BARE = "<h1>404 - Not found</h1>"
_MEANT = {
    "workshop/index.html": "the workshop: exercise, hints, solutions",
    "explanation/index.html": "the reasons",
    "how-to/index.html": "how to run, set up and mend it",
    "reference/index.html": "commands, API, template, measured results",
}


def helpful(page: str) -> str:
    """The theme's page, saying what to do. Raises ValueError where the theme's has changed."""
    if _BARE not in page:
        raise ValueError("the theme's 404.html has another heading")
    links = "".join(f'<li><a href="/{address}">{what}</a></li>' for address, what in _MEANT.items())
    return page.replace(
        _BARE,
        "<h1>This page is not here</h1><p>Perhaps it has moved. "
        '<label for="__search" class="md-button md-button--primary">Search for it</label> '
        "or press <kbd>/</kbd></p>"
        f"<p>Or begin at <a href='/index.html'>Home</a>, or with</p><ul>{links}</ul>",
    )
