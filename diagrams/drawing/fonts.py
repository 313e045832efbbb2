"""One typeface for measuring, for the SVG and for the PNG, so that words fit everywhere.

Inter (SIL Open Font License 1.1) comes from the wheel `fontpkg-inter`. Two weights of it are cut to
the characters that sheets use. The cut is embedded in every SVG: no reader's machine can widen a
word into its neighbour. Who turns embedded fonts off still reads whole sentences: they leave room.
"""

import base64
import bisect
import functools
import importlib.metadata
import io
import pathlib
import string

from lab.support import paths

CUT = paths.BUILD / "diagrams"
REGULAR, SEMIBOLD = 400, 600
WEIGHTS = (REGULAR, SEMIBOLD)
CHARACTERS = string.printable[:95] + "·–—…’“”×→←≤≥"  # noqa: RUF001 - typographic ones
FAMILY = "Inter"
WIDER = 1.1  # sentences as DejaVu Sans sets them, the widest common font: measured, at most 1.08
# The embedded cut has a name of its own: a page's own Inter stays the page's.
STACK = '"Inter Sheet",Inter,Roboto,"Helvetica Neue","Segoe UI",Arial,sans-serif'


def width(text: str, size: float, weight: int = REGULAR) -> int:
    """Width of one line in pixels, rounded up; without kerning, so never too small."""
    advances, units = _advances(weight)
    return -int(-sum(advances[letter] for letter in text) * size // units)


def wrap(text: str, size: float, room: int) -> list[str]:
    """The sentence in even lines of at most `room` pixels, in a wider font too."""
    most = len(_fill(text, size, room))
    # As narrow as goes without another line: no word is left alone in the last.
    narrow = bisect.bisect_left(range(room), -most, key=lambda it: -len(_fill(text, size, it)))
    return _fill(text, size, narrow)


def _fill(text: str, size: float, room: int) -> list[str]:
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and width(longer, size) * WIDER > room:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


@functools.cache
def face_css() -> str:
    """`@font-face` rules that carry both weights with them."""
    return "".join(
        '@font-face{font-family:"Inter Sheet";'
        f"font-weight:{weight};src:url(data:font/woff2;base64,{_woff2(weight)})}}"
        for weight in WEIGHTS
    )


def files() -> list[pathlib.Path]:
    """The cut weights as TrueType files, for the rasteriser; made once and kept in `build/`."""
    return [_cut(weight) for weight in WEIGHTS]


def _cut(weight: int) -> pathlib.Path:
    versions = "-".join(importlib.metadata.version(it) for it in ("fontpkg-inter", "fonttools"))
    path = CUT / f"Inter-{weight}-{len(CHARACTERS)}-{versions}.ttf"
    if not path.exists():
        _make_cut(weight, path)
    return path


def _make_cut(weight: int, path: pathlib.Path) -> None:
    # Imported here: a run that finds its fonts in build/ doesn't need them.
    import fontpkg_inter  # noqa: PLC0415
    from fontTools import subset, ttLib  # noqa: PLC0415
    from fontTools.varLib import instancer  # noqa: PLC0415

    source = fontpkg_inter.ROOT / "files" / "Inter[opsz,wght].ttf"
    font = ttLib.TTFont(source, recalcTimestamp=False)
    options = subset.Options()
    options.layout_features = ["kern"]
    options.hinting = False
    options.name_IDs = [1, 2, 4, 6]  # family, style, full and PostScript name: the rasteriser asks
    subsetter = subset.Subsetter(options)
    subsetter.populate(text=CHARACTERS)
    subsetter.subset(font)
    font = instancer.instantiateVariableFont(font, {"wght": weight, "opsz": 14})
    font["OS/2"].usWeightClass = weight
    path.parent.mkdir(parents=True, exist_ok=True)
    half_written = path.with_suffix(".part")
    font.save(half_written)
    half_written.replace(path)


@functools.cache
def _advances(weight: int) -> tuple[dict[str, int], int]:
    from fontTools import ttLib  # noqa: PLC0415

    font = ttLib.TTFont(_cut(weight))
    names, metrics = font.getBestCmap(), font["hmtx"]
    advances = {letter: metrics[names[ord(letter)]][0] for letter in CHARACTERS}
    return advances, font["head"].unitsPerEm


@functools.cache
def _woff2(weight: int) -> str:
    from fontTools import ttLib  # noqa: PLC0415

    font = ttLib.TTFont(_cut(weight), recalcTimestamp=False)
    font.flavor = "woff2"
    packed = io.BytesIO()
    font.save(packed)
    return base64.b64encode(packed.getvalue()).decode()
