"""Send receipt photos, follow them, and settle what went wrong."""

import io
import itertools
import sys
import tempfile
import time
from pathlib import Path
from typing import Annotated

import typer
from msgspec.structs import asdict, replace
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn
from rich.table import Table
from stamina.instrumentation import RetryDetails, set_on_retry_hooks

from commands import terminal
from commands.operations.correct import correct
from commands.operations.forgetting import forget
from commands.operations.letters import dlq
from commands.operations.settling import audit, reconcile, replay
from commands.operations.tracing import trace
from commands.sending.packing import pack_archive, pack_manifest
from commands.sending.service import Service
from commands.sending.upload_log import UploadLog
from reading.command import home
from reading.command.cli import read_command
from receipts.batch import StatedHome
from receipts.errors import ReceiptsError, ServiceError
from receipts.report_batch import Report

app = typer.Typer(no_args_is_help=True, **terminal.LOOK)
console = Console(stderr=True)

Api = Annotated[
    str, typer.Option(envvar="RECEIPTS_API_URL", help="The API's address: the output ApiUrl.")
]
Token = Annotated[
    str,
    typer.Option(
        envvar="RECEIPTS_TOKEN",
        help="Who you are: a token of the issuer that the API trusts. Better in the environment.",
    ),
]


ALL_STORED, REFUSED, SOME, NONE, LATER = 0, 1, 3, 4, 5
EXIT_CODES = (
    "Exit codes: 0 all is stored (send without --wait: uploaded); 1 refused; 2 wrong option; "
    "3 some was not sent, rejected or dead-lettered; 4 none is stored; 5 no answer, or not settled."
)
SEND_EXAMPLES = terminal.examples(
    "receipts send ~/Pictures/receipts --customer C-17 --wait",
    "receipts send january.zip --customer C-17 --home-currency EUR",
)
STATUS_EXAMPLES = terminal.examples("receipts status https://…/batches/9f2c… --wait")


@app.callback(help=__doc__)
def receipts(*, version: terminal.version_option("receipts") = False) -> None:  # type: ignore[valid-type]
    """Has nothing else of its own."""


@app.command(epilog=f"{SEND_EXAMPLES}\n\n{EXIT_CODES}")
def send(  # noqa: PLR0913  each is an option
    path: Annotated[
        Path, typer.Argument(help="A folder of photos and PDFs, one of them, or a ZIP archive.")
    ],
    customer: Annotated[str, typer.Option(help="Your own name for the customer they are from.")],
    api: Api,
    token: Token,
    *,
    manifest: Annotated[
        bool, typer.Option(help="Upload each photo by itself, at most 1,000.")
    ] = False,
    wait: Annotated[bool, typer.Option(help="Wait until every receipt is settled.")] = False,
    home_currency: home.Currency = None,
    date_order: home.DateOrder = None,
    language: home.Language = None,
) -> None:
    """Send photos as one batch.

    Typed again it goes on where it was cut off; what was sent before makes no second batch.
    """
    said = home.home_of(home_currency, date_order, language)
    service = _service(api, token)
    columns = ("{task.description}", BarColumn(), DownloadColumn(), TimeRemainingColumn())
    bar = Progress(*columns, console=console, disable=not console.is_terminal, transient=True)
    with tempfile.TemporaryDirectory(prefix="receipts-send-") as folder, bar:
        step = bar.add_task("packing", total=None)
        if manifest:
            parcel = pack_manifest(path, customer, lambda n: bar.advance(step, n))
        else:
            made_in = Path(folder)
            parcel = pack_archive(path, customer, made_in, lambda n: bar.advance(step, n))
        if unsent := str(parcel.contents):
            _say(unsent)
        parcel = replace(parcel, request=replace(parcel.request, home=StatedHome(**asdict(said))))
        accepted = service.accept(parcel)
        # The same photos have the same id on every stack, and a new stack has none of them yet.
        batch = f"{accepted.batch_id}-{accepted.accepted_at:%Y%m%dT%H%M%S.%f}"
        sent = UploadLog(Path(typer.get_app_dir("receipts")), batch)
        bar.reset(step, description="uploading", total=parcel.size)
        service.upload(parcel, accepted, sent, lambda n: bar.advance(step, n))
    typer.echo(service.url + accepted.status)
    code = _exit_code(_follow(service, accepted.batch_id)) if wait else ALL_STORED
    raise typer.Exit(SOME if code == ALL_STORED and parcel.contents.refused else code)


def _service(api: str, token: str) -> Service:
    def say(details: RetryDetails) -> None:
        _say(f"waiting {details.wait_for:.1f} s for the service at {api}: {details.caused_by}")

    set_on_retry_hooks([say])  # in place of a line in a log
    return Service(api, token)


def _say(line: str) -> None:
    console.print(line, markup=False, highlight=False, soft_wrap=True)


