"""The options by which a command is told a client's home; `receipts read` and `send` share them."""

from typing import Annotated

import typer
from msgspec import ValidationError, convert

from reading.context import Home, checked

Currency = Annotated[
    str | None,
    typer.Option(
        envvar="RECEIPTS_HOME_CURRENCY",
        help="Where the paper shows no currency: ISO 4217, as EUR.",
    ),
]
DateOrder = Annotated[
    str | None,
    typer.Option(
        envvar="RECEIPTS_DATE_ORDER",
        help="Where a date can be read in two ways: dmy, mdy or ymd.",
    ),
]
Language = Annotated[
    str | None,
    typer.Option(
        envvar="RECEIPTS_LANGUAGE", help="The language of most receipts: ISO 639-1, as de."
    ),
]


def home_of(currency: str | None, date_order: str | None, language: str | None) -> Home:
    """The home that was typed; capitals don't matter. Raises `typer.BadParameter`."""
    typed = {
        "currency": currency and currency.upper(),
        "date_order": date_order and date_order.lower(),
        "language": language and language.lower(),
    }
    try:
        return checked(convert({name: code or None for name, code in typed.items()}, Home))
    except (ValidationError, ValueError) as error:
        raise typer.BadParameter(str(error)) from error
