"""Figures of measured runs, from `docs/data`: the peak and the planner's errors."""

from collections.abc import Mapping

import jinja2
import msgspec

from lab.measure.peak.design import RETRIES
from lab.publish.pages.markdown import table
from lab.publish.pages.measured_on import Run, measured_briefly, measured_on
from lab.publish.pages.values import printed
from lab.support.paths import DATA

PLANNER_HEAD = (
    "setting",
    "stored after, s",
    "drain, s",
    "greatest depth",
    "mean age, s",
    "error",
)
PLANNER_FIGURES = {"completion": 1, "drain": 1, "peak_depth": 0, "mean_age": 2}
"""The figures of a setting, and the decimal places of each."""

PEAK = DATA / "peak.json"
PEAK_LONG = DATA / "peak_long.json"
PLANNER = DATA / "planner.json"
NOT_ON_AWS = "Laptop and emulator: nothing here has run on AWS."

ADDED = (
    "an agreed rate, hours, an off switch, no way in, no password in AWS, and no tries used up "
    "while the database is away"
)
"""What the agent has that another bounded writer has not."""

LOST = (
    "refused, and sent by nobody again. A queue before the readers would bring such a receipt "
    "back, to be read and paid for once more, until its tries are used up"
)
"""What the measured readers do with a refused result, and what they would do behind a queue."""


@jinja2.pass_context
def measured_peak(context: jinja2.runtime.Context, *, short: bool = False) -> str:
    """What each way to write lost, and what the app felt; `short`: the losses alone."""
    run, longer = (msgspec.json.decode(path.read_bytes()) for path in (PEAK, PEAK_LONG))
    return (
        render_peak_lost(run, longer, str(context["here"])) if short else render_peak(run, longer)
    )


def render_peak_lost(run: Run, longer: Run, here: str) -> str:
    """The bars of what was lost, what the agent adds, and what the app felt in the longer run."""
    up = "../" * here.count("/")
    direct, retries, pool, agent = (_p95(longer, way) for way in _WAYS)
    pooled = run["direct_pooled"]["rows_lost"]
    apart = " (between these two no difference was found)" if overlap(pool, agent) else ""
    text = (
        f"*Lost*: {LOST}. "
        f"Behind a pool {f'{pooled:,} are lost' if pooled else 'nothing is lost either'} (what "
        f'<a href="{up}explanation/back-pressure.html#three-things-that-can-be-limited">a pool '
        f"limits</a>). What the agent adds: **{ADDED}**.\n\n"
        f"Beside direct writes the app's slow calls (p95) took {direct['value']:.1f} times as long "
        f"as alone, with retries {retries['value']:.1f} times; behind a pool {pool['value']:.1f} "
        f"times, through the buffer {agent['value']:.1f}{apart}. The buffer stored more because "
        "its queue was never empty."
    )
    source = (
        f'<p class="made">{measured_briefly(run)}. The p95: {measured_briefly(longer)}. '
        f"{NOT_ON_AWS} "
        f'<a href="{up}reference/measured.html#the-peak">All of it, and what it means</a></p>'
    )
    return _block(_figure("peak-lost"), text, source)


def render_peak(run: Run, longer: Run) -> str:
    """The app's p95 beside each way to write, what its words mean, and what it doesn't show."""
    pool, agent, placebo = (_p95(run, way) for way in ("direct_pooled", "buffered", "placebo"))
    apart = (
        "overlap: this run can't tell them apart. **Here a bound on how many write at once does as "
        f"well.** What the agent adds is {ADDED}"
        if overlap(pool, agent)
        else "don't overlap"
    )
    aim = next(it for name, it in longer["aims"].items() if name.startswith("p95 at most"))
    within = "within" if aim["reached"] else "not shown to be within"
    text = f"""How to read it:

- **lost**: {LOST}. A reader tries once, with retries {1 + RETRIES} times; then it goes on to its
  next receipt.
- **p95**: nineteen of twenty calls of the client's app were at least as fast. *Times alone*: over
  the p95 with nothing beside them, in the same round. 1.10 is a tenth slower, which is what the
  client tolerates.
- **placebo**: nothing again, measured as if it were something. How far it is from 1 is noise:
  {interval(placebo)}. An interval that overlaps with it can't be told from nothing.
- **The intervals** behind a pool, {interval(pool)}, and through the buffer, {interval(agent)},
  {apart}.
- Measured twice as long, the app's p95 through the buffer is {interval(_p95(longer, "buffered"))}
  times that alone: {within} a tenth. Directly it is {interval(_p95(longer, "direct"))}."""
    source = f'<p class="made">{measured_briefly(run, longer)}. {NOT_ON_AWS}</p>'
    return _block(_figure("peak"), text, source)


