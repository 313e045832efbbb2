"""What is known about a receipt before it is read: evidence where the paper is silent."""

import datetime as dt
import re
from typing import Literal

from msgspec import Struct

DateOrder = Literal["dmy", "mdy", "ymd"]
"""Which of day, month and year comes first in a date of figures alone."""

_CURRENCY = re.compile(
    (
        "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP "
        "BYN BZD CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP "
        "GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES "
        "KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU "
        "MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON "
        "RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND "
        "TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW "
        "ZWG"
    ).replace(" ", "|")
)
"""The currencies in use, by ISO 4217."""

_LANGUAGE = re.compile(
    (
        "aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv "
        "cy da de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho "
        "hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku "
        "kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn "
        "no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm "
        "sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi "
        "vo wa wo xh yi yo za zh zu"
    ).replace(" ", "|")
)
"""The languages of ISO 639-1."""


class Home(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where a client's receipts come from as a rule; None where the client didn't say.

    What the paper says outweighs it.
    """

    currency: str | None = None
    """An ISO 4217 code."""
    date_order: DateOrder | None = None
    """What `03/04/2026` is."""
    language: str | None = None
    """An ISO 639-1 code."""


def checked(home: Home) -> Home:
    """The home as it is. Raises ValueError for a code that names no currency, or no language.

    Checked where a client says it, and not where it is only handed on: a later version may know
    more.
    """
    if home.currency is not None and not _CURRENCY.fullmatch(home.currency):
        raise ValueError(f"{home.currency!r} is no currency of ISO 4217: write EUR, GBP, MYR")
    if home.language is not None and not _LANGUAGE.fullmatch(home.language):
        raise ValueError(f"{home.language!r} is no language of ISO 639-1: write de, en, ms")
    return home


class ReadingContext(Struct, frozen=True, kw_only=True):
    """The day on which a receipt is read (None: unknown), and the client's home."""

    read_on: dt.date | None = None
    home: Home = Home()


NO_CONTEXT = ReadingContext()
"""Nothing is known but the paper."""
