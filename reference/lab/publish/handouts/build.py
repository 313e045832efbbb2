"""Builds the handouts: pages become Typst source, and that becomes PDFs in `build/handouts`.

A PDF is built again when its pages, their includes or the typesetting has changed.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

import markdown
import yaml
from msgspec import Struct

from lab.publish.handouts import parts
from lab.publish.handouts.parts import Handout
from lab.publish.handouts.typeset import Typesetter, quoted
from lab.publish.pages import render_values, units
from lab.publish.pages.html_tree import Element, parse_html
from lab.support.paths import BUILD, DATA, DOCS, ROOT

HERE = Path(__file__).parent
STYLE = HERE / "handout.typ"
DIAGRAMS = DOCS / "diagrams"
OUT = BUILD / "handouts"
PAPERS = {"a4": "a4", "letter": "us-letter"}
"""The sizes that one may ask for, as Typst calls them."""
_INCLUDED = re.compile(r'--8<-- "([^":]+)')
_PICTURE = re.compile(r'data-picture="([a-z-]+)"')


class Paper(Struct, frozen=True):
    """What a handout is printed on: its `size`, and the `address` at the foot of each page."""

    size: str = "a4"
    address: str = ""


A4 = Paper()


def handouts(out: Path = OUT, paper: Paper = A4) -> dict[str, bytes]:
    """The PDFs by name. Raises ValueError for a missing page or heading."""
    render_values.load_sources()
    return {one.name: _pdf(one, out, paper) for one in parts.read()}


def source(handout: Handout, texts: Sequence[str], paper: Paper = A4) -> str:
    """The whole handout as Typst source; `texts` is the Markdown of its parts."""
    lines = [STYLE.read_text()]
    lines.append(
        f"#show: handout.with(title: {quoted(handout.title)}, "
        f"subtitle: {quoted(handout.subtitle)}, "
        f"paper: {quoted(PAPERS[paper.size])}, address: {quoted(paper.address)})"
    )
    typesetter = Typesetter(DIAGRAMS, DATA)
    for index, (part, text) in enumerate(zip(handout.parts, texts, strict=True)):
        if index and (part.new_page or (part.page and not part.under)):
            lines.append("#pagebreak(weak: true)")
        lines.append(
            f"#room({quoted(part.room)})" if part.room else typesetter.blocks(_tree(text).children)
        )
    return "\n".join(lines)


def _tree(text: str) -> Element:
    """Markdown as a tree of HTML, converted with the extensions of `mkdocs.yml`."""
    config = yaml.safe_load((ROOT / "mkdocs.yml").read_text())
    names: list[str] = []
    settings: dict[str, dict[str, Any]] = {}
    for it in config["markdown_extensions"]:
        name, options = next(iter(it.items())) if isinstance(it, dict) else (it, {})
        names.append(name)
        settings[name] = dict(options)
    settings["toc"] |= {"permalink": False}
    settings["pymdownx.highlight"] |= {"use_pygments": False}
    settings["pymdownx.snippets"] |= {"base_path": [str(ROOT)]}
    html = markdown.markdown(text, extensions=names, extension_configs=settings)
    return parse_html(units.tie(html))


def _pdf(handout: Handout, out: Path, paper: Paper) -> bytes:
    texts = [parts.markdown(part) for part in handout.parts]
    fingerprint = _fingerprint(handout, texts, paper)
    pdf, note = out / f"{handout.name}.pdf", out / f"{handout.name}.sha256"
    if not (pdf.exists() and note.exists() and note.read_text() == fingerprint):
        out.mkdir(parents=True, exist_ok=True)
        pdf.write_bytes(compile_typst(source(handout, texts, paper)))
        note.write_text(fingerprint)  # last: an interrupted run is repeated
    return pdf.read_bytes()


def compile_typst(text: str) -> bytes:
    """Typst source as a PDF, with no fonts of this machine."""
    # Imported here: a build that finds its PDFs in build/ doesn't need them.
    import fontpkg_inter  # noqa: PLC0415
    import typst  # noqa: PLC0415

    fonts = typst.Fonts(include_system_fonts=False, font_paths=[fontpkg_inter.ROOT / "files"])
    pdf = typst.Compiler(text.encode(), root=ROOT, font_paths=fonts).compile(format="pdf")
    assert isinstance(pdf, bytes)  # noqa: S101  for the type checker: one PDF
    return pdf


def _fingerprint(handout: Handout, texts: Sequence[str], paper: Paper) -> str:
    digest = hashlib.sha256(f"{_versions()}{handout}{texts}{paper}".encode())
    for path in sorted(set(_sources("".join(texts)))):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _sources(text: str) -> Iterator[Path]:
    yield from (it for it in HERE.iterdir() if it.is_file())
    yield ROOT / "mkdocs.yml"
    for name in _INCLUDED.findall(text):
        yield ROOT / name
    for name in _PICTURE.findall(text):
        yield DIAGRAMS / f"{name}.png"
        yield DIAGRAMS / f"{name}.figure.html"


@cache
def _versions() -> str:
    return " ".join(metadata.version(it) for it in ("typst", "fontpkg-inter", "markdown"))
