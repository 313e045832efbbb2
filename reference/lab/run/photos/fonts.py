"""Typefaces, each from a pip wheel that has the font under the SIL Open Font License 1.1."""

from functools import lru_cache
from importlib.resources import files

import msgspec
from PIL import ImageFont


class Face(msgspec.Struct, frozen=True):
    """A typeface: files and, for variable fonts, the weights of regular and bold."""

    name: str
    package: str
    regular: str
    bold: str
    axes: tuple[tuple[int, ...], tuple[int, ...]] = ((), ())
    scale: float = 1.0

    def font(self, size: float, *, bold: bool = False) -> ImageFont.FreeTypeFont:
        """Return this face at `size` pixels (an em; multiplied by the face's own scale)."""
        return _loaded(self, round(size * self.scale), bold)


@lru_cache(maxsize=256)
def _loaded(face: Face, size: int, bold: bool) -> ImageFont.FreeTypeFont:  # noqa: FBT001 - a cache key
    path = files(face.package) / "files" / (face.bold if bold else face.regular)
    # The basic layout engine, since the same seed must give the same bytes everywhere: Pillow's
    # other engine depends on a library of the machine.
    font = ImageFont.truetype(str(path), size, layout_engine=ImageFont.Layout.BASIC)
    if axes := face.axes[bold]:
        font.set_variation_by_axes(list(axes))
    return font


INCONSOLATA = Face(
    "Inconsolata",
    "fontpkg_inconsolata",
    "Inconsolata[wdth,wght].ttf",
    "Inconsolata[wdth,wght].ttf",
    axes=((600, 100), (900, 100)),
    scale=1.0,
)
PLEX_MONO = Face(
    "IBM Plex Mono",
    "fontpkg_ibm_plex_mono",
    "IBMPlexMono-Medium.ttf",
    "IBMPlexMono-Bold.ttf",
    scale=0.84,
)
SHARE_TECH = Face(
    "Share Tech", "fontpkg_share_tech", "ShareTech-Regular.ttf", "ShareTech-Regular.ttf", scale=1.05
)
ROBOTO_CONDENSED = Face(
    "Roboto Condensed",
    "fontpkg_roboto_condensed",
    "RobotoCondensed[wght].ttf",
    "RobotoCondensed[wght].ttf",
    axes=((480,), (800,)),
)
SOURCE_SANS = Face(
    "Source Sans 3",
    "fontpkg_source_sans_3",
    "SourceSans3[wght].ttf",
    "SourceSans3[wght].ttf",
    axes=((430,), (700,)),
)
ARCHIVO_BLACK = Face(
    "Archivo Black",
    "fontpkg_archivo_black",
    "ArchivoBlack-Regular.ttf",
    "ArchivoBlack-Regular.ttf",
    scale=0.85,
)

# Only typefaces whose 0 and 8 Tesseract can tell apart: not Roboto Mono, whose 0 has a slash.
THERMAL = (INCONSOLATA, INCONSOLATA, PLEX_MONO, SHARE_TECH, ROBOTO_CONDENSED)
LASER = (SOURCE_SANS, ROBOTO_CONDENSED, PLEX_MONO)
