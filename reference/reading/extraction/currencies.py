"""The signs and codes of currencies, and how many decimals their amounts have."""

import re
from collections.abc import Iterable

_SIGNS = """
    AED AED DH DHS|ARS ARS AR$|AUD AUD A$ AU$|BGN BGN ЛВ|BHD BHD BD|BOB BOB|BRL BRL R$
    CAD CAD C$ CA$ CAN$|CHF CHF SFR FR.|CLP CLP|CNY CNY RMB CN¥ 元|COP COP|CRC CRC ₡
    CZK CZK KČ KC KÉ KE
    DKK DKK|DOP DOP RD$|EUR EUR € EURO|GBP GBP £|GTQ GTQ|HKD HKD HK$|HUF HUF FT|IDR IDR RP RP.
    ILS ILS ₪ NIS|INR INR ₹ RS RS.|ISK ISK|JOD JOD JD|JPY JPY ¥ ￥ 円|KRW KRW ₩ 원|KWD KWD KD
    MAD MAD|MXN MXN MX$|MYR MYR RM|NOK NOK|NZD NZD NZ$|OMR OMR|PEN PEN S/ S/.|PHP PHP ₱|PKR PKR
    PLN PLN ZŁ ZL|PYG PYG ₲|QAR QAR QR|RON RON LEI|RSD RSD DIN|RUB RUB ₽|SAR SAR|SEK SEK|SGD SGD S$
    THB THB ฿|TND TND DT|TRY TRY ₺ TL|TWD TWD NT$|UAH UAH ₴|USD USD US$|UYU UYU|VND VND ₫ VNĐ
    ZAR ZAR
"""

CURRENCIES = {
    mark: code
    for code, *marks in map(str.split, _SIGNS.strip().replace("\n", "|").split("|"))
    for mark in marks
}
"""ISO 4217 codes by the signs that stand beside amounts, in capitals. A bare "$" is left out on
purpose: two dozen currencies use it, and on Malaysian paper it means ringgit."""

WORDS_TOO = frozenset(
    """BD BHD BOB COP DH DHS DIN DT EURO FT JD KC KD KÉ KE LEI MAD NIS PEN QR RON RS RS. S/
    S/. SAR TL TRY ZL
    """.split()  # noqa: SIM905
)
"""Signs that are words too: "PEN 2.00" sells a pen, and a "SDN BHD" is a company. They count beside
an amount that is named a sum, and then for the whole paper."""

_ANYWHERE = frozenset(
    """RM MYR EUR GBP USD SGD AUD CAD NZD HKD CHF SFR FR. PLN CZK SEK NOK DKK BRL INR JPY THB PHP
    ZAR AED""".split()  # noqa: SIM905
)
"""Codes that count wherever they stand, as signs of other characters than letters do. The other
codes count beside an amount."""

_PLACES = {
    **dict.fromkeys("CLP COP CRC HUF IDR ISK JPY KRW PYG TWD VND".split(), 0),  # noqa: SIM905
    **dict.fromkeys("BHD JOD KWD OMR TND".split(), 3),  # noqa: SIM905
}
"""The decimals of amounts where they aren't two: as printed, which for some is not ISO 4217's."""


def places(currencies: Iterable[str]) -> set[int]:
    """How many decimals amounts of these currencies have: 0, 2 or 3."""
    return {_PLACES.get(currency, 2) for currency in currencies}


_SIGN = re.compile(
    r"(?<![^\W\d_])(?:"
    + "|".join(
        re.escape(mark)
        for mark in sorted(CURRENCIES, key=len, reverse=True)
        if mark not in WORDS_TOO and (mark in _ANYWHERE or not mark.rstrip(".").isalpha())
    )
    + r")(?![^\W\d_])",
    re.IGNORECASE,
)
_CODE = re.compile(r"\b[A-Z]{3}\b")


def signs_in(text: str) -> list[str]:
    """The currencies (ISO 4217) of the signs in a text, of those that are no words otherwise.

    A code of three letters is written in capitals: "Istiklal Cad." is a street.
    """
    return [
        CURRENCIES[sign.upper()]
        for sign in _SIGN.findall(text)
        if len(sign) != 3 or not sign.isalpha() or sign.isupper()
    ]


def codes_in(text: str) -> list[str]:
    """All codes in the label of a sum, of those that are no words: "TOTAL CLP $8.000"."""
    return [one for one in _CODE.findall(text) if one in CURRENCIES and one not in WORDS_TOO]
