"""Numbers by which a merchant is known: those with a check digit can't be misread unseen."""

import pytest

from reading.engine import Word
from reading.extraction import merchant_number
from reading.extraction.lines import Line

CHECKED = [
    "USt-IdNr.: DE 136 695 976",
    "UID: ATU13585627",
    "TVA FR 40 303 265 045",
    "SIRET 732 829 320 00074",
    "P.IVA 00743110157",
    "Partita IVA: 00743110157",
    "NIF: B-58378431",
    "Contribuinte 501964843",
    "NIP 856-734-62-15",
    "BTW NL4495445B01",
    "VAT No. GB 980 7806 84",
    "VAT No 980780684",
    "CHE-100.155.212 MWST",
    "MWST CHE-100.155.212",
    "Org.nr 988077917",
    "CVR 13585628",
    "ABN 83 914 571 673",
    "GSTIN 27AAPFU0939F1ZV",
    "GST Reg No: 197401143C",
    "UEN 197401143C",
    "CNPJ: 16.727.230/0001-97",
]
OTHERS = [
    "Tel: 05251 / 180420",
    "Tel. 03-7734 8150",
    "Phone +49 30 901820",
    "GST ID No: 000922595328",
    "GST No : 000922595328",
    "Co. Reg. No: 199801009999",
    "Steuernummer: 339/5264/3049",
]
NONE = [
    "TOTAL 12.50",
    "Beleg 12345678901",
    "Tel.",
    "08.04.20 09:51 0000545 003 034 4720",
    "EMV-AID A0000000041010",
    "Table no 12",
    "VAT 20% 12.50 2.50 15.00",
]


def line(text: str, confidence: float = 0.99) -> Line:
    return Line(
        tuple(
            Word(text=word, left=i * 90, top=0, width=80, height=20, confidence=confidence)
            for i, word in enumerate(text.split())
        )
    )


def figures(text: str) -> str:
    return "".join(filter(str.isdigit, text))


@pytest.mark.parametrize("text", CHECKED)
def test_a_number_with_its_check_digit_is_sure_however_doubtful_the_engine(text: str) -> None:
    found = merchant_number.best([line(text, confidence=0.3)])
    assert found
    number, sure = found
    assert sure == merchant_number.CHECKED
    assert figures(number) == figures(text)


def test_a_misread_figure_shows_in_all_but_one_of_fifty_such_numbers() -> None:
    misread = [
        text[:at] + figure + text[at + 1 :]
        for text in CHECKED
        for at, sign in enumerate(text)
        if sign.isdigit()
        for figure in sorted(set("0123456789") - {sign})
    ]
    found = [merchant_number.best([line(text, confidence=0.3)]) for text in misread]
    unseen = [one for one in found if one and one[1] > 0.3]
    assert len(misread) > 1_800
    assert len(unseen) < len(misread) / 50  # Britain's has two rules, the Dutch two free figures


@pytest.mark.parametrize("text", OTHERS)
def test_a_number_without_one_is_as_sure_as_its_line(text: str) -> None:
    assert merchant_number.best([line(text, 0.5)]) == (figures(text), 0.5)
    assert merchant_number.best([line(text, 1.0)]) == (figures(text), merchant_number.UNCHECKED)


@pytest.mark.parametrize("text", NONE)
def test_what_is_no_such_number_is_none(text: str) -> None:
    assert merchant_number.best([line(text)]) is None


def test_the_surest_of_several_is_taken() -> None:
    lines = [line("Tel: 05251 180420", 0.6), line("USt-IdNr DE136695976", 0.4)]
    assert merchant_number.best(lines) == ("DE136695976", merchant_number.CHECKED)
