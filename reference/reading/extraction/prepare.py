"""Second step: from a photo to an image that an OCR engine reads well.

`straighten` depends on the photo alone and runs once. `scale_and_restore` makes the image that one
engine requires; it is cheap enough to run again for another engine.
"""

from collections.abc import Iterator

from msgspec import Struct
from PIL import Image, ImageOps

from reading.engine import ImageRequirements
from reading.extraction import crop, deskew, fading, glyphs, sheet
from reading.extraction.ink import is_light_on_dark

SEVERAL = 0.4
"""The trust left if there are several receipts in a photo: only the largest is read, and a person
must check for the others."""


class Step(Struct, frozen=True):
    """The image after one step; `note` says what the step found, for `--explain`.

    Every field's confidence is multiplied by `trust`, which is below 1 if the step found a reason
    to doubt the whole photo.
    """

    name: str
    image: Image.Image
    note: str
    trust: float = 1.0


def prepare_image(image: Image.Image, requirements: ImageRequirements) -> Image.Image:
    """Run all steps and return the image that meets an engine's `requirements`."""
    return last_image(scale_and_restore(last_image(straighten(image)), requirements))


def last_image(steps: Iterator[Step]) -> Image.Image:
    """The image after the last step."""
    *_, step = steps
    return step.image


def straighten(image: Image.Image) -> Iterator[Step]:
    """Find the receipt in a grey `image`, crop it and turn its lines level, as the last step."""
    yield Step("decoded", image, f"{image.width} x {image.height} pixels")
    if found := sheet.find_sheet(image):
        flat = sheet.flatten(image, found.corners)
        if not is_light_on_dark(flat):  # a sheet is lighter than its background; dark print isn't
            image = flat
            yield _found(flat, alone=found.alone)
    if is_light_on_dark(image):
        image = ImageOps.invert(image)
        yield Step("inverted", image, "light print on a dark ground")
    if box := crop.print_box(image):
        image = image.crop(box)
        yield Step("cropped", image, f"print from {box[:2]} to {box[2:]}")
    yield level(image)


def _found(flat: Image.Image, *, alone: bool) -> Step:
    if alone:
        return Step("receipt found", flat, "the sheet on its background, laid flat")
    return Step("one of several", flat, "another receipt lies beside it", SEVERAL)


def level(image: Image.Image) -> Step:
    """Turn the lines of print level."""
    angle = deskew.slope(image)
    return Step("level", deskew.level(image, angle), f"turned by {angle:.1f}°")


def scale_and_restore(
    image: Image.Image, requirements: ImageRequirements, height: int | None = None
) -> Iterator[Step]:
    """Scale a straightened image to the type size that an engine requires, and restore its print.

    `height` is the height of its type in pixels, if that has been measured already.
    """
    height = height or glyphs.height(image)
    wanted = requirements.glyph_height
    image = glyphs.scale(image, wanted / height) if height else image
    yield Step("scaled", image, f"type {height} pixels high, wanted {wanted}")
    if requirements.restore:
        image = fading.restore(image, requirements.gamma)
        yield Step("restored", image, "light evened out, print darkened")
