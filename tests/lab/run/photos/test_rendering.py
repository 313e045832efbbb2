import io
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageOps

from lab.run.photos import Rendered, photography, render
from lab.run.photos.countries import COUNTRIES
from lab.run.photos.fonts import LASER, THERMAL, Face
from lab.run.photos.goods import TRADES
from lab.run.photos.layouts import print_receipt
from lab.run.photos.purchase import Purchase, draw_purchase, rounded
from lab.run.photos.rendering import ORIENTATION
from lab.run.photos.slip import Slip

pytestmark = pytest.mark.slow

seeds = st.integers(min_value=0, max_value=10_000_000)


def seeded(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 - reproducible, not secret


def purchase_of(seed: int) -> Purchase:
    return draw_purchase(seeded(seed))


@given(seeds)
def test_the_arithmetic_of_every_receipt_closes(seed: int) -> None:
    truth = purchase_of(seed).truth
    for item in truth.items:
        assert item.total == rounded(item.quantity * item.unit_price)
    assert truth.subtotal == sum(item.total for item in truth.items)
    taxes = sum(tax.tax for tax in truth.taxes)
    on_top = Decimal(0) if truth.tax_included else taxes
    before_rounding = truth.subtotal - truth.discount + truth.service_charge + on_top
    assert truth.total == before_rounding + truth.rounding
    net = sum(tax.net for tax in truth.taxes)
    assert before_rounding == net + taxes
    assert truth.paid == truth.total + truth.change


@given(seeds)
def test_every_amount_of_money_has_two_places_and_a_sensible_sign(seed: int) -> None:
    truth = purchase_of(seed).truth
    amounts = (truth.subtotal, truth.discount, truth.total, truth.paid, truth.change)
    assert all(value.as_tuple().exponent == -2 for value in amounts)
    assert truth.total > 0
    assert min(amounts) >= 0


@given(seeds)
def test_cash_is_paid_in_coins_that_the_country_has(seed: int) -> None:
    purchase = purchase_of(seed)
    if purchase.truth.payment == "cash":
        assert purchase.truth.total % purchase.country.cash_step == 0
        assert abs(purchase.truth.rounding) < purchase.country.cash_step
    else:
        assert purchase.truth.rounding == 0


@contextmanager
def printed_words() -> Iterator[list[str]]:
    """Record, instead of drawing it, each piece of text that reaches the paper."""
    words: list[str] = []

    def note(_slip: Slip, text: str, *_where: float, **_how: float) -> None:
        words.append(text)

    with patch.object(Slip, "_print", note), patch.object(Slip, "signboard", note):
        yield words


@given(seeds)
@settings(deadline=None)
def test_the_paper_says_what_the_truth_says(seed: int) -> None:
    rng = seeded(seed)
    purchase = draw_purchase(rng)
    truth, country = purchase.truth, purchase.country
    with printed_words() as words:
        print_receipt(purchase, rng)
    paper = " ".join(words)
    dates = {country.written_date(truth.date, form) for form in country.dates}
    assert any(date in paper for date in dates)
    assert truth.merchant in paper
    assert all(part in paper for part in truth.address.split(", ", 1))
    for amount in (truth.total, *(item.total for item in truth.items)):
        assert country.amount(amount) in paper
    for item in truth.items:
        assert item.name in paper
    if truth.payment == "cash":
        assert country.amount(truth.change) in paper


def test_all_layouts_countries_and_ways_to_pay_occur_among_three_hundred() -> None:
    purchases = [purchase_of(seed) for seed in range(300)]
    assert {purchase.trade for purchase in purchases} == set(TRADES)
    assert {purchase.country.code for purchase in purchases} == {one.code for one in COUNTRIES}
    assert {purchase.truth.payment for purchase in purchases} == {"cash", "card"}
    assert any(purchase.truth.rounding for purchase in purchases)
    assert any(purchase.truth.discount for purchase in purchases)
    assert any(purchase.truth.service_charge for purchase in purchases)


@pytest.mark.parametrize("face", dict.fromkeys((*THERMAL, *LASER)), ids=lambda face: face.name)
def test_every_typeface_has_the_signs_that_receipts_need(face: Face) -> None:
    missing = face.font(40).getmask("\ue000")
    for sign in "€£$äöüßÄÖÜéû0123456789.,'-*#&":
        assert bytes(face.font(40).getmask(sign)) != bytes(missing), sign


@pytest.fixture(scope="module")
def some() -> list[Rendered]:
    return [render(seed) for seed in range(10)]


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(some: list[Rendered]) -> None:
    assert render(3) == some[3]
    assert len({rendered.image for rendered in some}) == len(some)


def test_an_image_is_what_it_says_and_as_wide_as_a_scaled_phone_photo(
    some: list[Rendered],
) -> None:
    for rendered in some:
        image = Image.open(io.BytesIO(rendered.image))
        assert image.format == {"jpg": "JPEG", "png": "PNG"}[rendered.format]
        assert 700 <= ImageOps.exif_transpose(image).width <= 1500


def test_a_turned_photo_of_a_slip_is_upright_once_its_orientation_is_heeded(
    some: list[Rendered],
) -> None:
    turned = 0
    for rendered in some:
        image = Image.open(io.BytesIO(rendered.image))
        upright = ImageOps.exif_transpose(image)
        turned += image.getexif().get(ORIENTATION, 1) != 1
        if rendered.layout in {"taxi", "parking", "petrol", "supermarket"}:
            assert upright.height > upright.width
    assert 0 < turned < len(some)


def test_turned_pixels_come_upright_by_their_orientation() -> None:
    photo = photography.table(seeded(1), (90, 140))
    orientations = set()
    for seed in range(20):
        turned, orientation = photography.stored_turned(photo, seeded(seed))
        exif = Image.Exif()
        exif[ORIENTATION] = orientation
        file = io.BytesIO()
        turned.save(file, "PNG", exif=exif)
        upright = ImageOps.exif_transpose(Image.open(file))
        assert ImageChops.difference(upright, photo).getbbox() is None
        orientations.add(orientation)
    assert orientations == {3, 6, 8}


Effect = Callable[[Image.Image, random.Random, float], Image.Image]
EFFECTS_ON_PAPER = (photography.creased, photography.curled)
EFFECTS_ON_PHOTOS = (photography.shadowed, photography.blurred, photography.noisy)


@pytest.mark.parametrize("effect", EFFECTS_ON_PAPER, ids=lambda effect: effect.__name__)
def test_an_effect_changes_paper_more_the_stronger_it_is(effect: Effect) -> None:
    slip = Slip(300, THERMAL[0], 20, 10)
    for line in range(12):
        slip.pair(f"Line {line}", "12.34")
    paper = photography.on_paper(slip.finished(), seeded(1), 12, torn=True)
    weak, strong = (effect(paper, seeded(2), strength) for strength in (0.0, 1.0))
    assert weak.size == strong.size == paper.size
    assert distance(weak, paper) < distance(strong, paper)


@pytest.mark.parametrize("effect", EFFECTS_ON_PHOTOS, ids=lambda effect: effect.__name__)
def test_an_effect_changes_a_photo_more_the_stronger_it_is(effect: Effect) -> None:
    photo = photography.table(seeded(1), (240, 320))
    weak, strong = (effect(photo, seeded(2), strength) for strength in (0.0, 1.0))
    assert weak.size == strong.size == photo.size
    assert distance(weak, photo) < distance(strong, photo)


def distance(one: Image.Image, other: Image.Image) -> int:
    """Return how far the greys of two images are apart, summed over their pixels."""
    difference = ImageChops.difference(one.convert("L"), other.convert("L"))
    return sum(level * count for level, count in enumerate(difference.histogram()))
