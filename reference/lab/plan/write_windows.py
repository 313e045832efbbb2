"""When the writer may write, and how fast: windows of the day, outages, the database's headroom."""

from bisect import bisect_right

from lab.plan import facts
from lab.plan.arrivals import HOUR
from lab.plan.parameters import DAY, ParameterError
from lab.plan.settings import Settings

UNPACED_ROWS_PER_S = 1e9
"""Rows a second of a writer without a pacer: never the limit."""


def app_load(settings: Settings, hour: int) -> float:
    """The expenses app's load in an hour of the day, rows/s."""
    return settings.app_load * facts.OFFICE_DAY[hour]


def safe_rate(settings: Settings, hour: int) -> float:
    """Rows/s that are safe beside the app: safe_share · (knee - the app's load), never under 0."""
    return settings.safe_share * max(0.0, settings.knee - app_load(settings, hour))


def day(settings: Settings) -> list[tuple[float, float]]:
    """The day as (second of the day, rows/s from then on) pieces; 0 rows/s where it is shut."""
    edges = {float(hour) for hour in range(24)}
    for window in settings.windows:
        edges |= {window.start_hour % 24, window.end_hour % 24}
    pieces = []
    for edge in sorted(edges):
        rate = settings.rate if settings.writer == "agent" else UNPACED_ROWS_PER_S
        if settings.yields and settings.writer == "agent":
            rate = min(rate, safe_rate(settings, int(edge)))
        shut = settings.windows and not any(window.holds(edge) for window in settings.windows)
        pieces.append((edge * HOUR, 0.0 if shut else rate))
    return pieces


def open_hours(settings: Settings) -> list[int]:
    """The hours of the day in which the writer may write, by the load of the app, least first."""
    hours = {int(edge // HOUR) for edge, rate in day(settings) if rate > 0}
    return sorted(hours, key=lambda hour: (facts.OFFICE_DAY[hour], hour))


class WriteWindows:
    """Answers when the writer may next begin, and at what rate."""

    def __init__(self, settings: Settings) -> None:
        """Raises ParameterError where no hour of the day lets a single row through."""
        self._pieces = day(settings)
        if max(rate for _, rate in self._pieces) <= 0:
            raise ParameterError(
                "windows and app_load leave no hour of the day to write in: "
                f"app_load must be under the knee ({settings.knee:g} rows/s) in some open hour"
            )
        self._edges = [edge for edge, _ in self._pieces]
        self._offset = settings.start_hour * HOUR
        self._outages = sorted(
            (outage.after_hours * HOUR, (outage.after_hours + outage.hours) * HOUR)
            for outage in settings.outages
        )

    def opens(self, seconds: float) -> tuple[float, float]:
        """The first moment from `seconds` on at which a transaction may begin, and its rate."""
        while True:
            seconds = self._link_up(seconds)
            clock = (seconds + self._offset) % DAY
            index = bisect_right(self._edges, clock) - 1
            rate = self._pieces[index][1]
            if rate > 0:
                return seconds, rate
            ahead = 0.0
            while rate <= 0:
                index += 1
                if index == len(self._pieces):
                    index, ahead = 0, DAY
                edge, rate = self._pieces[index]
            # The rate is taken along: looked up again, rounding could fall just before the edge.
            opening = seconds + (edge + ahead - clock)
            seconds = self._link_up(opening)
            if seconds == opening:
                return opening, rate

    def _link_up(self, seconds: float) -> float:
        """`seconds`, or the end of the outage that it falls into."""
        for begin, end in self._outages:
            if begin <= seconds < end:
                seconds = end
        return seconds
