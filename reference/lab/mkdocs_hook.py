"""MkDocs hook that renders values, tables and pictures into pages; `mkdocs.yml` names this file.

In the Markdown it renders `{{ }}` (Jinja; an unknown name is an error); in the HTML it links the
glossary's terms; in the finished page it embeds the pictures, so that neither Markdown nor the
search index has to handle 70 KB of SVG.
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

from commands.cli import app as receipts
from lab import cli
from lab.publish.handouts import build as handouts
from lab.publish.pages import (
    accessibility,
    commands,
    decisions,
    glossary,
    not_found,
    number_columns,
    on_paper,
    one_peak,
    openapi,
    page_source,
    pictures,
    render_values,
    search,
    stacked_tables,
    stage,
    typeface,
    units,
)
from lab.review import site_data as review
from lab.run.live import record
from lab.support.paths import AGENT_ASSETS, ROOT

OUR_PACKAGES = {"commands", "diagram_check", "lab", "reading", "receipts"}
WATCHED = ("reference", "diagrams", "docs/diagrams", "docs/decisions", "docs/data")


def _modification_times() -> dict[Path, int]:
    """When each of our modules was last changed."""
    return {path: path.stat().st_mtime_ns for path in (ROOT / "reference").rglob("*.py")}


_imported = _modification_times()
_pdfs: dict[str, bytes] = {}
"""The handouts of this build: pages name their pages."""


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Reload code and sources for each build, and add the decision records to the navigation."""
    if _modification_times() != _imported:
        _reimport()
    programs = {"receipts": receipts, "receipts-lab": cli.app}
    render_values.load_sources(command=lambda name: commands.describe(name, programs[name]))
    assert config.nav is not None  # noqa: S101  mkdocs.yml has one
    decisions.add_to(config.nav, Path(config.docs_dir) / "decisions")
    return config


def _reimport() -> None:
    """Import our code again: `mkdocs serve` builds many times in one process, and pages show code.

    MkDocs goes on calling the functions of the module that it loaded first; executing that module
    again makes their global names refer to the new modules.
    """
    for name in [it for it in sys.modules if it.partition(".")[0] in OUR_PACKAGES]:
        del sys.modules[name]
    this = sys.modules[__name__]
    spec: Any = this.__spec__
    spec.loader.exec_module(this)


def on_env(env: jinja2.Environment, **_: object) -> jinja2.Environment:
    """Strip blank lines and indentation of the theme's templates: a fifth of a small page."""
    env.trim_blocks = env.lstrip_blocks = True
    return env


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the generated files: typeface, bench, OpenAPI document, recorded run, handouts."""
    files.append(File.generated(config, "assets/site/inter.css", content=typeface.css(ROOT)))
    files.append(File.generated(config, "assets/bench/data.js", content=review.script()))
    files.append(File.generated(config, "assets/bench/sheet.css", content=review.stylesheet()))
    files.append(File.generated(config, "reference/openapi.yaml", content=openapi.text()))
    recording = record.script(record.load(record.RUN))
    files.append(File.generated(config, "assets/live/recording.js", content=recording))
    for name in ("parts.css", "parts.js"):
        text = (AGENT_ASSETS / name).read_text(encoding="utf-8")
        files.append(File.generated(config, f"assets/agent/{name}", content=text))
    _pdfs.update(handouts.handouts())
    for name, pdf in _pdfs.items():
        files.append(File.generated(config, f"handouts/{name}.pdf", content=pdf))
    return files


def on_page_markdown(markdown: str, page: Page, **_: object) -> str:
    """Render values and tables, and tell the search how much the page counts."""
    where = page.file.src_uri
    search.rank(where, page.meta)
    if where.startswith("decisions/"):
        return markdown  # a record stays as it was written
    try:
        return render_values.render(page_source.prepared(markdown), where, page=page)
    except ValueError as error:
        raise PluginError(str(error)) from error


def on_page_content(html: str, page: Page, files: Files, **_: object) -> str:
    """Mark tables' columns, tie units to numbers, and link each glossary term at its first use."""
    html = stacked_tables.mark(units.tie(number_columns.mark(html)))
    html = on_paper.fill(html, handouts.pages_of(_pdfs))
    if page.file.src_uri in {"index.md", "reference/glossary.md"}:
        return html
    target = files.get_file_from_path("reference/glossary.md")
    if target is None:
        raise PluginError("docs/reference/glossary.md is missing")
    return glossary.link_terms(html, target.url_relative_to(page.file))


def on_post_template(output_content: str, template_name: str, **_: object) -> str:
    """Make the page for a missing address a help."""
    return not_found.helpful(output_content) if template_name == "404.html" else output_content


def on_post_page(output: str, page: Page, config: MkDocsConfig) -> str:
    """Embed the pictures, and add accessible names where they are missing."""
    folder = Path(config.docs_dir) / "diagrams"
    up = "../" * page.file.url.count("/")
    try:
        whole = pictures.embed(
            output, folder, up, lambda drawn: stage.facts(drawn, page.file.src_uri, up)
        )
        whole = one_peak.embed(whole, folder, up)
        return accessibility.add_names(stage.load(whole, up))
    except (FileNotFoundError, LookupError, ValueError) as error:
        raise PluginError(f"docs/{page.file.src_uri}: {error}") from error


def on_serve(server: LiveReloadServer, **_: object) -> LiveReloadServer:
    """Rebuild when the sources of pages change."""
    for folder in WATCHED:
        if (ROOT / folder).exists():
            server.watch(str(ROOT / folder))
    return server
