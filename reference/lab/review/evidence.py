"""Describes the evidence of a rule: its kind, what it shows, and how to see it."""

from collections.abc import Callable, Mapping

import msgspec

from lab.review.catalogue import Catalogue, DesignError, catalogue
from lab.review.figures import Numbers, figure
from lab.support.paths import DATA

KINDS: Mapping[str, str] = {
    "answer": "what you said",
    "drill": "a drill on the real parts",
    "measured": "measured",
    "model": "the model",
    "page": "documented",
    "simulation": "a simulated run that fails",
    "soak": "simulated runs that hold",
    "template": "what is deployed",
}
MEASURED: Mapping[str, tuple[str, str, str]] = {
    "patterns": (
        "the same receipts through an emulator's five services, on one machine",
        "receipts-lab patterns",
        "patterns/index.html",
    ),
    "peak": (
        "a real PostgreSQL under the peak, beside the client's app",
        "receipts-lab peak",
        "explanation/back-pressure.html#measured",
    ),
    "pooler": (
        "functions and a database, with a pooler between",
        "receipts-lab pooler",
        "explanation/rds-proxy.html",
    ),
}


class Shown(msgspec.Struct, frozen=True):
    """A piece of evidence, ready to print: `command` and `link` may be empty."""

    kind: str
    text: str
    command: str = ""
    link: str = ""


def describe(evidence: str, said: Numbers | None = None, known: Catalogue | None = None) -> Shown:
    """Describe one, for the numbers that the design said. Raises DesignError if there is none."""
    kind, _, name = evidence.partition(":")
    try:
        return DESCRIBED[kind](name, said or {}, known or catalogue())
    except KeyError:
        raise DesignError(f"no evidence is called {evidence!r}") from None


def _answer(*_: object) -> Shown:
    return Shown("answer", "your own answer; nobody has checked it")


def _soak(*_: object) -> Shown:
    soak = msgspec.json.decode((DATA / "soak.json").read_bytes())
    text = f"{soak['seeds']:,} runs under faults, {len(soak['violations'])} broken promises"
    return Shown("soak", text, "receipts-lab soak --seeds 200", "explanation/failure-paths.html")


def _simulation(name: str, _: Numbers, known: Catalogue) -> Shown:
    command = f'receipts-lab replay {known.seeds[name]} --bug "{name}"'
    return Shown("simulation", name, command, "explanation/delivery.html")


def _model(name: str, said: Numbers, _: Catalogue) -> Shown:
    it = figure(name, said)
    return Shown("model", it.text, it.command, "explanation/simulator.html")


def _page(name: str, _: Numbers, known: Catalogue) -> Shown:
    it = known.sources[name]
    return Shown("page", f"{it.title}, read on {it.read}: {it.says}", "", it.url)


def _template(name: str, *_: object) -> Shown:
    path, _hash, thing = name.partition("#")
    return Shown("template", f"{thing} ({path})", "", "reference/template.html")


def _drill(name: str, *_: object) -> Shown:
    for one in msgspec.json.decode((DATA / "drills.json").read_bytes())["outcomes"]:
        if one["name"] == name and one["passed"]:
            text = f"{one['fault'].rstrip('.')}: {one['seen']}"
            command = f'receipts-lab drills --only "{name}"'
            return Shown("drill", text, command, "reference/drills.html")
    raise DesignError(f"no drill {name!r} was run and passed")


DESCRIBED: Mapping[str, Callable[[str, Numbers, Catalogue], Shown]] = {
    "answer": _answer,
    "drill": _drill,
    "measured": lambda name, *_: Shown("measured", *MEASURED[name]),
    "model": _model,
    "page": _page,
    "simulation": _simulation,
    "soak": _soak,
    "template": _template,
}
