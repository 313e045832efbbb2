"""A photo becomes a straight, legible image; what holds no receipt passes through unharmed."""

import random

import pytest
from PIL import Image, ImageDraw, ImageFont, ImageStat

from reading.engine import ImageRequirements
from reading.extraction import crop, deskew, fading, glyphs, sheet
from reading.extraction.prepare import SEVERAL, last_image, prepare_image, straighten

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


def test_a_slip_of_a_card_beside_a_bill_is_noticed() -> None:
    slip = receipt(9, (260, 400))
    (found,) = (step for step in straighten(on_table(receipt(), slip)) if step.trust < 1)
    assert found.trust == SEVERAL


@pytest.mark.parametrize("turn", [Image.Transpose.ROTATE_90, Image.Transpose.ROTATE_180])
def test_nothing_is_turned_before_it_was_read(turn: Image.Transpose) -> None:
    sideways = receipt().transpose(turn)
    steps = list(straighten(sideways))
    assert [step.name for step in steps] == ["decoded", "cropped", "level"]
    assert (steps[-1].image.width > steps[-1].image.height) == (sideways.width > sideways.height)


@pytest.mark.parametrize("ground", [0, 40, 80])
def test_light_print_on_a_dark_ground_becomes_dark_on_light(ground: int) -> None:
    dark = receipt().point([ground + (240 - level) * 2 // 3 for level in range(256)])
    (inverted,) = (step for step in straighten(dark) if step.name == "inverted")
    assert ImageStat.Stat(inverted.image).median[0] > 128
    assert glyphs.height(last_image(straighten(dark))) == glyphs.height(
        last_image(straighten(receipt()))
    )


@pytest.mark.parametrize(
    "photo",
    [
        receipt().point([level // 5 for level in range(256)]),
        on_table(receipt()),
        on_table(receipt()).crop((0, 0, 900, 600)),
        Image.new("L", (600, 900), 3),
    ],
    ids=["underexposed", "on a dark table", "cut off on a dark table", "black"],
)
def test_dark_print_is_not_inverted_however_dark_the_photo(photo: Image.Image) -> None:
    assert "inverted" not in [step.name for step in straighten(photo)]


@pytest.mark.parametrize("angle", [-3.0, 0.0, 2.0])
def test_the_slope_of_a_strip_fifteen_times_as_long_as_wide_is_measured(angle: float) -> None:
    strip = receipt(200, (520, 7800))
    slanted = strip.rotate(angle, Image.Resampling.BICUBIC, expand=True, fillcolor=240)
    assert deskew.slope(slanted) == pytest.approx(-angle, abs=0.4)


def test_a_strip_is_cut_out_of_its_background_without_its_print() -> None:
    found = sheet.find_sheet(on_table(receipt(200, (520, 7800))))
    assert found is not None
    (left, _), _, (right, _), _ = found.corners
    assert left < 100 + 40  # where its print begins
    assert right > 100 + 480


def test_a_strip_keeps_the_size_of_its_type_however_long_it_is() -> None:
    strip = Image.new("L", (1100, 30_000), 255)
    assert glyphs.scale(strip, 1.0).size == strip.size
    assert glyphs.scale(strip.crop((0, 0, 1100, 4400)), 3.0).height < 3 * 4400


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
