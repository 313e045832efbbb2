"""The site's typeface: Inter (SIL Open Font License 1.1), cut to what pages use, in one stylesheet.

The font is embedded in the stylesheet: not every browser loads a font file for a page opened from
file://, and a page on the web needs no other server for it. The diagrams use the same typeface.
"""

import base64
import importlib.metadata
import io
from pathlib import Path

_MORE = "–—‘’“”…•→←↑↓≤≥≈×−·€✓"  # noqa: RUF001  typographic quotation marks
LETTERS = [*range(0x20, 0x7F), *range(0xA0, 0x100), *map(ord, _MORE)]
LIGHTEST, BOLDEST = 400, 700


def css(root: Path) -> str:
    """The `@font-face` rule; the subset is made once and cached in `build/`."""
    versions = "-".join(importlib.metadata.version(it) for it in ("fontpkg-inter", "fonttools"))
    path = root / "build" / "site" / f"inter-{len(LETTERS)}-{versions}.woff2"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        half_written = path.with_suffix(".part")
        half_written.write_bytes(_subset())
        half_written.replace(path)
    packed = base64.b64encode(path.read_bytes()).decode()
    return (
        f'@font-face{{font-family:"Inter";font-weight:{LIGHTEST} {BOLDEST};font-display:block;'
        f"src:url(data:font/woff2;base64,{packed})}}\n"
    )


def _subset() -> bytes:
    # Imported here: a build that finds the subset in build/ doesn't need them.
    import fontpkg_inter  # noqa: PLC0415
    from fontTools import subset, ttLib  # noqa: PLC0415
    from fontTools.varLib import instancer  # noqa: PLC0415

    font = ttLib.TTFont(fontpkg_inter.ROOT / "files" / "Inter[opsz,wght].ttf")
    options = subset.Options()
    options.layout_features = ["kern", "calt", "tnum", "ccmp", "mark"]
    options.hinting = False
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=LETTERS)
    subsetter.subset(font)
    font = instancer.instantiateVariableFont(font, {"wght": (LIGHTEST, BOLDEST), "opsz": 14})
    font.flavor = "woff2"
    packed = io.BytesIO()
    font.save(packed)
    return packed.getvalue()
