"""Restores faded and shadowed print: dark on white paper again."""

from PIL import Image, ImageChops, ImageFilter

from reading.extraction.ink import paper

INK_SHARE = 0.02
"""The share of all pixels, the darkest ones, that is certainly print and becomes black."""

FAINTEST = 40
"""Grey levels below the paper. Fainter marks are noise, and don't become black."""

BLUR = 1.0
"""Radius in pixels. Blurring joins the dots of thermal and needle printers. Measured: 77.0% of the
words are right with it, 75.1% without, 73.6% at 1.4 pixels."""


def restore(image: Image.Image, gamma: float = 1.0) -> Image.Image:
    """Even out the light, stretch print to black, and blur slightly.

    A `gamma` below 1 darkens faint print more.
    """
    darker = ImageChops.subtract(paper(image), image)
    black = max(FAINTEST, _brightest(darker, INK_SHARE))
    tones = [round(255 * (1 - min(1.0, value / black) ** gamma)) for value in range(256)]
    return darker.point(tones).filter(ImageFilter.GaussianBlur(BLUR))


def _brightest(image: Image.Image, share: float) -> int:
    """The value that this share of all pixels reaches or exceeds."""
    histogram = image.histogram()
    left = share * sum(histogram)
    for value in range(255, 0, -1):
        left -= histogram[value]
        if left <= 0:
            return value
    return 0
