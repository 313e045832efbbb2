"""Figures of measured runs, from `docs/data`: the peak and the planner's errors."""

from collections.abc import Mapping
from typing import Any

import jinja2
import msgspec

from lab.publish.pages.markdown import table
from lab.publish.pages.measured_on import measured_on
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
_ALT = (
    "For each way to write: how much slower the expenses app's calls were than alone, how many of "
    "them failed, how many results were lost. The table has the same numbers."
)


@jinja2.pass_context
def peak(context: jinja2.runtime.Context, *, short: bool = False) -> str:
    """The peak's effect on the app, and what was lost, for each way to write; `short`: no table."""
    return render_peak(msgspec.json.decode(PEAK.read_bytes()), str(context["here"]), short=short)


def render_peak(run: Mapping[str, Any], here: str, *, short: bool = False) -> str:
    """The peak's figures from a run's data; `here` is the page's path from `docs/`."""
    from lab.measure.peak.report import TITLES  # noqa: PLC0415  numpy loads slowly and is rarely needed

    up = "../" * here.count("/")
    which = "peak-glance" if short else "peak"
    images = [f"![{_ALT}]({up}assets/{which}.svg#only-light)"]
    images += [f"![{_ALT}]({up}assets/{which}-dark.svg#only-dark)"]
    source = (
        f"Measured on {measured_on(run['provenance'])}, in "
        f"{printed(round(run['seconds'] / 60))} minutes. "
        "Laptop and emulator: nothing here has run on AWS."
    )
    if short:
        source += f" [All of it, in numbers]({up}explanation/back-pressure.md#measured)."
    rows = [(title, *_condition(run[route])) for route, title in TITLES.items() if route in run]
    head = (
        "way to write",
        "results lost",
        "app's failed calls",
        "its p95, against alone",
        "connections",
    )
    parts = ["\n".join(images), source, *([] if short else [table(head, rows)])]
    return "\n\n".join(('<div class="measured" markdown>', *parts, "</div>"))


def peak_long() -> str:
    """The app's slowest calls, which only a longer run measures well."""
    run = msgspec.json.decode(PEAK_LONG.read_bytes())
    agent = run["buffered"]
    text = (
        "Measuring the slowest of the app's calls takes more of them: `make peak LONG=1`, "
        f"{run['seconds'] / 60:.0f} minutes, {measured_on(run['provenance'])}, a ceiling "
        f"of {agent['ceiling_rows_per_s']:.0f} rows a second of which the agent used "
        f"{agent['rate_used']:.0%}. The app's calls against alone, with 95 % intervals:"
    )
    ratios = ("app_p95_over_quiet", "app_p99_over_quiet")
    rows = [(way, *(interval(run[route][it]) for it in ratios)) for route, way in _LONG.items()]
    return f"{text}\n\n{table(('way to write', 'p95', 'p99'), rows)}"


_LONG = {"placebo": "none: quiet again", "buffered": "through the buffer", "direct": "directly"}


def peak_aims() -> str:
    """What each of the two runs had to show, and whether it did."""
    runs = (msgspec.json.decode(path.read_bytes()) for path in (PEAK, PEAK_LONG))
    return render_aims(*(run["aims"] for run in runs))


def render_aims(shown: Mapping[str, Any], longer: Mapping[str, Any]) -> str:
    """Two runs' aims side by side."""
    rows = [(name, *(_aim(run[name]) for run in (shown, longer))) for name in shown]
    return table(("to be shown", "`make peak`", "`make peak LONG=1`"), rows)


def _aim(one: Mapping[str, Any]) -> str:
    reached = "shown" if one["reached"] else "**not shown**"
    return f"{reached}: {interval(one['ratio'])}" if one["ratio"] else reached


def planner() -> str:
    """The errors of the planner's predictions, setting by setting."""
    return render_planner(msgspec.json.decode(PLANNER.read_bytes()))


def render_planner(run: Mapping[str, Any]) -> str:
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
    return "\n\n".join(
        ('<div class="measured" markdown>', text, table(PLANNER_HEAD, rows), "</div>")
    )


def _condition(one: Mapping[str, Any]) -> tuple[str, str, str, str]:
    lost = f"{one['rows_lost']:,}" if one["rows_written"] or one["rows_lost"] else "–"
    return (
        lost,
        f"{one['app_failed']:,} of {one['calls']:,}",
        interval(one["app_p95_over_quiet"]),
        f"{one['connections_peak']}",
    )


def interval(ratio: Mapping[str, float]) -> str:
    """A ratio with its interval."""
    return f"{ratio['value']:.2f} ({ratio['low']:.2f} to {ratio['high']:.2f})"
