"""Tells paper from print under uneven light. Works on small images, with Pillow alone."""

from PIL import Image, ImageChops, ImageFilter, ImageStat

GRID = 8
"""The side of a cell in pixels. Paper changes its brightness slowly: one value a cell will do."""


def paper(image: Image.Image) -> Image.Image:
    """The brightness of the paper behind the print, as a grey image of the same size.

    It is the brightest of the neighbouring cells, smoothed; large black areas stay black.
    """
    small = image.reduce(GRID) if min(image.size) > GRID * 8 else image
    small = small.filter(ImageFilter.MedianFilter(3)).filter(ImageFilter.MaxFilter(5))
    small = small.filter(ImageFilter.GaussianBlur(3))
    return small.resize(image.size, Image.Resampling.BILINEAR)


def is_light_on_dark(image: Image.Image) -> bool:
    """Whether most of the image is dark, and its print lighter: a screenshot in dark mode.

    Print is thin, so that it differs far from what surrounds it, on the side of its colour only.
    An underexposed photo is dark, too, but its print is darker still.
    """
    small = image.reduce(max(1, min(image.size) // 400))
    if ImageStat.Stat(small).median[0] >= 128:
        return False
    around = small.filter(ImageFilter.BoxBlur(10))
    levels = ImageChops.subtract(small, around, scale=2, offset=128).histogram()
    return sum(count * (level - 128) ** 3 for level, count in enumerate(levels)) > 0


def swell(ink: Image.Image, radius: int) -> Image.Image:
    """Let ink, which is white, grow by `radius` pixels on every side.

    A box blur brightens each pixel near ink, and is far cheaper than a rank filter.
    """
    least = 255 // (2 * radius + 1) ** 2
    return ink.filter(ImageFilter.BoxBlur(radius)).point([0] * least + [255] * (256 - least))


def ink(image: Image.Image, least: int = 40) -> Image.Image:
    """Print in white on black: white is darker than its paper by more than `least` of 255."""
    darker = ImageChops.subtract(paper(image), image)
    return darker.point(lambda value: 255 if value > least else 0)
