"""The command `receipts-lab`: what proves and teaches; the make targets call it."""

import os
import sys

import typer
from rich.console import Console

from lab.demo.choices import DemoChoiceError, from_environment
from lab.demo.run import run_demo
from lab.demo.watch import StalledError
from lab.local.deployment import DeploymentError
from lab.local.emulator import EmulatorError
from lab.planning import commands as planning
from lab.postgres import PostgresError
from lab.rendering import render_receipts
from lab.simulation.soak import app as simulation
from receipts.client.parcel import ParcelError
from receipts.client.service import ServiceError

EXPECTED = (
    DemoChoiceError,
    DeploymentError,
    EmulatorError,
    ParcelError,
    PostgresError,
    ServiceError,
    StalledError,
)

app = typer.Typer(no_args_is_help=True, add_completion=False, help=__doc__)
app.command(name="render")(render_receipts)
app.add_typer(planning.app, name="plan")
app.add_typer(simulation)  # soak, and one seed's story


@app.command()
def demo() -> None:
    """Send one request with 300 receipts through everything, and hold the ledger to the counts.

    Variables: RECEIPTS=folder or ZIP (else receipts are rendered), COUNT=how many,
    RATE=rows a second that the client allows, CONCURRENCY=readers at once, ENGINE=OCR engine,
    KEEP=1 to leave it running until Ctrl-C.
    """
    good = run_demo(from_environment(os.environ), Console())
    raise typer.Exit(0 if good else 1)


def main() -> None:
    """Run; an expected error is one line and exit code 1, Ctrl-C is 130."""
    try:
        app(standalone_mode=False)
    except EXPECTED as error:
        Console(stderr=True).print(f"[red]error:[/] {error}", highlight=False)
        sys.exit(1)
    except (KeyboardInterrupt, typer.Abort):
        sys.exit(130)
