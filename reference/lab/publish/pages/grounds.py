"""What the promises stand on, from `docs/explanation/grounds.toml`, and how true the fakes are."""

import tomllib

import msgspec
from msgspec import Struct

from lab.prove.simulation.bugs import ASSUMPTIONS, BUGS, WITHIN_SEEDS
from lab.prove.simulation.knobs import CHANCES, Knob
from lab.publish.pages.markdown import table
from lab.support.paths import DOCS

SOURCE = DOCS / "explanation" / "grounds.toml"


class Ground(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One thing that a promise stands on; the file's head says what each key is."""

    promise: str
    stands_on: str
    enforced_by: str
    file: str
    knob: str = ""
    bug: str
    broken: str


class Grounds(Struct, frozen=True, forbid_unknown_fields=True):
    """The file: `not_modelled` says of behaviours that no run shows why it is so."""

    grounds: tuple[Ground, ...]
    not_modelled: dict[str, str]


def _read() -> Grounds:
    return msgspec.convert(tomllib.loads(SOURCE.read_text()), Grounds)


def grounds() -> str:
    """A row a ground: what it is and who sees to it, and what happens without."""
    rows = [
        (
            f"**{one.promise}**",
            f"{one.stands_on}<br><small>Who sees to it: {one.enforced_by} (`{one.file}`)</small>",
            f"{one.broken}<br><small>Tested: {_test(one)}</small>",
        )
        for one in _read().grounds
    ]
    return table(("promised", "stands on", "what happens without it"), rows)


def _test(one: Ground) -> str:
    promise = next(bug.breaks for bug in BUGS + ASSUMPTIONS if bug.name == one.bug)
    when = f", when {Knob[one.knob]}" if one.knob else ""
    return f"*{one.bug}* breaks “{promise}”{when}"


def fidelity(soak: dict[str, dict[str, int]] | None) -> str:
    """A row a behaviour: how it is modelled, and what became of the promises."""
    seen = soak["faults"] if soak else {}
    source = _read()
    broken = {Knob[one.knob]: one.bug for one in source.grounds if one.knob}
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
    for what, why in source.not_modelled.items():
        rows.append((Knob[what] if what in Knob.__members__ else what, "no", why))
    return table(("behaviour", "modelled", "verdict"), rows)


def simulated_seeds() -> int:
    """How many seeds the tests give each bug, and the real code."""
    return WITHIN_SEEDS
