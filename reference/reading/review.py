"""Which receipts a person should check, by how much may be wrong in those that nobody looks at.

A client says "at most one total in 25 wrong", and the confidence from which that holds follows from
labelled receipts: `thresholds`.
"""

from collections.abc import Mapping

from reading.thresholds import AT_MOST_ONE_WRONG_IN

REQUIRED = ("merchant", "date", "total", "currency")
"""The fields without which an expense can't be filed."""


def shown(wanted: int, *fields: str) -> int:
    """`wanted`, or the largest count that the labelled receipts show for each of these fields."""
    return min(wanted, *(max(AT_MOST_ONE_WRONG_IN[name]) for name in fields))


ONE_WRONG_IN = shown(25, "date", "total")
"""Of so many totals that nobody looks at, at most one is wrong, and of so many dates."""

ONE_WRONG_MERCHANT_IN = shown(8, "merchant")
"""The same for merchants' names. A name is wrong by a letter, most often, and money isn't."""

SURE = 0.5
"""A field below this confidence is likelier wrong than right. It is the currency's threshold: no
label says which currencies are right."""


def least_confidences(
    one_wrong_in: int = ONE_WRONG_IN, one_wrong_merchant_in: int = ONE_WRONG_MERCHANT_IN
) -> dict[str, float]:
    """The confidence that each required field must reach, so that at most one in so many is wrong.

    Raises ValueError for more than the labelled receipts can show.
    """
    promised = {
        "merchant": one_wrong_merchant_in,
        "date": one_wrong_in,
        "total": one_wrong_in,
    }
    found = {name: _least(name, count) for name, count in promised.items()}
    return found | {"currency": SURE}


def _least(name: str, count: int) -> float:
    by_count = AT_MOST_ONE_WRONG_IN[name]
    enough = [least for shown_count, least in by_count.items() if shown_count >= count]
    if not enough or count < 1:
        raise ValueError(
            f"at most one {name} in {count} wrong can't be promised: the labelled receipts show "
            f"up to one in {max(by_count)}; choose 1 to {max(by_count)}"
        )
    return min(enough)


USUAL: Mapping[str, float] = least_confidences()
"""The thresholds if nobody says anything else."""

SURE_OF_TOTAL, SURE_OF_DATE = USUAL["total"], USUAL["date"]


def doubts(confidence: Mapping[str, float], least: Mapping[str, float] = USUAL) -> tuple[str, ...]:
    """The required fields that are missing or below their threshold: a person should check them.

    `confidence` is a receipt's, by field, from 0 to 1.
    """
    return tuple(name for name in REQUIRED if confidence.get(name, -1.0) < least[name])


def reasons(confidence: Mapping[str, float], least: Mapping[str, float] = USUAL) -> tuple[str, ...]:
    """Why a person should check it, one sentence for each field in doubt, the threshold in it."""
    return tuple(
        f"The {name} was read with a confidence of {confidence[name]:.2f}; "
        f"from {least[name]:.2f} on nobody checks it."
        if name in confidence
        else f"The {name} was not found."
        for name in doubts(confidence, least)
    )
