"""The pattern catalogue: what AWS documents and what was measured here, in separate tables."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from diagram_check.template import read_template
from lab.measure.patterns.antipatterns import Antipatterns
from lab.measure.patterns.catalogue import PATTERNS
from lab.measure.patterns.documented_by_aws import COLUMNS, DocumentedCell, documented_cells
from lab.measure.patterns.results import Cell, PatternFigures, PatternRow
from lab.plan.quotas import SOURCES
from lab.publish.pages.markdown import table
from lab.publish.pages.measured_on import measured_on
from lab.publish.pages.values import duration, printed
from lab.support.paths import DATA, ROOT

FILE = DATA / "patterns.json"
FIGURE = DATA / "patterns.figure.html"
NOT_YET = "*Not measured yet: `make patterns` does it.*\n"
NONE = "–"
MEASURED = {
    "stored": "good receipts stored once",
    "delivered": "deliveries to the function, without planned failures",
    "failed": "planned failures",
    "invocations": "invocations, without planned failures",
    "produced_calls": "calls to send the receipts",
    "produced_bytes": "bytes sent",
    "event_bytes": "bytes of the events, without planned failures",
    "results_sent": "results put on the write queue",
    "own_calls": "the function's own calls of AWS",
    "dead_letter_holds_message": "the dead letter holds the message",
    "ledger_knows": "the ledger knows of the dead letter",
    "seconds": "seconds, first message to last row, planned failures included",
    "lines_of_code": "lines of the handler",
    "lines_of_template": "lines of the template",
    "usd_service": "USD a million: the service",
    "usd_idle": "of it, when nothing comes (empty receives not counted)",
    "usd_unverified": "of it, by a price that is unverified",
    "usd_invocations": "USD a million: invocations",
    "usd_total": "USD a million, with reading",
}
"""The measured rows and their headings, in the tables' order."""

OF_A_RULE = {"API destination": "API destination, called by a rule"}
"""By a pipe, nothing is given up before the queue forgets it."""


def patterns_promised(name: str = "") -> str:
    """What AWS documents: all patterns side by side, or one with its sources."""
    documented = documented_cells()
    if name:
        one = documented[_known(name)]
        rows = [(head, one[column].text, _source(one[column])) for column, head in COLUMNS.items()]
        return _labelled("Promised by AWS", table(("", PATTERNS[name].title, "source"), rows))
    head = ("", *(pattern.title for pattern in PATTERNS.values()))
    across = [
        (title, *(_marked(documented[pattern][column]) for pattern in PATTERNS))
        for column, title in COLUMNS.items()
    ]
    return table(head, across)


def patterns_measured(name: str = "") -> str:
    """What was measured here: all patterns side by side, or one."""
    if not FILE.exists():
        return NOT_YET
    figures = msgspec.json.decode(FILE.read_bytes(), type=PatternFigures)
    rows = [row for row in figures.rows if not name or row.pattern == _known(name)]
    head = ("", *(row.title for row in rows), "source")
    by_key = {key: [_value(row, key, figures) for row in rows] for key in MEASURED}
    cells = [
        (MEASURED[key], *values, _from(rows, key))
        for key, values in by_key.items()
        if set(values) != {NONE}
    ]
    return _labelled(
        "Measured here, on a local emulator", f"{_conditions(figures)}\n\n{table(head, cells)}"
    )


def patterns_figure() -> str:
    """The catalogue's figure."""
    return FIGURE.read_text(encoding="utf-8") if FILE.exists() else NOT_YET


def patterns_wrong() -> str:
    """Wrong choices and their effects, on the emulator and by the model."""
    shown = _wrong()
    if shown is None:
        return NOT_YET
    rows = [
        (
            title,
            f"{one.good_meanwhile} of {one.good}",
            f"{one.first_good_s:.1f} s",
            duration(one.aws_first_good_s) if one.aws_first_good_s else "at once",
        )
        for title, one in (("FIFO, one message group", shown.fifo), ("standard", shown.standard))
    ]
    head = (
        "queue",
        "good messages meanwhile",
        "first good one",
        "by sqs.yaml's visibility, if it kills its reader",
    )
    label = "A poison message at the head of a queue; local emulator, the last column computed"
    return f"{_labelled(label, table(head, rows))}\n\n{patterns_given_up()}"


def patterns_given_up() -> str:
    """What each service gives up of an outage's messages, by the model."""
    shown = _wrong()
    if shown is None:
        return NOT_YET
    ways = list(shown.windows[0].lost)
    rows = [
        (f"{it.outage}, {it.hours:g} h", *(f"{it.lost[way]:.0%}" for way in ways))
        for it in shown.windows
    ]
    head = ("outage", *(OF_A_RULE.get(way, way) for way in ways))
    label = (
        "Of what comes evenly, given up before an outage ends (to a DLQ, if there is one); by the "
        "model"
    )
    return _labelled(label, table(head, rows))


def _wrong() -> Antipatterns | None:
    if not FILE.exists():
        return None
    return msgspec.json.decode(FILE.read_bytes(), type=PatternFigures).wrong


def pattern_template(name: str) -> Mapping[str, Any]:
    """The properties of a pattern's resources: `pattern_template("sqs").ReadMapping.BatchSize`."""
    path = PATTERNS[_known(name)].path
    template = read_template(path, str(path.relative_to(ROOT)))
    return {it.name: it.properties for it in template.resources.values()}


def _known(name: str) -> str:
    if name not in PATTERNS:
        raise LookupError(f"no pattern is called {name!r}; there are {', '.join(PATTERNS)}")
    return name


def _conditions(figures: PatternFigures) -> str:
    return (
        f"{figures.receipts} rendered receipts, {figures.duplicates} of them sent twice, all out "
        f"of order. Reading takes {figures.slow_s:g} s longer for {figures.slow}; behind a queue "
        f"it fails once for {figures.failing} and always for {figures.poison}. "
        f"{figures.concurrency} readers at once. Measured on {measured_on(figures.provenance)}. "
        "Between a topic, a bus or a stream and the function the emulator retries nothing, so "
        "nothing fails there."
    )


def _value(row: PatternRow, key: str, of: PatternFigures) -> str:  # noqa: PLR0911  a line a kind
    if key == "stored":  # poison goes only where a queue sets it aside
        poison = of.poison if PATTERNS[row.pattern].has_queue else 0
        return f"{row.measured[key].value} of {of.receipts - poison}"
    if key == "own_calls":
        return f"{sum(row.calls.values()):,}"
    if key == "results_sent":  # one to a call; PostgreSQL takes each once
        return f"{row.calls.get('sqs:SendMessageBatch', 0):,}"
    value = row.measured[key].value if key in row.measured else NONE
    match value:
        case bool():
            return "yes" if value else "**no**"
        case str() if key.startswith("usd_"):
            return f"${float(value):,.2f}"
        case int() | float():
            return str(printed(value))
    return str(value)


def _from(rows: Sequence[PatternRow], key: str) -> str:
    cell: Cell | None = rows[0].measured.get(key)
    return cell.source if cell else "local emulator"


def _marked(promise: DocumentedCell) -> str:
    source = f"{SOURCES[promise.tag]}, {promise.date}"
    link = f'<a href="{promise.url}" title="{source}">{promise.tag}</a>'
    return f'{promise.text} <sup class="source">{link}</sup>'


def _source(promise: DocumentedCell) -> str:
    return f'<span class="when">[**{promise.tag}**]({promise.url}) {promise.date}</span>'


def _labelled(label: str, content: str) -> str:
    return f"**{label}**\n\n{content}"
