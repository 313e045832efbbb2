"""All functions that pages may call, and the small tables: facts, agent settings, states, demo."""

import html
import re
import sys
from typing import Any

import msgspec

from lab.plan import facts
from lab.plan.bill import agent_polls_usd
from lab.plan.facts import Fact, Tag
from lab.plan.quotas import BY_NAME, SOURCES
from lab.publish.pages import (
    bad_inputs,
    bill,
    chunking,
    day_away,
    decisions,
    engines,
    exercises,
    failure_demos,
    field_cases,
    glossary,
    grounds,
    lambda_run,
    measured,
    measured_on,
    on_paper,
    openapi,
    patterns,
    pooler,
    receives_in_vain,
    recorded_run,
    schemas,
    teaching,
    template_tables,
    verdicts,
    worked_example,
    wrong_designs,
)
from lab.publish.pages.markdown import grouped, table
from lab.publish.pages.values import printed
from lab.review.site_data import DESIGNS
from lab.run.demo.archive import DEFAULT_COUNT
from lab.run.demo.choices import from_environment
from lab.run.demo.client import DRAINING, ROWS_PER_S_AND_CORE
from lab.run.live.levers import BUTTONS
from lab.support.paths import DOCS, ROOT
from reading.engines import ENGINES
from reading.review import REQUIRED
from reading.thresholds import AT_MOST_ONE_WRONG_IN
from receipts.agent.config import RELOADABLE_KEYS, REMEDIES, AgentConfig
from receipts.ledger import FOLLOWS


def sourced(fact: Fact[Any]) -> str:
    """A fact in a sentence: value, unit, and its source's tag with a tooltip."""
    source = f"{SOURCES[fact.tag]}, {fact.date}"
    value = f"{printed(fact.value)} {fact.unit}".strip()
    prefix = "unverified " if fact.tag == "U" else ""
    return f'{prefix}{value} <sup class="source"><abbr title="{source}">{fact.tag}</abbr></sup>'


def cited(tag: Tag, what: str, date: str) -> str:
    """The source of a claim: its tag with a tooltip."""
    source = html.escape(f"{what}: {SOURCES[tag]}, {date}")
    return f'<sup class="source"><abbr title="{source}">{tag}</abbr></sup>'


def quotas(names: str) -> str:
    """The facts with these names, separated by spaces, in this order."""
    rows = [
        (fact.description, f"{printed(fact.value)} {fact.unit}", f"**{fact.tag}** {fact.date}")
        for fact in (BY_NAME[name] for name in names.split())
    ]
    return table(("what", "value", "source"), rows)


def sources() -> str:
    """What each source tag stands for."""
    return table(("tag", "source"), [(f"**{tag}**", source) for tag, source in SOURCES.items()])


def agent_settings() -> str:
    """The keys of the agent's configuration file."""
    rows = []
    for it in msgspec.structs.fields(AgentConfig):
        default = "required" if it.required else f"`{_toml(it.default)}`"
        when = "within seconds" if it.name in RELOADABLE_KEYS else "at a restart"
        rows.append((f"`{it.name}`", REMEDIES[it.name], default, when))
    return table(("key", "what to give", "default", "takes effect"), rows)


def _toml(value: object) -> str:
    match value:
        case None:
            return "as the AWS SDK finds it"
        case bool():
            return str(value).lower()
        case tuple():
            return "[]"
        case str():
            return f'"{value}"'
    return str(value)


def states() -> str:
    """The ledger's states, and the states that each may follow."""
    rows = [
        (f"`{state}`", ", ".join(f"`{it}`" if it else "on its way" for it in before))
        for state, before in FOLLOWS.items()
    ]
    return table(("state", "may follow"), rows)


def records() -> str:
    """The decision records."""
    found = decisions.records(DOCS / "decisions")
    rows = [(it.number, f"[{it.title}](../{it.path})", it.status) for it in found]
    return table(("no.", "decision", "status"), rows)


