"""The command `diagram-check`."""

from pathlib import Path
from typing import Annotated

import typer

from diagram_check import __version__
from diagram_check.errors import DiagramError, ExceptionsError
from diagram_check.template.errors import TopologyError

AGREE, DRIFT, UNREADABLE = 0, 1, 2
EPILOG = """Exit codes: 0 they agree, 1 they differ, 2 wrong usage or an unreadable file.

Examples:

diagram-check docs/architecture.py template.yaml

diagram-check overview.py failures.py template.yaml --exceptions diagram-check.toml

diagram-check docs/architecture.py template.yaml --json > drift.json

The diagrams are run as Python programs: check only files that you would run."""

app = typer.Typer(add_completion=False)


def _version(asked: bool) -> None:  # noqa: FBT001 - Typer's way
    if asked:
        typer.echo(f"diagram-check {__version__}")
        raise typer.Exit


@app.command(epilog=EPILOG)
def check_diagrams(
    diagrams: Annotated[
        list[Path], typer.Argument(metavar="DIAGRAM.py...", help="Files of the diagrams package.")
    ],
    template: Annotated[
        Path, typer.Argument(metavar="TEMPLATE.yaml", help="A SAM or CloudFormation template.")
    ],
    *,
    exceptions: Annotated[
        Path | None,
        typer.Option(metavar="FILE.toml", help="Differences that you accept, each with a reason."),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")] = False,
    evidence: Annotated[
        bool, typer.Option("--evidence", help="List what stands behind each arrow, too.")
    ] = False,
    _: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Say what is drawn and not deployed, and what is deployed and not drawn, with lines."""
    from diagram_check import check, report  # noqa: PLC0415 - --help needn't wait for them

    try:
        result = check.check(diagrams, template, exceptions)
    except (DiagramError, ExceptionsError, TopologyError) as error:
        typer.echo(f"error: {error}", err=True)
        raise typer.Exit(UNREADABLE) from error
    text = report.as_json(result) if json else report.as_text(result, with_evidence=evidence)
    typer.echo(text)
    raise typer.Exit(DRIFT if result.differences else AGREE)


def main() -> None:
    """Run the command."""
    app(prog_name="diagram-check")
