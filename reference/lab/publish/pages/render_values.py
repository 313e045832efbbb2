"""Renders a page's `{{ }}` with Jinja: values and tables; an unknown name is an error."""

import jinja2

from lab.plan import presets
from lab.publish.pages import one_peak, pictures, tables
from lab.publish.pages.values import duration, namespace, printed, size

_environment = jinja2.Environment(
    undefined=jinja2.StrictUndefined,
    autoescape=False,  # noqa: S701  the output is Markdown, from our own sources
    finalize=printed,
    keep_trailing_newline=True,
    comment_start_string="{##",  # `{#name}` is an attribute list
    comment_end_string="##}",
)
_environment.filters |= {"duration": duration, "raw": str, "size": size, "sourced": tables.sourced}


def load_sources(**more: object) -> None:
    """Read template, code and data again, before each build; `more` adds names of its own.

    Raises ValueError where a function for pages has the name of something else.
    """
    functions = tables.page_functions()
    named = (
        namespace()
        | {"picture": pictures.placeholder, "n": pictures.badge, "one_peak": one_peak.place}
        | {"peak_ceiling": one_peak.ceiling, "peak_agents_rate": one_peak.agents_rate}
        | {"january": presets.JANUARY}
        | more
    )
    if twice := named.keys() & functions.keys():
        raise ValueError(f"functions for pages have names that are taken: {sorted(twice)}")
    _environment.globals |= named | functions


def render(markdown: str, where: str, **names: object) -> str:
    """The page with its values; `where` is its path from `docs/`.

    Raises ValueError that names the page, and the line if that is known.
    """
    try:
        return _environment.from_string(markdown).render(here=where, **names)
    except jinja2.TemplateSyntaxError as error:
        raise ValueError(f"docs/{where}:{error.lineno}: {error.message}") from error
    except (jinja2.UndefinedError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise ValueError(f"docs/{where}: {type(error).__name__}: {error}") from error
