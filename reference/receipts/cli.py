"""The command `receipts`: what customers, the client's operators and developers type."""

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

from reading.command import home
from reading.command.cli import read_command
from receipts.batch import StatedHome
from receipts.client.packing import pack_archive, pack_manifest
from receipts.client.service import Service
from receipts.client.upload_log import UploadLog
from receipts.errors import ReceiptsError
from receipts.operations import audit, reconcile, replay
from receipts.report_batch import Report

app = typer.Typer(no_args_is_help=True, add_completion=False, help=__doc__)
app.command("read")(read_command)
app.command()(reconcile)
app.command()(audit)
app.command()(replay)
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


@app.command()
def send(  # noqa: PLR0913  each is an option
    path: Annotated[Path, typer.Argument(help="A folder of photos, or a ZIP archive of them.")],
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
    service = Service(api, token)
    with tempfile.TemporaryDirectory(prefix="receipts-send-") as folder:
        if manifest:
            parcel = pack_manifest(path, customer)
        else:
            parcel = pack_archive(path, customer, Path(folder))
        parcel = replace(parcel, request=replace(parcel.request, home=StatedHome(**asdict(said))))
        accepted = service.accept(parcel)
        # The same photos have the same id on every stack, and a new stack has none of them yet.
        batch = f"{accepted.batch_id}-{accepted.accepted_at:%Y%m%dT%H%M%S.%f}"
        sent = UploadLog(Path(typer.get_app_dir("receipts")), batch)
        columns = (BarColumn(), DownloadColumn(), TimeRemainingColumn())
        with Progress("{task.description}", *columns, console=console) as bar:
            bytes_sent = bar.add_task("uploading", total=parcel.size)
            service.upload(parcel, accepted, sent, lambda n: bar.advance(bytes_sent, n))
    typer.echo(service.url + accepted.status)
    if wait:
        _follow(service, accepted.batch_id)


@app.command()
def agent(
    config: Annotated[Path, typer.Option(help="The agent's TOML file.", exists=True)],
    *,
    check: Annotated[bool, typer.Option(help="Only look at its database, and say.")] = False,
) -> None:
    """Run the pull agent: from the write queue into the database, until SIGTERM or Ctrl-C."""
    # Only here: a customer who sends photos needs no database driver.
    from receipts.agent import run, start  # noqa: PLC0415

    raise typer.Exit(start.check(config) if check else run.run(config))


@app.command()
def status(
    batch: Annotated[str, typer.Argument(help="The batch id, or its status address.")],
    api: Api,
    token: Token,
    *,
    wait: Annotated[bool, typer.Option(help="Wait until every receipt is settled.")] = False,
) -> None:
    """Say how far a batch is, and why receipts were rejected."""
    batch_id = batch.rstrip("/").rpartition("/")[2]
    service = Service(api, token)
    if wait:
        _follow(service, batch_id)
    else:
        _show(service.report(batch_id))


def _follow(service: Service, batch_id: str) -> None:
    # Soon at first, when a batch may be done in seconds; then seldom: it may wait for the night.
    pauses = itertools.chain((1.0,) * 30, (5.0,) * 60, itertools.repeat(15.0))
    with console.status("waiting for the first receipt") as line:
        while not (report := service.report(batch_id)).settled:
            c = report.counts
            line.update(f"{c.stored} stored, {c.read} read, {c.waiting} waiting")
            time.sleep(next(pauses))
    _show(report)


def _show(report: Report) -> None:
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
    ):
        table.add_row(name, str(value))
    if report.oldest_seconds is not None:
        table.add_row("age of the oldest that is unsettled", f"{report.oldest_seconds:,} s")
    Console().print(table)
    if report.rejected:
        typer.echo(f"the archive was rejected: {report.rejected}")
    for reason in report.reasons:
        typer.echo(f"{reason.state}: {reason.index} {reason.name}: {reason.reason}")


def main() -> None:
    """Run; an expected error is one line and exit code 1."""
    try:
        app()
    except ReceiptsError as error:
        console.print(f"[red]error:[/] {error}", highlight=False)
        sys.exit(1)
