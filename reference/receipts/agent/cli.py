"""The command `receipts-agent`, as the client installs it, with what the agent needs alone."""

import argparse
import sys
from importlib.resources import files
from pathlib import Path

from receipts.agent.run import run
from receipts.agent.start import check

INBOX_FILES = {"postgresql": "inbox.sql", "mariadb": "inbox_mariadb.sql"}


def main() -> None:
    """Run the agent, or print the schema that the client's DBA reviews."""
    parser = argparse.ArgumentParser(prog="receipts-agent", description="The receipts pull agent.")
    asked = parser.add_mutually_exclusive_group(required=True)
    asked.add_argument("--config", type=Path, help="run with this TOML file, until SIGTERM")
    asked.add_argument(
        "--schema",
        nargs="?",
        const="postgresql",
        choices=INBOX_FILES,
        help="print the SQL file of the inbox, PostgreSQL's if you don't say",
    )
    parser.add_argument("--check", action="store_true", help="only look at its database, and say")
    given = parser.parse_args()
    if given.schema:
        sys.stdout.write((files("receipts.agent") / INBOX_FILES[given.schema]).read_text())
    else:
        sys.exit((check if given.check else run)(given.config))
