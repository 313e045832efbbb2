"""From the colours of any picture to a grey one: dark ink on white paper, held upright."""

from PIL import Image, ImageOps

LIGHT_INK = 0.03
"""Ink is light if fewer of its pixels are dark. A receipt that was cut out has more, its print."""

_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def upright_grey(image: Image.Image, orientation: int) -> Image.Image:
    """The picture in grey (mode "L"), turned as EXIF numbers orientations; 1 is upright."""
    grey = _to_grey(image)
    return grey.transpose(_TURNS[orientation]) if orientation in _TURNS else grey


def _to_grey(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I;16") or image.mode == "I":
        # 16 bits a pixel: convert("L") alone would clip at 255 and leave a white page.
        return image.convert("I").point(lambda value: value / 256).convert("L")
    if image.mode == "F":
        return ImageOps.autocontrast(image.convert("L"))
    if image.mode == "LAB":
        return image.getchannel("L")
    if image.has_transparency_data:
        return _on_paper(image.convert("RGBA"))
    return image.convert("L")


def _on_paper(image: Image.Image) -> Image.Image:
    """Ink on a transparent ground: what is transparent is paper, white under dark ink.

    Light ink, as of a screenshot in a dark mode, is shown as its negative.
    """
    solid = image.getchannel("A").point(lambda alpha: 255 if alpha > 127 else 0)
    histogram = image.convert("L").histogram(solid)
    visible, dark = sum(histogram), sum(histogram[:128])
    is_light = dark < LIGHT_INK * visible and visible < image.width * image.height / 2
    ground = Image.new("RGBA", image.size, "black" if is_light else "white")
    grey = Image.alpha_composite(ground, image).convert("L")
    return ImageOps.invert(grey) if is_light else grey
