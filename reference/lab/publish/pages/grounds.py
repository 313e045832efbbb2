"""What the promises stand on, and how true the simulation's fakes are."""

from lab.prove.simulation.bugs import ASSUMPTIONS, BUGS, WITHIN_SEEDS
from lab.prove.simulation.grounds import GROUNDS, NOT_MODELLED, Ground
from lab.prove.simulation.knobs import CHANCES, Knob
from lab.publish.pages.markdown import table


def grounds() -> str:
    """A row a ground: what it is and who sees to it, and what happens without."""
    rows = [
        (
            f"**{one.promise}**",
            f"{one.stands_on}<br><small>Who sees to it: {one.enforced_by} (`{one.file}`)</small>",
            f"{one.broken}<br><small>Tested: {_test(one)}</small>",
        )
        for one in GROUNDS
    ]
    return table(("promised", "stands on", "what happens without it"), rows)


def _test(one: Ground) -> str:
    promise = next(bug.breaks for bug in BUGS + ASSUMPTIONS if bug.name == one.bug)
    when = f", when {one.knob}" if one.knob else ""
    return f"*{one.bug}* breaks “{promise}”{when}"


def fidelity(soak: dict[str, dict[str, int]] | None) -> str:
    """A row a behaviour: how it is modelled, and what became of the promises."""
    seen = soak["faults"] if soak else {}
    broken = {one.knob: one.bug for one in GROUNDS if one.knob not in CHANCES}
    rows: list[tuple[str, str, str]] = []
    for knob in Knob:
        if knob in CHANCES:
            times = (
                f"{seen[knob]:,} times in the published soak"
                if knob in seen
                else ("in every soak since; the published one is older")
            )
            rows.append((knob, f"yes: {times}", "every promise was kept in the tests' seeds"))
        elif knob in broken:
            rows.append((knob, "alone", f"**breaks a promise**: {broken[knob]}"))
    rows += [(what, "no", why) for what, why in NOT_MODELLED.items()]
    return table(("behaviour", "modelled", "verdict"), rows)


def simulated_seeds() -> int:
    """How many seeds the tests give each bug, and the real code."""
    return WITHIN_SEEDS
