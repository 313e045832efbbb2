"""MkDocs hook: fills pages with values, tables and pictures; `mkdocs.yml` names this file.

Before Markdown: `{{ }}` (Jinja, an unknown name is an error). After it: glossary terms get their
links. In the finished page: a picture's placeholder becomes the drawn figure, so that neither
Markdown nor the search index ever sees 70 KB of SVG.
"""

import sys
from pathlib import Path
from typing import Any

import jinja2
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.livereload import LiveReloadServer
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from lab import cli
from lab.publish.handouts import build as handouts
from lab.publish.pages import (
    commands,
    decisions,
    filling,
    glossary,
    names,
    openapi,
    pictures,
    typeface,
)
from lab.publish.pages.values import ROOT
from receipts.cli import app as receipts

WATCHED = ("reference", "docs/diagrams", "docs/decisions", "docs/data")


def _code() -> dict[Path, int]:
    """When each of our modules was written."""
    return {path: path.stat().st_mtime_ns for path in (ROOT / "reference").rglob("*.py")}


_imported = _code()


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Read code and sources anew for each build, and add the decision records to the navigation."""
    if _code() != _imported:
        _import_anew()
    programs = {"receipts": receipts, "receipts-lab": cli.app}
    filling.read_sources(command=lambda name: commands.described(name, programs[name]))
    assert config.nav is not None  # noqa: S101  mkdocs.yml has one
    decisions.add_to(config.nav, Path(config.docs_dir) / "decisions")
    return config


def _import_anew() -> None:
    """Import our code again: `mkdocs serve` is one process for many builds, and pages show code.

    MkDocs keeps this module, and calls the functions that it had at first; running it again gives
    the names that they use to the new modules.
    """
    for name in [it for it in sys.modules if it.partition(".")[0] in {"lab", "receipts"}]:
        del sys.modules[name]
    this = sys.modules[__name__]
    made_from: Any = this.__spec__
    made_from.loader.exec_module(this)


def on_env(env: jinja2.Environment, **_: object) -> jinja2.Environment:
    """Leave out the lines and indents of the theme's own templates: a fifth of a small page."""
    env.trim_blocks = env.lstrip_blocks = True
    return env


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add what is made and not written: the typeface, the API's document, the handouts."""
    files.append(File.generated(config, "assets/site/inter.css", content=typeface.css(ROOT)))
    files.append(File.generated(config, "reference/openapi.yaml", content=openapi.text()))
    for name, pdf in handouts.handouts().items():
        files.append(File.generated(config, f"handouts/{name}.pdf", content=pdf))
    return files


def on_page_markdown(markdown: str, page: Page, **_: object) -> str:
    """Fill in values and tables."""
    where = page.file.src_uri
    if where.startswith("decisions/"):
        return markdown  # records are told as they were written
    try:
        return filling.filled(markdown, where, page=page)
    except ValueError as error:
        raise PluginError(str(error)) from error


def on_page_content(html: str, page: Page, files: Files, **_: object) -> str:
    """Link each glossary term where the page uses it first."""
    if page.file.src_uri in {"index.md", "reference/glossary.md"}:
        return html
    target = files.get_file_from_path("reference/glossary.md")
    if target is None:
        raise PluginError("docs/reference/glossary.md is missing")
    return glossary.linked(html, target.url_relative_to(page.file))


def on_post_page(output: str, page: Page, config: MkDocsConfig) -> str:
    """Put the drawn figures in, and names where they are missing."""
    folder = Path(config.docs_dir) / "diagrams"
    up = "../" * page.file.url.count("/")
    try:
        return names.named(pictures.filled(output, folder, up))
    except (FileNotFoundError, ValueError) as error:
        raise PluginError(f"docs/{page.file.src_uri}: {error}") from error


def on_serve(server: LiveReloadServer, **_: object) -> LiveReloadServer:
    """Rebuild when what pages are made of changes."""
    for folder in WATCHED:
        if (ROOT / folder).exists():
            server.watch(str(ROOT / folder))
    return server