_WAYS = ("direct", "direct_with_retries", "direct_pooled", "buffered")


def _p95(run: Run, way: str) -> Mapping[str, float]:
    ratio: Mapping[str, float] = run[way]["app_p95_over_quiet"]
    return ratio


def overlap(one: Mapping[str, float], other: Mapping[str, float]) -> bool:
    """Whether two intervals have a value in common."""
    return one["low"] <= other["high"] and other["low"] <= one["high"]


def _figure(name: str) -> str:
    return (DATA / f"{name}.figure.html").read_text(encoding="utf-8")


def _block(*parts: str) -> str:
    return "\n\n".join(('<div class="measured" markdown>', *parts, "</div>"))


def measured_peak_long() -> str:
    """The app's slowest calls, which only a longer run measures well."""
    run = msgspec.json.decode(PEAK_LONG.read_bytes())
    agent = run["buffered"]
    text = (
        "Measuring the slowest of the app's calls takes more of them: `make peak LONG=1`, "
        f"{run['seconds'] / 60:.0f} minutes, {measured_on(run['provenance'])}, a ceiling "
        f"of {agent['ceiling_rows_per_s']:.0f} rows a second of which the agent used "
        f"{agent['rate_used']:.0%}. The app's calls against alone, with 95% intervals:"
    )
    ratios = ("app_p95_over_quiet", "app_p99_over_quiet")
    rows = [(way, *(interval(run[route][it]) for it in ratios)) for route, way in _LONG.items()]
    return f"{text}\n\n{table(('way to write', 'p95', 'p99'), rows)}"


_LONG = {
    "placebo": "none: quiet again",
    "buffered": "through the buffer",
    "direct_pooled": "directly, behind a pool",
    "direct_with_retries": "directly, with retries",
    "direct": "directly",
}


def measured_peak_aims() -> str:
    """What each of the two runs had to show, and whether it did."""
    runs = (msgspec.json.decode(path.read_bytes()) for path in (PEAK, PEAK_LONG))
    return render_aims(*(run["aims"] for run in runs))


def render_aims(shown: Run, longer: Run) -> str:
    """Two runs' aims side by side."""
    rows = [(name, *(_aim(run[name]) for run in (shown, longer))) for name in shown]
    return table(("to be shown", "`make peak`", "`make peak LONG=1`"), rows)


def _aim(one: Run) -> str:
    reached = "shown" if one["reached"] else "**not shown**"
    return f"{reached}: {interval(one['ratio'])}" if one["ratio"] else reached


def measured_planner() -> str:
    """The errors of the planner's predictions, setting by setting."""
    return render_planner(msgspec.json.decode(PLANNER.read_bytes()))


def render_planner(run: Run) -> str:
    """The planner's errors from a run's data."""
    rows = [
        (
            name,
            *(
                f"{one[f'{figure}_predicted']:.{places}f} / {one[f'{figure}_measured']:.{places}f}"
                for figure, places in PLANNER_FIGURES.items()
            ),
            f"{one['error']:.1%}",
        )
        for name, one in run["settings"].items()
    ]
    text = (
        f"**Median error {run['median_error']:.1%}** over {len(rows)} settings; the worst single "
        f"figure is {run['worst_error']:.0%} off. Predicted / measured, on the {run['label']}. "
        f"Calibrated on {run['calibrated_on']}; measured on {measured_on(run['provenance'])}, "
        f"in {printed(round(run['seconds'] / 60))} minutes."
    )
    return _block(text, table(PLANNER_HEAD, rows))


def interval(ratio: Mapping[str, float]) -> str:
    """A ratio with its interval."""
    return f"{ratio['value']:.2f} ({ratio['low']:.2f} to {ratio['high']:.2f})"
