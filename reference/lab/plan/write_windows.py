"""When the writer may write, and how fast: daily windows, outages, the database's headroom."""

from bisect import bisect_right

from lab.plan import facts
from lab.plan.arrivals import HOUR
from lab.plan.parameters import DAY, ParameterError
from lab.plan.settings import PACED, Settings, Window

FILE_FROM = facts.FILE_FROM.value
UNPACED_ROWS_PER_S = 1e9
"""The rate of a writer without a pacer: so high that it never limits."""


def app_load(settings: Settings, hour: int) -> float:
    """The expenses app's load in an hour of the day, rows/s."""
    return settings.app_load * facts.OFFICE_DAY[hour]


def safe_rate(settings: Settings, hour: int) -> float:
    """Rows/s that are safe beside the app: safe_share · (knee - the app's load), at least 0."""
    return settings.safe_share * max(0.0, settings.knee - app_load(settings, hour))


def daily_rates(settings: Settings) -> list[tuple[float, float]]:
    """The day as pieces (start in seconds, rows/s from then on); 0 rows/s outside the windows."""
    edges = {float(hour) for hour in range(24)}
    windows = settings.windows
    if settings.writer == "file":
        windows = (Window(FILE_FROM, FILE_FROM + facts.FILE_HOURS.value),)
    for window in windows:
        edges |= {window.start_hour % 24, window.end_hour % 24}
    pieces = []
    for edge in sorted(edges):
        rate = settings.rate if settings.writer in PACED else UNPACED_ROWS_PER_S
        if settings.yields and settings.writer == "agent":
            rate = min(rate, safe_rate(settings, int(edge)))
        closed = windows and not any(window.contains(edge) for window in windows)
        pieces.append((edge * HOUR, 0.0 if closed else rate))
    return pieces


def open_hours(settings: Settings) -> list[int]:
    """The hours in which the writer may write, in order of the app's load, least first."""
    hours = {int(edge // HOUR) for edge, rate in daily_rates(settings) if rate > 0}
    return sorted(hours, key=lambda hour: (facts.OFFICE_DAY[hour], hour))


class WriteWindows:
    """Finds when the writer may begin its next transaction, and at what rate."""

    def __init__(self, settings: Settings) -> None:
        """Raises ParameterError if no hour of the day allows writing."""
        self._pieces = daily_rates(settings)
        if max(rate for _, rate in self._pieces) <= 0:
            raise ParameterError(
                "windows and app_load leave no hour of the day to write in: "
                f"app_load must be under the knee ({settings.knee:g} rows/s) in some open hour"
            )
        self._edges = [edge for edge, _ in self._pieces]
        self._offset = settings.start_hour * HOUR
        self.outages = sorted(
            (outage.after_hours * HOUR, (outage.after_hours + outage.hours) * HOUR)
            for outage in settings.outages
        )

    def next_opening(self, seconds: float) -> tuple[float, float]:
        """The first time from `seconds` on at which a transaction may begin, and its rate."""
        while True:
            seconds = self._after_outage(seconds)
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
            # The rate is returned too: rounding could put a new lookup just before the edge.
            opening = seconds + (edge + ahead - clock)
            seconds = self._after_outage(opening)
            if seconds == opening:
                return opening, rate

    def _after_outage(self, seconds: float) -> float:
        """`seconds`, or the end of the outage that it falls in."""
        for begin, end in self.outages:
            if begin <= seconds < end:
                seconds = end
        return seconds
