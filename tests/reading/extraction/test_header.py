"""The head of a receipt: kinds of lines, the merchant's name, the address."""

import pytest

from helpers.fakes_reading import printed, words
from reading.extraction.company_name import clean_name
from reading.extraction.fields import extract_fields
from reading.extraction.header import correct_signs, line_kind
from reading.extraction.lines import Line
from reading.extraction.merchant import candidates


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("CORNER BAKERY", "name"),
        ("Corner Bakery Ltd (Co. No. 123456-X)", "name"),
        ("(123456-X)", "registration"),
        ("GST ID No: 000123456789", "registration"),
        ("USt-IdNr. DE123456789", "registration"),
        ("Tel: 020 555 0101", "phone"),
        ("Telephone 03- 5550 1012", "phone"),
        ("www.corner.example", "web"),
        ("TAX INVOICE", "title"),
        ("Rechnung", "title"),
        ("12 High Street", "address"),
        ("Hauptstra\u00dfe 12", "address"),
        ("Lange Stra\u00dfe 130", "address"),
        ("Detmolder Str. 4", "address"),
        ("12 rue de la Paix", "address"),
        ("Calle Mayor 5", "address"),
        ("27, SS9/2C,", "address"),
        ("80331 M\u00fcnchen", "address"),
        ("23/09/2025 12:31", "date"),
        ("Bread 3.20", "amount"),
        ("--==--", "other"),
    ],
)
def test_a_line_is_classified_by_its_words(text: str, expected: str) -> None:
    assert line_kind(Line(tuple(words(text)))) == expected


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("NORTH STAR SDN BHD (112233 X)", "NORTH STAR SDN BHD"),
        ("NORTH STAR S/B 445566-U (NSB)", "NORTH STAR S/B"),
        ("*** Corner Bakery ***", "Corner Bakery"),
        ("NORTH STAR SON BHO", "NORTH STAR SDN BHD"),
        ("24 SEVEN STORE", "24 SEVEN STORE"),
    ],
)
def test_a_name_loses_its_number_and_ornaments(text: str, name: str) -> None:
    assert clean_name(text) == name


def test_signs_read_in_place_of_letters_are_corrected() -> None:
    assert correct_signs("P. A.I.\u00a5. $ENJA JIn B{1}") == "P. A.I.Y. SENJA Jln B(1)"


@pytest.mark.parametrize(
    ("seen", "right"),
    [
        ("C0RNER H0USE", "CORNER HOUSE"),
        ("N0. 18, JALAN B1NTANG", "NO. 18, JALAN BINTANG"),
        ("Poststr. 1l", "Poststr. 11"),
        ("Kirchstrafe 7", "Kirchstra\u00dfe 7"),
        ("CORNER (KI) SDN BHD", "CORNER (KL) SDN BHD"),
        ("B52 STUDIO5, LOT 10, 4U", "B52 STUDIO5, LOT 10, 4U"),
    ],
)
def test_figures_become_letters_only_where_the_word_says_so(seen: str, right: str) -> None:
    assert correct_signs(seen) == right


def test_a_name_on_two_lines_is_joined_and_the_address_skips_the_numbers() -> None:
    receipt = extract_fields(
        printed(
            "NORTH STAR HARDWARE &",
            "ELECTRICAL SDN BHD",
            "(123456-X)",
            "NO. 7, JALAN BUNGA 2,",
            "43000 KAJANG",
            "GST ID: 000123456789",
            "TEL: 03-5550 1012",
            "TAX INVOICE",
            "23/09/2025",
            "TOTAL RM 6.00",
        )
    ).receipt
    assert receipt.merchant == "NORTH STAR HARDWARE & ELECTRICAL SDN BHD"
    assert receipt.address == "NO. 7, JALAN BUNGA 2, 43000 KAJANG"


def test_print_that_melted_together_is_no_name() -> None:
    melted = " ".join(["aVNoOrrwaA nniworVran"] * 10)
    assert (
        extract_fields(printed(melted, "12 High Street", "TOTAL 6.00")).receipt.merchant != melted
    )
    assert not [one for one in candidates(printed(melted, melted)) if len(one.value) > 100]
