"""The sheets' typeface: one for measuring text, for the SVG and for the PNG, so that text fits.

Inter (SIL Open Font License 1.1) comes from the wheel `fontpkg-inter`. Two weights are subset to
the characters that sheets use and embedded in every SVG: no other font makes text overlap. A sheet
with other letters of Inter's (Latin, Greek, Cyrillic) embeds those too; see `covering`.
Sentences leave room for a wider font, for readers who turn embedded fonts off.
"""

import base64
import bisect
import contextlib
import contextvars
import functools
import hashlib
import importlib.metadata
import io
import pathlib
import string
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from lab.support import paths

if TYPE_CHECKING:
    from fontTools.ttLib import TTFont

SUBSETS = paths.BUILD / "diagrams"
REGULAR, SEMIBOLD = 400, 600
WEIGHTS = (REGULAR, SEMIBOLD)
CHARACTERS = string.printable[:95] + "·–—…’“”×→←≤≥"  # noqa: RUF001 - typographic characters
_USUAL = frozenset((*CHARACTERS, "\n"))
FAMILY = "Inter"
WIDER = 1.1  # width in DejaVu Sans, the widest common font: measured, at most 1.08 times Inter's
# The embedded subset has its own name, so that it doesn't replace a page's own Inter.
_others: contextvars.ContextVar[str] = contextvars.ContextVar("others", default="")
BOLDER = 1.22  # a semibold letter's width in regular ones: at most, of Inter's
STACK = '"Inter Sheet",Inter,Roboto,"Helvetica Neue","Segoe UI",Arial,sans-serif'


def width(text: str, size: float, weight: int = REGULAR) -> int:
    """Width of a line in pixels, rounded up; without kerning, so never too small."""
    advances, units = _advances(weight)
    wide = sum(advances[it] if it in advances else _other_advance(it, weight) for it in text)
    return -int(-wide * size // units)


@contextlib.contextmanager
def covering(texts: Iterable[str]) -> Iterator[None]:
    """While it lasts, the fonts embedded and rasterised have these texts' other letters too."""
    token = _others.set("".join(sorted(set("".join(texts)) - _USUAL)))
    try:
        yield
    finally:
        _others.reset(token)


def lacking(text: str) -> list[str]:
    """The letters that Inter doesn't have, such as Chinese ones and emoji."""
    others = sorted(set(text) - _USUAL)
    return [it for it in others if ord(it) not in _whole().getBestCmap()] if others else []


def wrap(text: str, size: float, room: int) -> list[str]:
    """The sentence in even lines of at most `room` pixels, even in a wider font."""
    most = len(_fill(text, size, room))
    # The narrowest width with as few lines: no word is left alone on the last one.
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


def face_css() -> str:
    """`@font-face` rules with both weights embedded."""
    others = _others.get()
    return "".join(
        '@font-face{font-family:"Inter Sheet";'
        f"font-weight:{weight};src:url(data:font/woff2;base64,{_woff2(weight, others)})}}"
        for weight in WEIGHTS
    )


def files() -> list[pathlib.Path]:
    """The subsets as TrueType files, for the rasteriser; made once and cached in `build/`."""
    return [_subset_file(weight, _others.get()) for weight in WEIGHTS]


def _subset_file(weight: int, others: str = "") -> pathlib.Path:
    versions = "-".join(importlib.metadata.version(it) for it in ("fontpkg-inter", "fonttools"))
    more = f"-{hashlib.sha256(others.encode()).hexdigest()[:8]}" if others else ""
    path = SUBSETS / f"Inter-{weight}-{len(CHARACTERS)}{more}-{versions}.ttf"
    if not path.exists():
        _make_subset(weight, CHARACTERS + others, path)
    return path


def _make_subset(weight: int, letters: str, path: pathlib.Path) -> None:
    # Imported here: a run that finds the subsets in build/ doesn't need them.
    from fontTools import subset  # noqa: PLC0415
    from fontTools.varLib import instancer  # noqa: PLC0415

    font = _open_inter()
    options = subset.Options()
    options.layout_features = ["kern"]
    options.hinting = False
    options.name_IDs = [1, 2, 4, 6]  # family, style, full and PostScript name: the rasteriser asks
    subsetter = subset.Subsetter(options)
    subsetter.populate(text=letters)
    subsetter.subset(font)
    font = instancer.instantiateVariableFont(font, {"wght": weight, "opsz": 14})
    font["OS/2"].usWeightClass = weight
    path.parent.mkdir(parents=True, exist_ok=True)
    half_written = path.with_suffix(".part")
    font.save(half_written)
    half_written.replace(path)


def _open_inter() -> "TTFont":
    import fontpkg_inter  # noqa: PLC0415
    from fontTools import ttLib  # noqa: PLC0415

    source = fontpkg_inter.ROOT / "files" / "Inter[opsz,wght].ttf"
    return ttLib.TTFont(source, recalcTimestamp=False)


@functools.cache
def _whole() -> "TTFont":
    return _open_inter()


def _other_advance(letter: str, weight: int) -> int:
    """The width of a letter outside the usual ones, in the font's units; never too small."""
    name = _whole().getBestCmap().get(ord(letter))
    regular: int = _whole()["hmtx"][name][0] if name else _whole()["head"].unitsPerEm
    return regular if weight == REGULAR else round(regular * BOLDER)


@functools.cache
def _advances(weight: int) -> tuple[dict[str, int], int]:
    from fontTools import ttLib  # noqa: PLC0415

    font = ttLib.TTFont(_subset_file(weight))
    names, metrics = font.getBestCmap(), font["hmtx"]
    advances = {letter: metrics[names[ord(letter)]][0] for letter in CHARACTERS}
    return advances, font["head"].unitsPerEm


@functools.cache
def _woff2(weight: int, others: str) -> str:
    from fontTools import ttLib  # noqa: PLC0415

    font = ttLib.TTFont(_subset_file(weight, others), recalcTimestamp=False)
    font.flavor = "woff2"
    packed = io.BytesIO()
    font.save(packed)
    return base64.b64encode(packed.getvalue()).decode()