def lambda_writer_rate(concurrency: int, rows: int) -> str:
    """Rows a second that `concurrency` functions write, each with `rows` a transaction."""
    milliseconds = facts.ROUND_TRIP.value + rows * facts.ROW_TIME.value
    return f"{concurrency * rows / milliseconds * 1000:.0f} rows/s"


def million(fact: Fact[Any]) -> str:
    """A price for a million units, in dollars."""
    return f"{fact.value * 1_000_000:.2f}"


def polling() -> str:
    """Dollars a month for an idle agent that polls at its default interval."""
    return f"${agent_polls_usd():.2f}"


def reloadable_settings() -> str:
    """The settings that a running agent reloads."""
    names = [it.name for it in msgspec.structs.fields(AgentConfig) if it.name in RELOADABLE_KEYS]
    return ", ".join(f"`{name}`" for name in names)


def required_fields() -> str:
    """The fields without which a receipt needs review."""
    return ", ".join(f"`{name}`" for name in REQUIRED)


def promised(*fields: str) -> str:
    """The counts N for which "at most one in N wrong" can be promised of each of these fields."""
    return f"1 to {min(max(AT_MOST_ONE_WRONG_IN[name]) for name in fields)}"


def demo_variables() -> str:
    """The variables of `make demo`."""
    choices = from_environment({})
    descriptions = {
        "receipts": "a folder of photos and PDFs, one of them, or a ZIP; else they are rendered",
        "count": "how many of them",
        "rate": "rows a second that the client allows, all the time: the agent's ceiling",
        "concurrency": "readers at once",
        "engine": f"the OCR engine: {', '.join(ENGINES)}",
        "keep": "`1` to leave it and its page running until Ctrl-C",
        "press": f"buttons of its page that are pressed by themselves: {', '.join(BUTTONS)}",
        "record": "a file to record the run in, for its page to be shown again",
    }
    default = {
        "press": "nobody presses",
        "receipts": "rendered ones",
        "count": f"{DEFAULT_COUNT}, or all of yours",
        "concurrency": "cores + 1",
        "keep": "stops at the end",
        "rate": f"{ROWS_PER_S_AND_CORE:g} a core, or a third of what is read if that is less; "
        f"{DRAINING} times that once everything is read",
        "record": "nothing is recorded",
    }
    rows = [
        (
            f"`{name.upper()}`",
            descriptions[name],
            default.get(name) or f"`{printed(getattr(choices, name))}`",
        )
        for name in choices.__struct_fields__
    ]
    return table(("variable", "what", "default"), rows)


def make_targets() -> str:
    """The Makefile's targets by group, as `make help` lists them."""
    makefile = (ROOT / "Makefile").read_text()
    found = re.findall(r"^([a-z-]+):.*## (\w+): (.+)$", makefile, re.MULTILINE)
    groups = list(dict.fromkeys(group for _, group, _ in found))
    rows = sorted(found, key=lambda it: groups.index(it[1]))
    return table(
        ("for", "target", "what"),
        grouped((group, f"`make {name}`", text) for name, group, text in rows),
    )


def openapi_document() -> str:
    """The OpenAPI document, as a listing."""
    return f"```yaml\n{openapi.text()}```"


def reviewed_designs() -> int:
    """How many designs the bench has reviewed."""
    return len([*DESIGNS.glob("*.py")])


MODULES = (
    *(bad_inputs, bill, chunking, day_away, engines, exercises, failure_demos, field_cases),
    *(glossary, grounds, lambda_run, measured, measured_on, on_paper, patterns, pooler, schemas),
    *(receives_in_vain, recorded_run, teaching, template_tables, verdicts, worked_example),
    wrong_designs,
    sys.modules[__name__],
)


def page_functions() -> dict[str, object]:
    """What a page may call, as in `{{ resources() }}`: every public function of `MODULES`, by name.

    Raises ValueError where two have the same name.
    """
    found: dict[str, object] = {}
    for module in MODULES:
        for name, it in vars(module).items():
            ours = callable(it) and getattr(it, "__module__", "") == module.__name__
            if not ours or isinstance(it, type) or name.startswith("_"):
                continue
            if name in found:
                raise ValueError(f"two functions for pages are called {name!r}")
            found[name] = it
    return found
