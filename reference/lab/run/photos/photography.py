"""The effects that turn a printed receipt into a phone's photo, one a function.

Each takes a Pillow image, a `random.Random` and a strength from 0 (almost none) to 1 (the worst
that people send). Ink is mode L, 255 where black; paper is mode LA, grey and coverage; a photo is
mode RGB. Effects are deterministic, so they don't use Pillow's own noise.
"""

import math
import random
from itertools import pairwise

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageOps

Colour = tuple[int, int, int]
Size = tuple[int, int]

WOOD: tuple[tuple[Colour, Colour], ...] = (
    ((58, 36, 22), (118, 78, 48)),
    ((104, 72, 44), (168, 124, 84)),
    ((36, 30, 28), (74, 62, 54)),
)
STONE: tuple[tuple[Colour, Colour], ...] = (
    ((52, 54, 58), (112, 114, 118)),
    ((24, 26, 30), (70, 72, 76)),
    ((92, 96, 98), (150, 152, 152)),
)
CLOTH: tuple[tuple[Colour, Colour], ...] = (
    ((34, 48, 74), (66, 84, 116)),
    ((86, 34, 34), (124, 60, 56)),
    ((48, 66, 52), (88, 108, 90)),
)


def field(rng: random.Random, size: Size, cells: Size, low: int, high: int) -> Image.Image:
    """Return smooth random grey between `low` and `high` (mode L), `cells` knots wide and high."""
    knots = Image.frombytes("L", cells, rng.randbytes(cells[0] * cells[1]))
    shades = knots.point([low + value * (high - low) // 255 for value in range(256)])
    if cells[0] * 8 > size[0]:
        return shades.resize(size, Image.Resampling.BILINEAR)
    return _enlarged(shades, size)


def _enlarged(shades: Image.Image, size: Size) -> Image.Image:
    """Return a few knots as smooth grey: bicubic while small, then enlarged, which is faster."""
    small = (max(size[0] // 8, shades.width), max(size[1] // 8, shades.height))
    curve = shades.resize(small, Image.Resampling.BICUBIC)
    return curve.resize(size, Image.Resampling.BILINEAR)


def faded(ink: Image.Image, rng: random.Random, strength: float) -> Image.Image:
    """Return ink from a worn thermal head, after months in a wallet: patches and pale streaks."""
    lowest = 255 - round(135 * strength)
    wear = field(rng, ink.size, (3, 5), lowest, 255)
    streaks = ImageDraw.Draw(wear)
    for _ in range(rng.randint(0, round(4 * strength))):  # dead dots of the head
        x = rng.randrange(ink.width)
        streaks.line((x, 0, x, ink.height), fill=lowest - 60, width=rng.choice((2, 3)))
    return ImageChops.multiply(ink, wear)


def on_paper(ink: Image.Image, rng: random.Random, border: int, *, torn: bool) -> Image.Image:
    """Return paper with the ink on it, in a transparent border; its ends jagged if `torn`."""
    width, height = ink.size
    size = (width + 2 * border, height + 2 * border)
    white = rng.randint(232, 250)
    grain = field(rng, ink.size, (width // 5, height // 5), white - 7, white)
    black = rng.randint(18, 60)
    ink = ink.point([value * (255 - black) // 255 for value in range(256)])
    grey = Image.new("L", size, white)
    grey.paste(ImageChops.multiply(grain, ImageOps.invert(ink)), (border, border))
    cover = Image.new("L", size)
    right, bottom = border + width, border + height
    outline: list[tuple[float, float]] = [(border, border), (right, border)]
    outline += [(right, bottom), (border, bottom)]
    if torn:
        tooth = max(width // 110, 5)
        across = range(border, right + 1, tooth)
        down = [(x, border + (position % 2) * tooth * 0.6) for position, x in enumerate(across)]
        up = [(x, bottom - (position % 2) * tooth * 0.6) for position, x in enumerate(across)]
        outline = [*down, (right, border), (right, bottom), *reversed(up)]
    ImageDraw.Draw(cover).polygon(outline, fill=255)
    return Image.merge("LA", (grey, cover))


def creased(paper: Image.Image, rng: random.Random, strength: float) -> Image.Image:
    """Return the paper folded once or more and opened again: a bright ridge, a shaded side."""
    grey, cover = paper.split()
    shade = field(rng, grey.size, (5, 9), 255 - round(34 * strength), 255)
    lines = ImageDraw.Draw(shade)
    for _ in range(rng.randint(0, 1 + round(2 * strength))):
        y = rng.randint(grey.height // 6, grey.height * 5 // 6)
        slope = rng.randint(-14, 14)
        depth = 20 + round(40 * strength)
        for offset in range(16):
            dark = 255 - depth * (16 - offset) // 16
            ends = (0, y + offset, grey.width, y + slope + offset)
            lines.line(ends, fill=dark, width=2)
    return Image.merge("LA", (ImageChops.multiply(grey, shade), cover))


def curled(paper: Image.Image, rng: random.Random, strength: float) -> Image.Image:
    """Return paper that curls as from a roll: lines bow, edges swing, slopes are darker."""
    width, height = paper.size
    bow = rng.choice((-1, 1)) * strength * width * 0.022
    swing = strength * width * 0.018
    waves, phase = rng.uniform(0.6, 1.4), rng.uniform(0, math.tau)

    def source(x: float, y: float) -> tuple[float, float]:
        sideways = math.sin(phase + waves * math.tau * y / height)
        across = 2 * x / width - 1
        return x + swing * sideways, y + bow * (across * across - 0.5)

    columns, rows = 8, 14
    xs = [round(width * step / columns) for step in range(columns + 1)]
    ys = [round(height * step / rows) for step in range(rows + 1)]
    mesh = []
    for left, right in pairwise(xs):
        for top, bottom in pairwise(ys):
            corners = ((left, top), (left, bottom), (right, bottom), (right, top))
            quad = tuple(value for x, y in corners for value in source(x, y))
            mesh.append(((left, top, right, bottom), quad))
    # The next effects smooth the outline's steps; doing it here would take as long again.
    grey, cover = (
        band.transform(paper.size, Image.Transform.MESH, mesh, resample)
        for band, resample in zip(
            paper.split(), (Image.Resampling.BILINEAR, Image.Resampling.NEAREST), strict=True
        )
    )
    slopes = bytes(
        255 - round(46 * strength * (0.5 + 0.5 * math.cos(phase + waves * math.tau * row / 63)))
        for row in range(64)
    )
    shade = _enlarged(Image.frombytes("L", (1, 64), slopes), paper.size)
    return Image.merge("LA", (ImageChops.multiply(grey, shade), cover))


def skewed(paper: Image.Image, rng: random.Random, strength: float, margin: int) -> Image.Image:
    """Return the paper as a hand-held phone sees it: rotated a little, and in perspective."""
    width, height = paper.size
    turn = math.radians(rng.uniform(-2.4, 2.4) * strength)
    narrowing = rng.uniform(-0.025, 0.025) * strength * width
    cos, sin = math.cos(turn), math.sin(turn)
    corners: list[float] = []
    for x, y, sign in ((0, 0, 1), (0, 1, -1), (1, 1, 1), (1, 0, -1)):
        dx = (x - 0.5) * (width + 2 * margin) + sign * narrowing
        dy = (y - 0.5) * (height + 2 * margin)
        corners += [width / 2 + dx * cos - dy * sin, height / 2 + dx * sin + dy * cos]
    size = (width + 2 * margin, height + 2 * margin)
    bands = (
        band.transform(size, Image.Transform.QUAD, corners, Image.Resampling.BILINEAR)
        for band in paper.split()
    )
    return Image.merge("LA", tuple(bands))


def table(rng: random.Random, size: Size) -> Image.Image:
    """Return the table under the receipt: wood, stone or cloth, as an RGB photo."""
    # Half the resolution is enough: the camera is focused on the paper.
    half = width, height = size[0] // 2, size[1] // 2
    kind = rng.choice((WOOD, WOOD, STONE, CLOTH))
    dark, light = rng.choice(kind)
    if kind is WOOD:
        grain = field(rng, half, (5, height // 2), 0, 255)
        broad = field(rng, half, (3, 12), 60, 255)
        surface = Image.blend(grain, broad, 0.55)
        if rng.randrange(2):  # planks run the other way
            surface = surface.transpose(Image.Transpose.ROTATE_90).resize(half)
    elif kind is STONE:
        grain = field(rng, half, (width // 3, height // 3), 0, 255)
        surface = Image.blend(grain, field(rng, half, (6, 9), 0, 255), 0.5)
    else:
        threads = Image.blend(
            field(rng, half, (3, height // 2), 0, 255),
            field(rng, half, (width // 2, 3), 0, 255),
            0.5,
        )
        surface = Image.blend(threads, field(rng, half, (4, 5), 0, 255), 0.4)
    return ImageOps.colorize(surface, dark, light).resize(size, Image.Resampling.BILINEAR)


def laid(paper: Image.Image, rng: random.Random, background: Image.Image) -> Image.Image:
    """Return a photo of the paper on a background of the same size, with the shadow it casts."""
    grey, cover = paper.split()
    reach = rng.randint(6, 20)
    small = cover.resize((cover.width // 8, cover.height // 8), Image.Resampling.BOX)
    cast = small.filter(ImageFilter.GaussianBlur(reach / 8)).resize(cover.size)
    cast = ImageChops.offset(cast, rng.choice((-1, 1)) * reach // 2, reach // 2)
    darker = cast.point([255 - value * 150 // 255 for value in range(256)])
    photo = ImageChops.multiply(background, Image.merge("RGB", (darker,) * 3))
    warmth = rng.randint(-5, 12)
    white = (255, 254 - max(warmth, 0) // 3, 250 - warmth)
    photo.paste(ImageOps.colorize(grey, (0, 0, 0), white), (0, 0), cover)
    return photo


def shadowed(photo: Image.Image, rng: random.Random, strength: float) -> Image.Image:
    """Return the photo in a room's light: one side brighter, at times the shadow of a hand."""
    width, height = photo.size
    small = (width // 16, height // 16)
    light = field(rng, small, (2, 2), 255 - round(70 * strength), 255)
    if rng.random() < 0.3 + 0.4 * strength:
        hand = Image.new("L", small, 255)
        reach = rng.uniform(0.35, 0.75)
        corner = rng.choice((0, small[0]))
        far = abs(corner - small[0] * reach)
        outline = ((corner, small[1]), (corner, small[1] * (1 - reach)), (far, small[1]))
        ImageDraw.Draw(hand).polygon(outline, fill=255 - round(70 * strength))
        light = ImageChops.multiply(light, hand.filter(ImageFilter.GaussianBlur(3 + 4 * strength)))
    light = light.resize(photo.size, Image.Resampling.BILINEAR)
    return ImageChops.multiply(photo, Image.merge("RGB", (light,) * 3))


def blurred(photo: Image.Image, rng: random.Random, strength: float) -> Image.Image:
    """Return the photo a little out of focus."""
    return photo.filter(ImageFilter.BoxBlur(rng.uniform(0.3, 0.6) + 1.1 * strength))


def noisy(photo: Image.Image, rng: random.Random, strength: float) -> Image.Image:
    """Return the photo with the noise of a small sensor."""
    reach = 4 + 17 * strength
    raw = Image.frombytes("L", photo.size, rng.randbytes(photo.width * photo.height))
    raw = raw.point([round(128 + (value - 128) / 128 * reach) for value in range(256)])
    grains = raw if photo.mode == "L" else Image.merge("RGB", (raw,) * 3)
    return ImageChops.add(photo, grains, 1, -128)


def stored_turned(photo: Image.Image, rng: random.Random) -> tuple[Image.Image, int]:
    """Return the pixels as a turned phone stores them, and the EXIF orientation that undoes it."""
    orientation, undo = rng.choice(
        (
            (6, Image.Transpose.ROTATE_90),
            (6, Image.Transpose.ROTATE_90),
            (8, Image.Transpose.ROTATE_270),
            (3, Image.Transpose.ROTATE_180),
        )
    )
    return photo.transpose(undo), orientation
