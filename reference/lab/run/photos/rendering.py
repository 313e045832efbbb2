"""Renders one receipt: from a seed to the bytes of an image, with its ground truth."""

import io
import random
from typing import Literal

import msgspec
from PIL import Image, ImageOps

from lab.run.photos import photography as ph
from lab.run.photos.goods import Trade
from lab.run.photos.layouts import print_receipt
from lab.run.photos.purchase import chance, draw_purchase
from lab.run.photos.truth import Truth

# How wide the paper lies in a photo (pixels, from and to), by the printer's dots across.
PAPER_WIDTHS = {400: (680, 780), 576: (870, 1010)}
ORIENTATION = 0x0112  # the EXIF tag


class Rendered(msgspec.Struct, frozen=True):
    """A receipt image and its ground truth; `image` is a whole JPEG or PNG file."""

    seed: int
    layout: Trade
    format: Literal["jpg", "png"]
    image: bytes
    truth: Truth


def render(seed: int) -> Rendered:
    """Return the receipt of this seed; the same seed gives the same bytes under one Pillow."""
    rng = random.Random(seed)  # noqa: S311 - reproducible, not secret
    purchase = draw_purchase(rng)
    ink = print_receipt(purchase, rng)
    scanned = chance(rng, 0.35 if purchase.trade == "invoice" else 0.12)
    image = scan(ink, rng) if scanned else photograph(ink, rng, purchase.trade)
    return Rendered(
        seed=seed,
        layout=purchase.trade,
        format="png" if scanned else "jpg",
        image=image,
        truth=purchase.truth,
    )


def photograph(ink: Image.Image, rng: random.Random, trade: Trade) -> bytes:
    """Return a phone's JPEG of a receipt, upright about 900 to 1,400 pixels wide."""
    thermal = trade != "invoice"
    low, high = PAPER_WIDTHS.get(ink.width, (1080, 1180))
    zoom = rng.uniform(low, high) / ink.width
    ink = ink.resize((round(ink.width * zoom), round(ink.height * zoom)), Image.Resampling.BICUBIC)
    if thermal:
        ink = ph.faded(ink, rng, _mild(rng))
    paper = ph.on_paper(ink, rng, ink.width // 24, torn=thermal)
    paper = ph.creased(paper, rng, _mild(rng))
    paper = ph.curled(paper, rng, _mild(rng) if thermal else _mild(rng) / 3)
    paper = ph.skewed(paper, rng, rng.random(), margin=rng.randint(10, 110))
    photo = ph.laid(paper, rng, ph.table(rng, paper.size))
    photo = ph.shadowed(photo, rng, _mild(rng))
    photo = ph.blurred(photo, rng, _mild(rng))
    photo = ph.noisy(photo, rng, _mild(rng))
    exif = Image.Exif()
    if chance(rng, 0.3):
        photo, exif[ORIENTATION] = ph.stored_turned(photo, rng)
    file = io.BytesIO()
    photo.save(file, "JPEG", quality=rng.randint(58, 88), exif=exif)
    return file.getvalue()


def scan(ink: Image.Image, rng: random.Random) -> bytes:
    """Return a flatbed scanner's PNG: grey, flat light, a slightly crooked sheet."""
    zoom = max(rng.uniform(820, 900) / ink.width, 1.0)
    ink = ink.resize((round(ink.width * zoom), round(ink.height * zoom)), Image.Resampling.BICUBIC)
    paper = ph.on_paper(ph.faded(ink, rng, _mild(rng) / 2), rng, 4, torn=False)
    paper = ph.creased(paper, rng, _mild(rng) / 2)
    grey, cover = ph.skewed(paper, rng, rng.random() / 2, margin=rng.randint(10, 60)).split()
    lid = Image.new("L", grey.size, 252)
    lid.paste(grey, (0, 0), cover)
    lid = lid.point([min(value + 13, 255) for value in range(256)])  # its white point
    file = io.BytesIO()
    # Sixteen greys, as office scanners store: a tenth of the bytes and no digit lost.
    ImageOps.posterize(lid, 4).save(file, "PNG")
    return file.getvalue()


def _mild(rng: random.Random) -> float:
    """Return a strength that is mostly small, as most photos are decent."""
    return rng.random() ** 2
