"""Ties a number to its unit: no line of a page ends between "5" and "GB"."""

import re

NO_BREAK = "\N{NO-BREAK SPACE}"
_AS_TYPED = "pre|code|script|style|svg|textarea"
_UNITS = (
    "ms|s|h|min|[kKMGT]i?B|px|rows/s|receipts/s|USD|vCPU|×|"
    "rows|days?|hours?|minutes?|seconds?|tries"
)
_LEFT_ALONE_OR_GAP = re.compile(
    rf"<({_AS_TYPED})\b.*?</\1>|<[^>]*>|(?P<gap>(?<=\d)\s(?=(?:{_UNITS})(?![\w/])))", re.DOTALL
)


def tie(html: str) -> str:
    """The page with a no-break space between each number and its unit, code left as it is typed."""
    return _LEFT_ALONE_OR_GAP.sub(lambda it: NO_BREAK if it["gap"] else it[0], html)
