"""A photo becomes a straight, legible image; what holds no receipt passes through unharmed."""

import random

import pytest
from PIL import Image, ImageDraw, ImageFont

from reading.engine import ImageRequirements
from reading.extraction import crop, deskew, fading, glyphs, sheet, upright
from reading.extraction.prepare import SEVERAL, prepare_image, straighten

FONT = ImageFont.load_default(26)


def receipt(lines: int = 24, size: tuple[int, int] = (520, 960)) -> Image.Image:
    rng = random.Random(7)  # noqa: S311 - reproducible, not secret
    image = Image.new("L", size, 240)
    draw = ImageDraw.Draw(image)
    for row in range(lines):
        name = "".join(rng.choice("ABCDEFGHIKLMNORSTU ") for _ in range(rng.randint(8, 18)))
        draw.text((40, 40 + row * 36), name, fill=30, font=FONT)
        draw.text((400, 40 + row * 36), f"{rng.randint(1, 99)}.{row:02}", fill=30, font=FONT)
    return image


def on_table(*papers: Image.Image, angle: float = 0.0) -> Image.Image:
    width = sum(paper.width + 200 for paper in papers)
    table = Image.new("L", (width, max(paper.height for paper in papers) + 300), 70)
    at = 100
    for paper in papers:
        table.paste(paper, (at, 150))
        at += paper.width + 200
    return table.rotate(angle, Image.Resampling.BICUBIC, fillcolor=70)


@pytest.mark.parametrize("angle", [-9.0, -3.0, 0.0, 1.0, 6.0])
def test_slanted_lines_are_turned_level(angle: float) -> None:
    slanted = receipt().rotate(angle, Image.Resampling.BICUBIC, expand=True, fillcolor=240)
    assert deskew.slope(slanted) == pytest.approx(-angle, abs=0.4)


def test_the_receipt_is_cut_out_of_its_background() -> None:
    found = sheet.find_sheet(on_table(receipt(), angle=5))
    assert found is not None
    assert found.alone
    flat = sheet.flatten(on_table(receipt(), angle=5), found.corners)
    assert flat.width == pytest.approx(520, rel=0.06)
    assert flat.height == pytest.approx(960, rel=0.06)
    assert abs(deskew.slope(flat)) < 1


def test_a_page_that_fills_the_picture_is_not_cut() -> None:
    assert sheet.find_sheet(receipt()) is None


def test_two_receipts_in_one_photo_are_noticed_and_mistrusted() -> None:
    (found,) = (step for step in straighten(on_table(receipt(), receipt())) if step.trust < 1)
    assert found.trust == SEVERAL
    assert "another receipt" in found.note


@pytest.mark.parametrize("turn", [Image.Transpose.ROTATE_90, Image.Transpose.ROTATE_270])
def test_a_sideways_photo_is_noticed(turn: Image.Transpose) -> None:
    assert not upright.is_sideways(receipt())
    assert upright.is_sideways(receipt().transpose(turn))


def test_margins_are_cropped_around_the_print() -> None:
    page = Image.new("L", (1600, 2400), 250)
    page.paste(receipt(), (500, 300))
    box = crop.print_box(page)
    assert box is not None
    left, top, right, bottom = box
    assert 440 < left < 560
    assert 260 < top < 360
    assert right < 1120
    assert bottom < 1350


def test_type_is_scaled_to_the_height_that_is_wanted() -> None:
    large = receipt().resize((1560, 2880), Image.Resampling.BICUBIC)
    prepared = prepare_image(large, ImageRequirements(glyph_height=21, restore=False))
    height = glyphs.height(prepared)
    assert height is not None
    assert 17 <= height <= 27


def grey(picture: Image.Image, x: int, y: int) -> int:
    level = picture.getpixel((x, y))
    assert isinstance(level, int)
    return level


def test_faded_print_in_a_shadow_becomes_black_on_white() -> None:
    shadow = Image.linear_gradient("L").resize((520, 960)).point(lambda v: 120 + v // 3)
    faint = receipt().point(lambda v: 255 if v > 150 else 190)
    prepared = fading.restore(Image.blend(faint, shadow, 0.5))
    assert grey(prepared, 5, 5) > 230
    assert grey(prepared, 5, 950) > 230
    assert min(prepared.tobytes()) < 60


@pytest.mark.parametrize(
    "image",
    [
        Image.new("L", (900, 1400), 250),
        Image.new("L", (900, 1400), 3),
        Image.linear_gradient("L"),
        Image.effect_noise((600, 800), 90),
        Image.new("L", (40, 2000), 255),
        Image.new("L", (32, 32), 128),
        Image.new("L", (4000, 40), 200),
    ],
)
def test_what_is_no_receipt_passes_through(image: Image.Image) -> None:
    prepared = prepare_image(image, ImageRequirements())
    assert prepared.mode == "L"
    assert min(prepared.size) > 0
