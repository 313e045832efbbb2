"""Builds the handouts: pages become Typst source, and that becomes PDFs in `build/handouts`.

A PDF is built again when its pages, their includes or the typesetting has changed.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

import markdown
import pypdfium2
import yaml
from msgspec import Struct

from lab.publish.handouts import parts
from lab.publish.handouts.parts import Handout
from lab.publish.handouts.typeset import Typesetter, quoted
from lab.publish.pages import drawn_design, number_columns, on_paper, render_values, units
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
_DESIGN = re.compile(r'class="design-sheet" data-design="(\w+)"')


class Paper(Struct, frozen=True):
    """What a handout is printed on: its `size`, and the site's `address`, "" if it has none."""

    size: str = "a4"
    address: str = ""

    def address_of(self, page: str) -> str:
        """Where the site has a page, a path from `docs/`; "" without a site."""
        path = re.sub(r"(index)?\.md$", lambda found: "" if found[1] else ".html", page)
        return f"{self.address.rstrip('/')}/{path}" if self.address else ""


PLAIN = Paper()


def sites_address() -> str:
    """The `site_url` of `mkdocs.yml`, "" while it has none."""
    return yaml.safe_load((ROOT / "mkdocs.yml").read_text()).get("site_url") or ""


def handouts(out: Path = OUT, paper: Paper | None = None) -> dict[str, bytes]:
    """The PDFs by name. Raises ValueError for a missing page or heading."""
    render_values.load_sources()
    on = paper or Paper(address=sites_address())
    texts = {one: [parts.markdown(part) for part in one.parts] for one in parts.read()}
    made: dict[str, bytes] = {}
    # Those that name pages of others are set when these are known.
    for one in sorted(texts, key=lambda it: on_paper.has_places("".join(texts[it]))):
        pages = pages_of(made) if on_paper.has_places("".join(texts[one])) else {}
        made[one.name] = _pdf(one, [on_paper.fill(it, pages) for it in texts[one]], out, on)
    return {one.name: made[one.name] for one in texts}


def pages_of(pdfs: Mapping[str, bytes]) -> on_paper.Pages:
    """By handout the page of each heading, as the PDF's own bookmarks say."""
    return {name: _headings(pdf) for name, pdf in pdfs.items()}


@cache
def _headings(pdf: bytes) -> dict[str, int]:
    with pypdfium2.PdfDocument(pdf) as read:
        marks = [(it.get_title(), it.get_dest()) for it in read.get_toc()]
        return {title: (to.get_index() or 0) + 1 for title, to in marks if to}


def source(handout: Handout, texts: Sequence[str], paper: Paper = PLAIN) -> str:
    """The whole handout as Typst source; `texts` is the Markdown of its parts."""
    lines, more = [STYLE.read_text()], paper.address_of(handout.more)
    lines.append(
        f"#show: handout.with(title: {quoted(handout.title)}, "
        f"subtitle: {quoted(handout.subtitle)}, "
        f"paper: {quoted(PAPERS[paper.size])}, "
        f"more: {quoted(more)}, code: {quoted(qr_code(more) if more else '')})"
    )
    typesetter = Typesetter(DIAGRAMS, DATA, handout.tallest)
    for index, (part, text) in enumerate(zip(handout.parts, texts, strict=True)):
        if index and (part.new_page or (part.page and not part.under)):
            lines.append("#pagebreak(weak: true)")
        lines.append(
            f"#room({quoted(part.room)})" if part.room else typesetter.blocks(_tree(text).children)
        )
    return "\n".join(lines)


def qr_code(address: str) -> str:
    """The address as a QR code, an SVG; a sixth of it may be dirty or torn."""
    import segno  # noqa: PLC0415  only printed addresses need it

    drawn: str = segno.make(address, error="m", micro=False).svg_inline(border=4, omitsize=True)
    return drawn


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
    return parse_html(units.tie(number_columns.mark(html)))


def _pdf(handout: Handout, texts: Sequence[str], out: Path, paper: Paper) -> bytes:
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
    for name in _DESIGN.findall("".join(texts)):
        digest.update(drawn_design.svg(name).encode())
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
    return " ".join(metadata.version(it) for it in ("typst", "fontpkg-inter", "markdown", "segno"))
