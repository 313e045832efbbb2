"""What is paper and what is print, under uneven light. Pillow alone; the sizes are kept small."""

from PIL import Image, ImageChops, ImageFilter

GRID = 8
"""The paper's brightness changes slowly: it is measured on cells of this many pixels."""


def paper(image: Image.Image) -> Image.Image:
    """The brightness of the paper behind the print: a grey image of the same size.

    The brightest of the neighbouring cells, smoothed; large black areas stay black.
    """
    small = image.reduce(GRID) if min(image.size) > GRID * 8 else image
    small = small.filter(ImageFilter.MedianFilter(3)).filter(ImageFilter.MaxFilter(5))
    small = small.filter(ImageFilter.GaussianBlur(3))
    return small.resize(image.size, Image.Resampling.BILINEAR)


def swell(ink: Image.Image, radius: int) -> Image.Image:
    """Let ink grow by `radius` pixels on every side.

    A box blur leaves no pixel black that had ink near it, and is far cheaper than a rank filter.
    """
    least = 255 // (2 * radius + 1) ** 2
    return ink.filter(ImageFilter.BoxBlur(radius)).point([0] * least + [255] * (256 - least))


def ink(image: Image.Image, least: int = 40) -> Image.Image:
    """Print as white on black, of two values: what is darker than its paper by `least` of 255."""
    darker = ImageChops.subtract(paper(image), image)
    return darker.point(lambda value: 255 if value > least else 0)
