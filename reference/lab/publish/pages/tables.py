"""Tables that pages take from the sources: the template, the commands, the settings, the facts."""

import html
import re
from pathlib import Path
from typing import Any

import msgspec

from lab.plan import facts
from lab.plan.facts import Fact, Tag
from lab.plan.quotas import BY_NAME, SOURCES
from lab.publish.pages import (
    bad_inputs,
    chunking,
    decisions,
    engines,
    exercises,
    experiments,
    glossary,
    measured,
    openapi,
    patterns,
    schemas,
    shown,
    teaching,
)
from lab.publish.pages import template_tables as template
from lab.publish.pages.markdown import table
from lab.publish.pages.measured_on import measured_on
from lab.publish.pages.values import ROOT, printed
from lab.run.demo.archive import DEFAULT_COUNT
from lab.run.demo.choices import from_environment
from reading.engines import ENGINES
from reading.receipt import REQUIRED
from receipts.agent.config import RELOADABLE_KEYS, REMEDIES, AgentConfig
from receipts.ledger import FOLLOWS


def sourced(fact: Fact[Any]) -> str:
    """A fact in a sentence: value, unit, and its source's tag, which says more when pointed at."""
    says = f"{SOURCES[fact.tag]}, {fact.date}"
    value = f"{printed(fact.value)} {fact.unit}".strip()
    unsure = "unverified " if fact.tag == "U" else ""
    return f'{unsure}{value} <sup class="source"><abbr title="{says}">{fact.tag}</abbr></sup>'


def cited(tag: Tag, what: str, date: str) -> str:
    """The mark of a claim's source: its tag, which says more when pointed at."""
    says = html.escape(f"{what}: {SOURCES[tag]}, {date}")
    return f'<sup class="source"><abbr title="{says}">{tag}</abbr></sup>'


def quotas(names: str) -> str:
    """The facts of these names, with spaces between, in this order."""
    rows = [
        (fact.says, f"{printed(fact.value)} {fact.unit}", f"**{fact.tag}** {fact.date}")
        for fact in (BY_NAME[name] for name in names.split())
    ]
    return table(("what", "value", "source"), rows)


def sources() -> str:
    """What the tags say."""
    return table(("tag", "source"), [(f"**{tag}**", says) for tag, says in SOURCES.items()])


def agent_settings() -> str:
    """The keys of the agent's file."""
    rows = []
    for it in msgspec.structs.fields(AgentConfig):
        default = "required" if it.required else f"`{_toml(it.default)}`"
        when = "within seconds" if it.name in RELOADABLE_KEYS else "at a restart"
        rows.append((f"`{it.name}`", REMEDIES[it.name], default, when))
    return table(("key", "what to give", "default", "obeyed"), rows)


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
    """The ledger's states, and those that each may follow."""
    rows = [
        (f"`{state}`", ", ".join(f"`{it}`" if it else "on its way" for it in before))
        for state, before in FOLLOWS.items()
    ]
    return table(("state", "may follow"), rows)


def records() -> str:
    """The decision records."""
    told = decisions.records(Path(ROOT) / "docs" / "decisions")
    rows = [(it.number, f"[{it.title}](../{it.path})", it.status) for it in told]
    return table(("no.", "decision", "status"), rows)


def lambda_writer_rate(concurrency: int, rows: int) -> str:
    """Rows a second of functions that write `rows` a transaction, so many at once."""
    milliseconds = facts.ROUND_TRIP.value + rows * facts.ROW_TIME.value
    return f"{concurrency * rows / milliseconds * 1000:.0f} rows/s"


def million(fact: Fact[Any]) -> str:
    """Dollars for a million."""
    return f"{fact.value * 1_000_000:.2f}"


def polling() -> str:
    """Dollars a month for an agent that only asks, as often as its default says."""
    defaults = {it.name: it.default for it in msgspec.structs.fields(AgentConfig)}
    calls = 30 * 86_400 // defaults["poll_seconds"]
    return f"${facts.QUEUE_CALL.value * calls:.2f}"


def standing_orders() -> str:
    """The keys that a running agent obeys."""
    names = [it.name for it in msgspec.structs.fields(AgentConfig) if it.name in RELOADABLE_KEYS]
    return ", ".join(f"`{name}`" for name in names)


def required_fields() -> str:
    """The fields without which a person must look."""
    return ", ".join(f"`{name}`" for name in REQUIRED)


def demo_variables() -> str:
    """What `make demo NAME=value` takes."""
    given = from_environment({})
    says = {
        "receipts": "a folder of photos, or a ZIP; without it receipts are rendered",
        "count": "how many of them",
        "rate": "rows a second that the client allows: the agent's ceiling",
        "concurrency": "readers at once",
        "engine": f"the OCR engine: {', '.join(ENGINES)}",
        "keep": "`1` to leave it running until Ctrl-C",
    }
    default = {
        "receipts": "rendered ones",
        "count": f"{DEFAULT_COUNT}, or all of yours",
        "concurrency": "cores + 1",
        "keep": "stops at the end",
    }
    rows = [
        (f"`{name.upper()}`", says[name], default.get(name) or f"`{printed(getattr(given, name))}`")
        for name in given.__struct_fields__
    ]
    return table(("variable", "what", "default"), rows)


def make_targets() -> str:
    """The Makefile's targets, as `make help` tells them."""
    found = re.findall(r"^([a-z-]+):.*## (.+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    return table(("target", "what"), [(f"`make {name}`", says) for name, says in found])


ALL = {
    "agent_settings": agent_settings,
    "alarms": template.alarms,
    "all_points": teaching.all_points,
    "bad_inputs": bad_inputs.bad_inputs,
    "chunking": chunking.chunking,
    "cited": cited,
    "function_settings": template.function_settings,
    "functions": template.functions,
    "glossary": glossary.page,
    "demo_variables": demo_variables,
    "drilled": shown.drilled,
    "engines": engines.engines,
    "exercise": exercises.exercise,
    "guarded": teaching.guarded,
    "interval": measured.interval,
    "lambda_writer_rate": lambda_writer_rate,
    "make_targets": make_targets,
    "marking": teaching.marking,
    "measured_on": measured_on,
    "measured_peak": measured.peak,
    "measured_peak_aims": measured.peak_aims,
    "measured_peak_long": measured.peak_long,
    "measured_planner": measured.planner,
    "million": million,
    "numbers": template.numbers,
    "openapi": lambda: f"```yaml\n{openapi.text()}```",
    "outputs": template.outputs,
    "parameters": template.template_parameters,
    "pattern_template": patterns.pattern_template,
    "patterns_figure": patterns.patterns_figure,
    "patterns_measured": patterns.patterns_measured,
    "patterns_promised": patterns.patterns_promised,
    "patterns_wrong": patterns.patterns_wrong,
    "polling": polling,
    "pooler_told": experiments.pooler_told,
    "quotas": quotas,
    "records": records,
    "replayed": shown.replayed,
    "required_fields": required_fields,
    "resources": template.resources,
    "rights": template.rights,
    "routes": template.routes,
    "rubric": teaching.rubric,
    "schema": schemas.described,
    "simulated": shown.simulated,
    "solution": exercises.solution,
    "sources": sources,
    "speaks": exercises.speaks,
    "standing_orders": standing_orders,
    "states": states,
    "teaching_plan": teaching.teaching_plan,
}
"""What a page may call: `{{ resources() }}`."""
