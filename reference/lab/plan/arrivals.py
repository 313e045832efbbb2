"""When the requests come, each a batch of receipts at once: a stream in time order, nothing stored.

Requests are spread evenly over the curve's area (the k-th at the middle of its share), so that a
plan gives the same answer every time.
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
        # Before a deadline each day brings twice as much as the one before.
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
    for length, weight in pieces:  # not sum(): Python 3.12's rounds better than JavaScript adds
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
        # A burst is one piece of no length and no area: all at its begin.
        yield begin + ((mark - before) / weight), size
