"""Second step: from a photo to a picture that an OCR engine reads well."""

from collections.abc import Iterator

from msgspec import Struct
from PIL import Image

from receipts.extraction import crop, deskew, fading, glyphs, sheet, upright


class Step(Struct, frozen=True):
    """What one step made of the picture; `note` says what it found, for `--explain`."""

    name: str
    image: Image.Image
    note: str


def prepare(image: Image.Image, glyph_height: int = 21, *, restore: bool = True) -> Image.Image:
    """Return the picture for the engine; see `steps`."""
    *_, last = steps(image, glyph_height, restore=restore)
    return last.image


def steps(image: Image.Image, glyph_height: int = 21, *, restore: bool = True) -> Iterator[Step]:
    """Prepare a grey `image` step by step, for an engine that reads type of this height best.

    `restore` says whether faded print is made dark again: Tesseract needs it, an engine that was
    trained on photos does not.
    """
    yield Step("decoded", image, f"{image.width} x {image.height} pixels")
    corners = sheet.corners(image)
    if corners:
        image = sheet.flatten(image, corners)
        yield Step("receipt found", image, "the sheet on its background, laid flat")
    if box := crop.print_box(image):
        image = image.crop(box)
        yield Step("cropped", image, f"print from {box[:2]} to {box[2:]}")
    if upright.is_sideways(image):
        image = image.transpose(Image.Transpose.ROTATE_90)
        yield Step("upright", image, "lines ran up or down: turned by 90°")
    angle = deskew.slope(image)
    image = deskew.level(image, angle)
    yield Step("level", image, f"turned by {angle:.1f}°")
    height = glyphs.height(image)
    if height:
        image = glyphs.scale(image, glyph_height / height)
        yield Step("scaled", image, f"type {height} pixels high, wanted {glyph_height}")
    if restore:
        image = fading.restore(image)
        yield Step("restored", image, "light evened out, print darkened")
