"""Builds the handouts: pages into Typst's source, and that into PDFs, kept in `build/handouts`.

A PDF is set anew when its pages, what they include, or how they are set has changed.
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

from lab.publish.handouts import parts
from lab.publish.handouts.parts import Handout
from lab.publish.handouts.typeset import Typesetter, quoted
from lab.publish.pages import filling
from lab.publish.pages.html_tree import Element, of_html
from lab.publish.pages.values import ROOT

HERE = Path(__file__).parent
LOOK = HERE / "handout.typ"
DIAGRAMS = ROOT / "docs" / "diagrams"
KEPT = ROOT / "build" / "handouts"
_INCLUDED = re.compile(r'--8<-- "([^":]+)')
_PICTURE = re.compile(r'data-picture="([a-z-]+)"')


def handouts(kept: Path = KEPT) -> dict[str, bytes]:
    """The PDFs by name. Raises ValueError where a page or a heading of one is missing."""
    filling.read_sources()
    return {one.name: _pdf(one, kept) for one in parts.read()}


def source(handout: Handout, texts: Sequence[str]) -> str:
    """The whole handout as Typst's source; `texts` is the Markdown of its parts."""
    told = [LOOK.read_text()]
    told.append(
        f"#show: handout.with(title: {quoted(handout.title)}, says: {quoted(handout.says)})"
    )
    setter = Typesetter(DIAGRAMS)
    for index, (part, text) in enumerate(zip(handout.parts, texts, strict=True)):
        if index and (part.new_page or (part.page and not part.under)):
            told.append("#pagebreak(weak: true)")
        told.append(
            f"#room({quoted(part.room)})" if part.room else setter.blocks(_tree(text).children)
        )
    return "\n".join(told)


def _tree(text: str) -> Element:
    """A tree of Markdown, read with the extensions that `mkdocs.yml` names."""
    config = yaml.safe_load((ROOT / "mkdocs.yml").read_text())
    names: list[str] = []
    settings: dict[str, dict[str, Any]] = {}
    for it in config["markdown_extensions"]:
        name, given = next(iter(it.items())) if isinstance(it, dict) else (it, {})
        names.append(name)
        settings[name] = dict(given)
    settings["toc"] |= {"permalink": False}
    settings["pymdownx.highlight"] |= {"use_pygments": False}
    settings["pymdownx.snippets"] |= {"base_path": [str(ROOT)]}
    return of_html(markdown.markdown(text, extensions=names, extension_configs=settings))


def _pdf(handout: Handout, kept: Path) -> bytes:
    texts = [parts.markdown(part) for part in handout.parts]
    fingerprint = _fingerprint(handout, texts)
    pdf, note = kept / f"{handout.name}.pdf", kept / f"{handout.name}.sha256"
    if not (pdf.exists() and note.exists() and note.read_text() == fingerprint):
        kept.mkdir(parents=True, exist_ok=True)
        pdf.write_bytes(compiled(source(handout, texts)))
        note.write_text(fingerprint)  # last: a run that is cut off sets it again
    return pdf.read_bytes()


def compiled(text: str) -> bytes:
    """Typst's source as a PDF; nothing of the machine goes into it but what is named here."""
    # Imported here: a build that finds its PDFs in build/ doesn't need them.
    import fontpkg_inter  # noqa: PLC0415
    import typst  # noqa: PLC0415

    fonts = typst.Fonts(include_system_fonts=False, font_paths=[fontpkg_inter.ROOT / "files"])
    made = typst.Compiler(text.encode(), root=ROOT, font_paths=fonts).compile(format="pdf")
    assert isinstance(made, bytes)  # noqa: S101  for the type checker: one PDF
    return made


def _fingerprint(handout: Handout, texts: Sequence[str]) -> str:
    seen = hashlib.sha256(f"{_versions()}{handout}{texts}".encode())
    for path in sorted(set(_read("".join(texts)))):
        seen.update(path.read_bytes())
    return seen.hexdigest()


def _read(text: str) -> Iterator[Path]:
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
