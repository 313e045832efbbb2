"""A recorded run beside the model of it, on the clock of "One peak, two designs".

The run is one of those that the model is validated with (`make validate-planner`): the one in which
most waited, so that its curves have something to show. The model is told the run's parameters, and
the machine's as calibrated on another run.
"""

import html
from bisect import bisect_right
from itertools import accumulate
from pathlib import Path
from typing import Any, Final

import msgspec
from msgspec import Struct

from lab.plan.emulator import Machine, Setting, as_settings
from lab.plan.formatting import duration, number, percent
from lab.plan.plan import plan
from lab.support.paths import DATA

STEP_S: Final = 0.25
PLANNER: Final = DATA / "planner.json"


class Curves(Struct, frozen=True, kw_only=True):
    """Receipts read and stored by the end of each step."""

    read: tuple[int, ...]
    stored: tuple[int, ...]

    @property
    def waiting(self) -> tuple[int, ...]:
        """Read, and not yet stored."""
        return tuple(read - stored for read, stored in zip(self.read, self.stored, strict=True))


class HeldTo(Struct, frozen=True, kw_only=True):
    """The recorded run, and the model of it."""

    setting: Setting
    date: str
    run: Curves
    model: Curves
    last_row_run: float
    last_row_model: float

    @property
    def off_mean(self) -> float:
        """Receipts that wait more or fewer than in the run, the mean over its time."""
        return sum(self._off) / len(self._off)

    @property
    def off_most(self) -> int:
        """The same, where it is worst."""
        return max(self._off)

    @property
    def _off(self) -> list[int]:
        pairs = zip(self.run.waiting, self.model.waiting, strict=True)
        return [abs(run - model) for run, model in pairs]


def held_to(path: Path = PLANNER) -> HeldTo:
    """The run of most waiting, with the model's curves for it."""
    known = msgspec.json.decode(path.read_bytes())
    name = max(known["settings"], key=lambda it: known["settings"][it]["peak_depth_measured"])
    setting, machine = _setting(name), msgspec.convert(known["machine"], Machine)
    seen = [[float(it) for it in one.split()] for one in known["samples"][name]["receipts"]]
    read, stored = (sorted(one[at] for one in seen) for at in (2, 3))
    answer = plan(as_settings(setting, machine))
    last = max(stored[-1], answer.completion)
    ends = [STEP_S * (step + 1) for step in range(int(last / STEP_S) + 2)]
    series = answer.series
    return HeldTo(
        setting=setting,
        date=known["provenance"]["date"],
        run=Curves(
            read=tuple(bisect_right(read, end) for end in ends),
            stored=tuple(bisect_right(stored, end) for end in ends),
        ),
        model=Curves(
            read=_summed(series.read_rate, series.step, ends),
            stored=_summed(series.write_rate, series.step, ends),
        ),
        last_row_run=stored[-1],
        last_row_model=answer.completion,
    )


def _setting(name: str) -> Setting:
    """The setting from its name: "120x8 at 3/s by 5"."""
    size, rest = name.split(" at ")
    rate, rows = rest.split("/s by ")
    receipts, readers = size.split("x")
    return Setting(
        receipts=int(receipts), concurrency=int(readers), rate=float(rate), write_batch=int(rows)
    )


def _summed(rates: tuple[float, ...], step: float, ends: list[float]) -> tuple[int, ...]:
    sums = [0, *(round(total * step) for total in accumulate(rates))]
    return tuple(sums[min(len(sums) - 1, int(end / step))] for end in ends)


def section(up: str) -> str:
    """The block's section: what was run, both curves for the script, and how far they are apart."""
    one = held_to()
    data: dict[str, Any] = {
        "step": STEP_S,
        "receipts": one.setting.receipts,
        "model": {"read": one.model.read, "stored": one.model.stored},
        "run": {"read": one.run.read, "stored": one.run.stored},
    }
    compared = f"{up}explanation/simulator.html#compared-with-a-system-that-runs"
    median = percent(_median_error())
    return (
        '<section class="op-run" aria-label="A recorded run" '
        f'data-run="{html.escape(msgspec.json.encode(data).decode())}">\n'
        '<p class="op-title">The same model, held to a recorded run</p>\n'
        f"<p>{what(one)}</p>\n"
        '<div class="op-run-shown"><table class="op-run-now"></table><figure></figure></div>\n'
        f"<p><strong>{apart(one)}</strong> It is the run in which most waited; over all of "
        f'them the <a href="{compared}">median error is {median}</a>. What a run with '
        f'faults looks like: <a href="{up}explanation/recorded-run.html">a run of the demo</a>.</p>'
        "\n</section>\n"
    )


def what(one: HeldTo) -> str:
    """What was run, in a sentence, and what of it wasn't real."""
    setting = one.setting
    return (
        f"On a laptop, {one.date}: {setting.receipts} receipts, {setting.concurrency} readers at "
        f"once, {setting.rate:g} rows a second allowed. The deployed template, the agent and "
        "PostgreSQL were real; AWS was an emulator, and a clock took the reading's time. The peak "
        "above is larger than a laptop can run, so here the model is given this run's numbers, and "
        "the machine's speed from another run."
    )


def apart(one: HeldTo) -> str:
    """How far the model is from the run, in a sentence."""
    late = one.last_row_model - one.last_row_run
    return (
        f"In what waits the model is off by {number(one.off_mean)} receipts on average, at worst "
        f"by {number(one.off_most)} where {number(max(one.run.waiting))} are the most that wait. "
        f"It stores the last row after {duration(one.last_row_model)}; in the run it was "
        f"{duration(one.last_row_run)}, {percent(abs(late) / one.last_row_run)} "
        f"{'earlier' if late > 0 else 'later'}."
    )


def _median_error() -> float:
    return float(msgspec.json.decode(PLANNER.read_bytes())["median_error"])
