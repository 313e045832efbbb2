"""What is known about a receipt before it is read: evidence where the paper is silent."""

import datetime as dt
from typing import Literal

from msgspec import Struct

DateOrder = Literal["dmy", "mdy", "ymd"]
"""Which of day, month and year comes first in a date of figures alone."""


class Home(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where a client's receipts come from as a rule; None where the client didn't say.

    `currency` is an ISO 4217 code, `language` an ISO 639-1 code. What the paper says outweighs it.
    """

    currency: str | None = None
    date_order: DateOrder | None = None
    language: str | None = None


class ReadingContext(Struct, frozen=True, kw_only=True):
    """The day on which a receipt is read (None: unknown), and the client's home."""

    read_on: dt.date | None = None
    home: Home = Home()


NO_CONTEXT = ReadingContext()
"""Nothing is known but the paper."""
