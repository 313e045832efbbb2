"""The command `receipts-lab plan`: plans a peak, and says what breaks or binds."""

import sys
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from typer.models import OptionInfo

from lab.plan import fanout
from lab.plan.parameters import PARAMETERS, ParameterError
from lab.plan.plan import Plan, plan
from lab.plan.report import report
from lab.plan.settings import (
    Arrival,
    Outage,
    ReadShape,
    Settings,
    Window,
    Writer,
    settings_from,
)
from lab.plan.site_data import scale, simulator
from lab.plan.template import deployed
from lab.plan.verdict import Deadlines, Finding, verdict
from lab.support.paths import TEMPLATE

app = typer.Typer(invoke_without_command=True, add_completion=False)
app.command()(scale)
app.command()(simulator)
console = Console(stderr=True)
DEFAULTS = Settings()
PROGRESS_FROM = 100_000
"""From this many receipts on a progress bar shows."""


def _option(panel: str, description: str, default: str, name: str | None = None) -> OptionInfo:
    """An option that is None unless it was typed; its help names the default."""
    names = [name] if name else []
    option: OptionInfo = typer.Option(
        *names, help=f"{description} Default: {default}.", show_default=False, rich_help_panel=panel
    )
    return option


def _number(name: str, panel: str) -> OptionInfo:
    parameter = PARAMETERS[name]
    return _option(
        panel, f"{parameter.description}, {parameter.allowed}.", f"{getattr(DEFAULTS, name):g}"
    )


COME, READ, WRITE, BASE, ASK = "What arrives", "Reading", "Writing", "The database", "The answer"


class Answer(msgspec.Struct, frozen=True):
    """What `--json` prints."""

    verdict: tuple[Finding, ...]
    plan: Plan


@app.callback()
def command(  # noqa: PLR0913 - an option each
    context: typer.Context,
    *,
    receipts: Annotated[int | None, _number("receipts", COME)] = None,
    batch_receipts: Annotated[int | None, _number("batch_receipts", COME)] = None,
    arrival: Annotated[
        Arrival | None,
        _option(COME, "At once, evenly, by office hours, or doubling daily.", "burst"),
    ] = None,
    arrival_hours: Annotated[float | None, _number("arrival_hours", COME)] = None,
    start_hour: Annotated[float | None, _number("start_hour", COME)] = None,
    read_seconds: Annotated[float | None, _number("read_seconds", READ)] = None,
    read_shape: Annotated[
        ReadShape | None, _option(READ, "How reading times spread around the mean.", "typical")
    ] = None,
    read_timeout: Annotated[float | None, _number("read_timeout", READ)] = None,
    read_batch: Annotated[int | None, _number("read_batch", READ)] = None,
    poller_mode: Annotated[
        fanout.PollerMode | None, _option(READ, "How the queue invokes the reader.", "standard")
    ] = None,
    maximum_concurrency: Annotated[int | None, _number("maximum_concurrency", READ)] = None,
    pollers: Annotated[int | None, _number("pollers", READ)] = None,
    account_concurrency: Annotated[int | None, _number("account_concurrency", READ)] = None,
    memory_mb: Annotated[int | None, _number("memory_mb", READ)] = None,
    init_seconds: Annotated[float | None, _number("init_seconds", READ)] = None,
    warm: Annotated[int | None, _number("warm", READ)] = None,
    read_retention_days: Annotated[float | None, _number("read_retention_days", READ)] = None,
    writer: Annotated[
        Writer | None,
        _option(WRITE, "Who writes the rows (the simulator's page explains each).", "agent"),
    ] = None,
    rate: Annotated[float | None, _number("rate", WRITE)] = None,
    yields: Annotated[
        bool | None,
        _option(
            WRITE,
            "Whether the rate follows the database's headroom, hour by hour, as the agent's does.",
            "yields",
            "--yields/--keeps-on",
        ),
    ] = None,
    write_batch: Annotated[int | None, _number("write_batch", WRITE)] = None,
    connections: Annotated[int | None, _number("connections", WRITE)] = None,
    round_trip_ms: Annotated[float | None, _number("round_trip_ms", WRITE)] = None,
    row_ms: Annotated[float | None, _number("row_ms", WRITE)] = None,
    aws_round_trip_ms: Annotated[float | None, _number("aws_round_trip_ms", WRITE)] = None,
    retention_days: Annotated[float | None, _number("retention_days", WRITE)] = None,
    visibility_seconds: Annotated[float | None, _number("visibility_seconds", WRITE)] = None,
    max_receives: Annotated[int | None, _number("max_receives", WRITE)] = None,
    failing_try_seconds: Annotated[float | None, _number("failing_try_seconds", WRITE)] = None,
    trying_share: Annotated[float | None, _number("trying_share", WRITE)] = None,
    retries: Annotated[int | None, _number("retries", WRITE)] = None,
    window: Annotated[
        list[str] | None,
        _option(WRITE, "Write only at these hours, e.g. 19:00-06:00. May be repeated.", "always"),
    ] = None,
    outage: Annotated[
        list[str] | None,
        _option(WRITE, "No link, as start+length in hours: 2+24. May be repeated.", "none"),
    ] = None,
    knee: Annotated[float | None, _number("knee", BASE)] = None,
    app_load: Annotated[float | None, _number("app_load", BASE)] = None,
    safe_share: Annotated[float | None, _number("safe_share", BASE)] = None,
    max_connections: Annotated[int | None, _number("max_connections", BASE)] = None,
    app_connections: Annotated[int | None, _number("app_connections", BASE)] = None,
    read_within: Annotated[
        float | None,
        typer.Option(help="Seconds within which all must be read.", rich_help_panel=ASK),
    ] = None,
    store_within: Annotated[
        float | None,
        typer.Option(help="Hours within which all must be stored.", rich_help_panel=ASK),
    ] = None,
    from_template: Annotated[
        bool,
        typer.Option(help="Begin with the deployed numbers (template.yaml).", rich_help_panel=ASK),
    ] = False,
    template: Annotated[
        Path | None, typer.Option(help="A template other than ours.", rich_help_panel=ASK)
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print JSON, with the curves.", rich_help_panel=ASK)
    ] = False,
    strict: Annotated[
        bool, typer.Option(help="Exit with 1 if anything breaks.", rich_help_panel=ASK)
    ] = False,
) -> None:
    """Plan a peak: when everything is read and stored, what binds, and what to change.

    By the model: nothing here has run on AWS. Exit codes: 0 planned, 1 something breaks and
    --strict was given, 2 invalid settings.
    """
    given = {name: value for name, value in locals().items() if value is not None}
    if context.invoked_subcommand:
        return
    try:
        settings = _settings(given)
        deadlines = _deadlines(read_within, store_within)
        answer = _plan(settings)
    except ParameterError as error:
        console.print(f"[bold red]Can't plan that:[/] {error}", highlight=False)
        raise typer.Exit(2) from None
    findings = verdict(answer, deadlines)
    if as_json:
        encoded = msgspec.json.Encoder(decimal_format="number").encode(Answer(findings, answer))
        sys.stdout.write(msgspec.json.format(encoded, indent=1).decode() + "\n")
    else:
        report(Console(highlight=False), answer, findings)
    if strict and findings[0].level == "breaks":
        raise typer.Exit(1)