def agent(
    config: Annotated[Path, typer.Option(help="The agent's TOML file.", exists=True)],
    *,
    check: Annotated[bool, typer.Option(help="Only look at its database, and say.")] = False,
) -> None:
    """Run the pull agent: from the write queue into the database, until SIGTERM or Ctrl-C.

    Without Lambda's libraries the same program is called receipts-agent, a wheel of its own.
    """
    # Only here: a customer who sends photos needs no database driver.
    from receipts.agent import run, start  # noqa: PLC0415

    raise typer.Exit(start.check(config) if check else run.run(config))


@app.command(epilog=f"{STATUS_EXAMPLES}\n\n{EXIT_CODES}")
def status(
    batch: Annotated[str, typer.Argument(help="The batch id, or its status address.")],
    api: Api,
    token: Token,
    *,
    wait: Annotated[bool, typer.Option(help="Wait until every receipt is settled.")] = False,
) -> None:
    """Say how far a batch is, and why receipts were rejected."""
    batch_id = batch.rstrip("/").rpartition("/")[2]
    service = _service(api, token)
    report = _follow(service, batch_id) if wait else _show(service.report(batch_id))
    raise typer.Exit(_exit_code(report))


def _exit_code(report: Report) -> int:
    stored = report.counts.stored
    ended = NONE if not stored else ALL_STORED if stored == report.expected else SOME
    return ended if report.settled else LATER


def _follow(service: Service, batch_id: str) -> Report:
    # Soon at first, when a batch may be done in seconds; then seldom: it may wait for the night.
    pauses = itertools.chain((1.0,) * 30, (5.0,) * 60, itertools.repeat(15.0))
    with console.status("waiting for the first receipt") as line:
        while not (report := service.report(batch_id)).settled:
            c = report.counts
            line.update(f"{c.stored} stored, {c.read} read, {c.waiting} waiting")
            time.sleep(next(pauses))
    return _show(report)


def _show(report: Report) -> Report:
    expected = "not known yet" if report.expected is None else f"{report.expected:,}"
    table = Table(title=f"batch {report.batch_id}", show_header=False, title_justify="left")
    for name, value in (
        ("expected", expected),
        ("waiting", report.counts.waiting),
        ("read, on their way to the database", report.counts.read),
        ("stored", report.counts.stored),
        ("of all, to be reviewed by a person", report.needs_review),
        ("of all, with an image sent before", report.duplicates),
        ("rejected", report.counts.rejected),
        ("dead-lettered", report.counts.dead_lettered),
        ("left out, being no receipts", report.left_out.count),
    ):
        table.add_row(name, str(value))
    if report.oldest_seconds is not None:
        table.add_row("age of the oldest that is unsettled", f"{report.oldest_seconds:,} s")
    Console().print(table)
    if report.rejected:
        typer.echo(f"the archive was rejected: {report.rejected}")
    for kind in report.left_out.kinds:
        typer.echo(f"left out: {kind}")
    for reason in report.reasons:
        typer.echo(f"{reason.state}: {reason.index} {reason.name}: {reason.reason}")
    return report


def main() -> None:
    """Run; an expected error is one line, and exit code 1, or 5 where a service doesn't answer."""
    if isinstance(sys.stdout, io.TextIOWrapper):  # a name may have what the terminal can't show
        sys.stdout.reconfigure(errors="backslashreplace")
    terminal.run(app, _code_of)


def _code_of(error: Exception) -> int | None:
    if not isinstance(error, ReceiptsError | OSError):
        return None
    return LATER if isinstance(error, ServiceError) else REFUSED


_OPERATORS = "Look after them, with the rights of AWS"
_MACHINES = "On this machine"
for _name, _command, _panel, _example in (
    ("trace", trace, _OPERATORS, "receipts trace 9f2c…-00017 --stack receipts"),
    ("reconcile", reconcile, _OPERATORS, "receipts reconcile --stack receipts"),
    ("audit", audit, _OPERATORS, "receipts audit --stack receipts --ids ids.csv"),
    ("replay", replay, _OPERATORS, "receipts replay --stack receipts --missing missing.csv --yes"),
    (
        "correct",
        correct,
        _OPERATORS,
        "receipts correct 9f2c…-00017 total=12.50 --by Ada --stack receipts",
    ),
    ("forget", forget, _OPERATORS, "receipts forget C-17 --stack receipts --owner client-1"),
    ("agent", agent, _MACHINES, "receipts agent --config agent.toml --check"),
    ("read", read_command, _MACHINES, "receipts read photos/ --explain page.html"),
):
    app.command(_name, rich_help_panel=_panel, epilog=terminal.examples(_example))(_command)
app.add_typer(dlq, name="dlq", rich_help_panel=_OPERATORS)
