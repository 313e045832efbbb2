"""Second step: from a photo to a picture that an OCR engine reads well."""

from PIL import Image


def prepare(image: Image.Image) -> Image.Image:
    """Return the picture for the engine."""
    return image
