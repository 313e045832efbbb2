"""The command behind `make demo`."""

import os

import typer
from rich.console import Console

from lab.run.demo.choices import from_environment
from lab.run.demo.run import run_demo


def demo() -> None:
    """Send one request with 300 receipts through everything, and check the ledger at the end.

    It prints the address of a page that shows it, and has buttons that break it.

    Environment variables: RECEIPTS=folder, photo or ZIP (else they are rendered), COUNT=how many,
    RATE=rows a second that the client allows, CONCURRENCY=readers at once, ENGINE=OCR engine,
    KEEP=1 to leave it running until Ctrl-C, RECORD=file to record the run in, PRESS=buttons of the
    page that are pressed by themselves.
    """
    good = run_demo(from_environment(os.environ), Console(markup=False))
    raise typer.Exit(0 if good else 1)
