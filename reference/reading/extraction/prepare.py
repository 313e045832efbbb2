"""Second step: from a photo to a picture that an OCR engine reads well.

`straighten` depends on the photo alone and is done once; `fit` makes the picture that one engine
wants, and is cheap enough to be done again for another.
"""

from collections.abc import Iterator

from msgspec import Struct
from PIL import Image

from reading.engine import Picture
from reading.extraction import crop, deskew, fading, glyphs, sheet, upright

SEVERAL = 0.4
"""With several receipts in a photo the largest is read, and somebody must look at the others."""


class Step(Struct, frozen=True):
    """What one step made of the picture; `note` says what it found, for `--explain`.

    `trust` is the share of confidence that is left to every field after what the step found.
    """

    name: str
    image: Image.Image
    note: str
    trust: float = 1.0


def prepare(image: Image.Image, picture: Picture) -> Image.Image:
    """Return the picture for an engine that wants it like `picture`."""
    return last(fit(last(straighten(image)), picture))


def last(steps: Iterator[Step]) -> Image.Image:
    """The image after the last step."""
    *_, step = steps
    return step.image


def straighten(image: Image.Image) -> Iterator[Step]:
    """Find the receipt in a grey `image`, crop it, turn it upright and level."""
    yield Step("decoded", image, f"{image.width} x {image.height} pixels")
    if found := sheet.find(image):
        image = sheet.flatten(image, found.corners)
        if found.alone:
            yield Step("receipt found", image, "the sheet on its background, laid flat")
        else:
            yield Step("one of several", image, "another receipt lies beside it", SEVERAL)
    if box := crop.print_box(image):
        image = image.crop(box)
        yield Step("cropped", image, f"print from {box[:2]} to {box[2:]}")
    if upright.is_sideways(image):
        image = image.transpose(Image.Transpose.ROTATE_90)
        yield Step("upright", image, "lines ran up or down: turned by 90°")
    angle = deskew.slope(image)
    yield Step("level", deskew.level(image, angle), f"turned by {angle:.1f}°")


def fit(image: Image.Image, picture: Picture, height: int | None = None) -> Iterator[Step]:
    """Scale a straightened image to the type size that an engine wants, and restore its print.

    `height` is its type's, in pixels, for who has measured it already.
    """
    height = height or glyphs.height(image)
    image = glyphs.scale(image, picture.glyph_height / height) if height else image
    yield Step("scaled", image, f"type {height} pixels high, wanted {picture.glyph_height}")
    if picture.restore:
        image = fading.restore(image, picture.gamma)
        yield Step("restored", image, "light evened out, print darkened")
