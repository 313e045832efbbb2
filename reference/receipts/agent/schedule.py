"""The hours in which the client lets the agent write. Pure; the time is passed in."""

import datetime as dt
import re
from collections.abc import Sequence
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY = "|".join(DAYS)
_WINDOW = re.compile(
    rf"(?:(?P<first>{_DAY})(?:-(?P<last>{_DAY}))? )?"
    r"(?P<start>[01]\d|2[0-3]):(?P<start_minute>[0-5]\d)"
    r"-(?P<end>[01]\d|2[0-4]):(?P<end_minute>[0-5]\d)"
)


class ScheduleError(ValueError):
    """A window or a time zone that can't be understood."""


class Schedule:
    """Open in any of its windows, always where there are none."""

    def __init__(self, windows: Sequence[str] = (), zone: str = "UTC") -> None:
        """Windows such as "22:00-06:00", "sat-sun 00:00-24:00", "fri 18:00-23:30".

        One that ends before it starts goes on into the next day; days are those of its start.
        Hours are wall-clock time in `zone`. Raises `ScheduleError`.
        """
        try:
            self._zone = ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ScheduleError(f"no time zone is called {zone!r}") from error
        self._windows = [_parse(window) for window in windows]

    def delay(self, at: dt.datetime) -> float:
        """Seconds from `at` until it is open: 0 while it is."""
        if not self._windows:
            return 0.0
        today = at.astimezone(self._zone).date()
        near = [today + dt.timedelta(days=days) for days in range(-1, 8)]  # from yesterday: nights
        return min(
            max(0.0, (self._utc(day, start) - at).total_seconds())
            for day in near
            for days, start, end in self._windows
            if day.weekday() in days and self._utc(day, end) > at
        )

    def _utc(self, day: dt.date, minutes: int) -> dt.datetime:
        # Wall-clock time of that day: an hour that summer time skips or repeats stays what it is.
        day += dt.timedelta(days=minutes // (24 * 60))
        hour, minute = divmod(minutes % (24 * 60), 60)
        local = dt.datetime.combine(day, dt.time(hour, minute), self._zone)
        return local.astimezone(dt.UTC)


def _parse(window: str) -> tuple[frozenset[int], int, int]:
    """Weekdays (Monday is 0), and minutes of the day from which and up to which it is open."""
    match = _WINDOW.fullmatch(window.strip().lower())
    if match is None:
        raise ScheduleError(f'{window!r} is no window: write it like "mon-fri 22:00-06:00"')
    start = int(match["start"]) * 60 + int(match["start_minute"])
    end = int(match["end"]) * 60 + int(match["end_minute"])
    if start == end or end > 24 * 60:
        raise ScheduleError(f"{window!r} has no length: give 00:00-24:00 for the whole day")
    if end < start:
        end += 24 * 60
    first = DAYS.index(match["first"] or "mon")
    last = DAYS.index(match["last"] or match["first"] or "sun")
    return frozenset((first + n) % 7 for n in range((last - first) % 7 + 1)), start, end
