"""Demonstrates how a design fails: in the simulator, in a replayed run with a bug, or in a drill.

The text beside a demo comes from the model, the replay or the drill's record when the site is
built, so a page can't promise a failure that doesn't happen.
"""

import re
from collections.abc import Mapping
from urllib.parse import quote

import msgspec

from lab.plan.plan import plan
from lab.plan.presets import PRESETS
from lab.plan.settings import Outage, Settings, Window
from lab.plan.verdict import Finding, verdict
from lab.publish.pages.cache import cached
from lab.support.paths import DATA

SIMULATOR = "explanation/simulator.html"
NIGHTS = Window(19.0, 6.0)  # the only write window that the simulator's page offers
PLAN = ("lab.plan",)
SIMULATION = ("lab.prove.simulation", "receipts", "reading")
_ID = re.compile(r"\b([0-9a-f]{6})[0-9a-f]{26}\b")
DRILLS = DATA / "drills.json"


def simulator_demo(preset: str = "", /, **changes: object) -> str:
    """The verdict on a preset with changes, a link that opens it in the simulator, and its command.

    `outage=(9, 24)`: the link fails after 9 hours, for 24; `nights=True`: writes at night only.
    """
    settings = settings_of(preset, **changes)
    worst = " ".join(cached(settings, PLAN, lambda: _worst(verdict(plan(settings)))))
    address = f"../{SIMULATOR}#{state(settings)}"
    return (
        f'<div class="shown" markdown>\n**The model says:** {worst}\n\n'
        f'<a href="{address}">Show it in the simulator</a>, or on the command line:\n\n'
        f"```bash\n{command_line(settings)}\n```\n</div>"
    )


def settings_of(preset: str = "", /, **changes: object) -> Settings:
    """A preset's settings with changes. Raises TypeError or ParameterError for invalid ones."""
    if outage := changes.pop("outage", None):
        changes["outages"] = (Outage(*map(float, outage)),)  # type: ignore[call-overload]
    if changes.pop("nights", False):
        changes["windows"] = (NIGHTS,)
    return msgspec.structs.replace(PRESETS[preset].settings if preset else Settings(), **changes)


def state(settings: Settings) -> str:
    """The settings as in the simulator's address: only those that differ from the defaults."""
    defaults, values = _flat(Settings()), _flat(settings)
    changed = {name: value for name, value in values.items() if value != defaults[name]}
    return "&amp;".join(f"{name}={quote(_typed(value))}" for name, value in changed.items())


def command_line(settings: Settings) -> str:
    """The settings as a command line of `receipts-lab plan`."""
    base, parts = Settings(), [".venv/bin/receipts-lab plan"]
    for name in settings.__struct_fields__:
        value = getattr(settings, name)
        if value == getattr(base, name) or isinstance(value, tuple):
            continue
        option = f"--{name.replace('_', '-')}"
        parts.append(option if value is True else f"{option} {_typed(value)}")
    parts += ["--window 19:00-06:00" for _ in settings.windows]
    parts += [f"--outage {it.after_hours:g}+{it.hours:g}" for it in settings.outages]
    return " ".join(parts)


def _flat(settings: Settings) -> Mapping[str, object]:
    outage = settings.outages[0] if settings.outages else None
    scalars = {
        name: value
        for name in settings.__struct_fields__
        if not isinstance(value := getattr(settings, name), tuple)
    }
    return scalars | {
        "outage_begin": outage.after_hours if outage else 0,
        "outage_hours": outage.hours if outage else 0,
        "nights": bool(settings.windows),
    }


def _typed(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:.15g}" if isinstance(value, int | float) else str(value)


def _worst(findings: tuple[Finding, ...]) -> list[str]:
    """What breaks, or if nothing does, what binds. Raises ValueError where everything fits."""
    if findings[0].level == "fits":
        raise ValueError("nothing fails with these settings: there is nothing to demonstrate")
    return [it.text for it in findings if it.level == findings[0].level]


def replay_demo(bug: str) -> str:
    """A simulated run with a planted bug: the promise that it breaks, and how to replay it."""
    seed, broken = cached(bug, SIMULATION, lambda: _replay(bug))
    return (
        f'<div class="shown" markdown>\n**A simulated run says:** {broken}.\n\n'
        f'```bash\n.venv/bin/receipts-lab replay {seed} --bug "{bug}"\n```\n</div>'
    )


def _replay(name: str) -> list[str]:
    # Imported here: only one page needs the simulation.
    from lab.prove.simulation.bugs import BUGS, WITHIN_SEEDS  # noqa: PLC0415
    from lab.prove.simulation.run import simulate  # noqa: PLC0415

    for bug in BUGS:
        for seed in range(WITHIN_SEEDS if bug.name == name else 0):
            run = simulate(seed, bug)
            if run.violated and run.broken is bug.breaks:
                return [str(seed), _ID.sub(r"\1…", run.violated.partition(" s: ")[2])]
    raise ValueError(f"none of {WITHIN_SEEDS} seeds shows the bug {name!r}")


def drill_demo(name: str) -> str:
    """What a drill on the real parts showed. Raises ValueError unless it was run and passed."""
    outcomes = msgspec.json.decode(DRILLS.read_bytes())["outcomes"]
    for one in outcomes:
        if one["name"] == name and one["passed"]:
            seen, fault = one["seen"], one["fault"].rstrip(".")
            return (
                f'<div class="shown" markdown>\n**A drill saw, with the agent:** {seen}.\n\n'
                f"The fault: {fault}. [All drills](../reference/drills.md)\n</div>"
            )
    raise ValueError(f"no drill {name!r} was run and passed")
