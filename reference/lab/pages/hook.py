"""MkDocs hook: fills pages with values, tables and pictures; `mkdocs.yml` names this file.

Before Markdown: `{{ }}` (Jinja, an unknown name is an error). After it: glossary terms get their
links. In the finished page: a picture's placeholder becomes the drawn figure, so that neither
Markdown nor the search index ever sees 70 KB of SVG.
"""

from pathlib import Path

import jinja2
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.livereload import LiveReloadServer
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from lab.pages import decisions, lighter, names, pictures, tables, terms, typeface
from lab.pages.values import ROOT, duration, namespace, printed, size

WATCHED = ("reference", "docs/diagrams", "docs/decisions", "docs/data")

_environment = jinja2.Environment(
    undefined=jinja2.StrictUndefined,
    autoescape=False,  # noqa: S701  it writes Markdown, from our own sources
    finalize=printed,
    keep_trailing_newline=True,
    comment_start_string="{##",  # `{#name}` is an attribute list
    comment_end_string="##}",
)
_environment.filters |= {"duration": duration, "raw": str, "size": size, "sourced": tables.sourced}


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Read the sources anew for each build, and add the decision records to the navigation."""
    _environment.globals |= (
        namespace() | tables.ALL | {"picture": pictures.placeholder, "n": pictures.badge}
    )
    assert config.nav is not None  # noqa: S101  mkdocs.yml has one
    decisions.add_to(config.nav, Path(config.docs_dir) / "decisions")
    return config


def on_env(env: jinja2.Environment, **_: object) -> jinja2.Environment:
    """Leave out the lines and indents of the theme's own templates: a fifth of a small page."""
    env.trim_blocks = env.lstrip_blocks = True
    return env


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the site's typeface."""
    files.append(File.generated(config, "assets/site/inter.css", content=typeface.css(ROOT)))
    return files


def on_page_markdown(markdown: str, page: Page, **_: object) -> str:
    """Fill in values and tables."""
    where = page.file.src_uri
    if where.startswith("decisions/"):
        return markdown  # records are told as they were written
    try:
        return _environment.from_string(markdown).render(page=page, here=where)
    except jinja2.TemplateSyntaxError as error:
        raise PluginError(f"docs/{where}:{error.lineno}: {error.message}") from error
    except (jinja2.UndefinedError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise PluginError(f"docs/{where}: {type(error).__name__}: {error}") from error


def on_page_content(html: str, page: Page, files: Files, **_: object) -> str:
    """Link each glossary term where the page uses it first."""
    if page.file.src_uri in {"index.md", "reference/glossary.md"}:
        return html
    glossary = files.get_file_from_path("reference/glossary.md")
    if glossary is None:
        raise PluginError("docs/reference/glossary.md is missing")
    return terms.linked(html, glossary.url_relative_to(page.file))


def on_post_page(output: str, page: Page, config: MkDocsConfig) -> str:
    """Put the drawn figures in, and names where they are missing."""
    folder = Path(config.docs_dir) / "diagrams"
    up = "../" * page.file.url.count("/")
    try:
        return names.named(pictures.filled(output, folder, up))
    except (FileNotFoundError, ValueError) as error:
        raise PluginError(f"docs/{page.file.src_uri}: {error}") from error


def on_post_build(config: MkDocsConfig) -> None:
    """Make the theme's own files lighter."""
    for path in Path(config.site_dir).glob("assets/stylesheets/palette.*.css"):
        path.write_text(lighter.palette(path.read_text()))


def on_serve(server: LiveReloadServer, **_: object) -> LiveReloadServer:
    """Rebuild when what pages are made of changes."""
    for folder in WATCHED:
        if (ROOT / folder).exists():
            server.watch(str(ROOT / folder))
    return server
