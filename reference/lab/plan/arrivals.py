"""The arrival times of requests, each a batch of receipts, as a stream in order of time.

Requests are spread evenly over the area under the arrival curve (the k-th at the middle of its
share), so that the same settings always give the same plan.
"""

from collections.abc import Iterator

from lab.plan import facts
from lab.plan.parameters import DAY
from lab.plan.settings import Settings

HOUR = 3600.0


def curve(settings: Settings) -> list[tuple[float, float]]:
    """The arrival curve as (seconds, weight) pieces; the weight is the load within the piece."""
    if settings.arrival == "burst":
        return [(0.0, 1.0)]
    span = settings.arrival_hours * HOUR
    if settings.arrival == "even":
        return [(span, 1.0)]
    pieces: list[tuple[float, float]] = []
    at, hour = 0.0, int(settings.start_hour)
    length = min(span, (hour + 1 - settings.start_hour) * HOUR)
    while at < span:
        # Before a deadline each day's load is twice the day's before.
        growth = 2.0 ** (at // DAY) if settings.arrival == "deadline" else 1.0
        pieces.append((length, growth * facts.OFFICE_DAY[hour % 24]))
        at += length
        hour += 1
        length = min(HOUR, span - at)
    return pieces


def requests(settings: Settings) -> Iterator[tuple[float, int]]:
    """Each request's time (seconds from the start) and receipts, in order of time."""
    pieces = curve(settings)
    area = 0.0
    for (
        length,
        weight,
    ) in pieces:  # not sum(): from Python 3.12 on it rounds more precisely than JavaScript's +
        area += length * weight
    count = -(-settings.receipts // settings.batch_receipts)
    left = settings.receipts
    begin, before, index = 0.0, 0.0, 0
    length, weight = pieces[0]
    for number in range(count):
        mark = area * (number + 0.5) / count
        while mark > before + length * weight and index + 1 < len(pieces):
            begin += length
            before += length * weight
            index += 1
            length, weight = pieces[index]
        size = min(settings.batch_receipts, left)
        left -= size
        # A burst is one piece without length or area: all requests come at its beginning.
        yield begin + ((mark - before) / weight), size