def _settings(given: dict[str, Any]) -> Settings:
    """The typed settings, over the template's with --from-template."""
    numbers = deployed(given.get("template", TEMPLATE)) if given["from_template"] else {}
    numbers |= {name: given[name] for name in Settings.__struct_fields__ if name in given}
    numbers["windows"] = tuple(window(text) for text in given.get("window", ()))
    numbers["outages"] = tuple(outage(text) for text in given.get("outage", ()))
    return settings_from(numbers)


def window(text: str) -> Window:
    """A window from "19:00-06:00". Raises ParameterError."""
    begin, dash, end = text.partition("-")
    try:
        hours = [
            int(hour) + int(minute or 0) / 60
            for hour, _, minute in (part.partition(":") for part in (begin, end))
        ]
    except ValueError:
        hours = []
    if not dash or len(hours) != 2:  # noqa: PLR2004 - a begin and an end
        raise ParameterError(f'window must look like 19:00-06:00; got "{text}"')
    return Window(hours[0], hours[1] or 24.0)


def outage(text: str) -> Outage:
    """An outage from "2+24", in hours. Raises ParameterError."""
    begin, plus, length = text.partition("+")
    try:
        if not plus:
            raise ValueError  # noqa: TRY301 - the same remedy
        return Outage(float(begin), float(length))
    except ParameterError:
        raise
    except ValueError:
        message = f'outage must look like 2+24, begin and length in hours; got "{text}"'
        raise ParameterError(message) from None


def _deadlines(read_within: float | None, store_within: float | None) -> Deadlines:
    for name, value in (("read_within", read_within), ("store_within", store_within)):
        if value is not None and not 0 < value <= 1e7:  # noqa: PLR2004 - four months
            raise ParameterError(f"{name} must be over 0 and up to 10,000,000; got {value:g}")
    stored = None if store_within is None else store_within * 3600
    return Deadlines(read_within=read_within, store_within=stored)


def _plan(settings: Settings) -> Plan:
    if settings.receipts < PROGRESS_FROM or not console.is_terminal:
        return plan(settings)
    columns = (
        TextColumn("planning"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        line = bar.add_task("", total=settings.receipts)
        return plan(settings, lambda done: bar.update(line, completed=done))
