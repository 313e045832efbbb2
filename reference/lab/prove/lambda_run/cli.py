"""The command behind `make lambda`."""

import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from lab.prove.lambda_run import sandbox
from lab.prove.lambda_run.customer import Customer
from lab.prove.lambda_run.journey import Journey
from lab.prove.lambda_run.python import CLIENT, lambda_python, runtime_client
from lab.prove.lambda_run.report import faults, lines, recorded
from lab.prove.lambda_run.runtime_api import InvocationError
from lab.prove.lambda_run.system import Parts, running_system
from lab.ship.lambda_package import FUNCTIONS, build, build_offline
from lab.ship.pythons import LAMBDA_PYTHON, Python
from lab.support.provenance import save


def run_on_lambda(
    *,
    record: Annotated[
        bool, typer.Option("--record", help="Write the calls and figures to docs/data/lambda.json.")
    ] = False,
) -> None:
    """Run the built package as Lambda would, from POST to rows, and judge every call to AWS.

    Under AWS's own runtime client, on Lambda's Python, in a sandbox like Lambda's; nothing of it
    runs on AWS. Fails where the template's policies deny a call, and where they allow what nobody
    uses. Builds the package first, for which it needs the package index.
    """
    started = time.monotonic()

    def say(text: str) -> None:
        typer.echo(f"{time.monotonic() - started:6.1f} s  {text}")

    python, bubblewrap = lambda_python(), sandbox.find_bubblewrap()
    left_out = [] if python.is_lambdas else [_no_python(python)]
    left_out += [] if bubblewrap else [sandbox.LEFT_OUT_WITHOUT]
    with tempfile.TemporaryDirectory(prefix="receipts-sent-") as name:
        folder = Path(name)
        package = _package(python, folder / "package")
        say(f"the package for Python {python.version}, which runs as {python.executable}")
        parts = Parts(
            python=python, client=runtime_client(python), package=package, bubblewrap=bubblewrap
        )
        with running_system(parts, say) as system:
            stopped = []
            try:
                with closing(Customer(system.local.deployment, folder)) as customer:
                    Journey(system, customer, say).run()
            except InvocationError as error:
                stopped = [f"stopped: {error}"]
            say("the journey is over\n")
            typer.echo("\n".join(lines(system, left_out)))
            wrong = [*stopped, *faults(system, whole=not stopped)]
            if record and not wrong:
                data = recorded(system, python.version, CLIENT[0], left_out)
                say(f"wrote {save('lambda', data, indent=-1)}")
    for fault in wrong:
        typer.echo(fault, err=True)
    typer.echo(f"\n{len(wrong)} faults" if wrong else "\nno call was denied, no right is unused")
    raise typer.Exit(1 if wrong else 0)


def _package(python: Python, target: Path) -> Path:
    if python.is_lambdas:
        build()
        return FUNCTIONS
    build_offline(target)
    return target


def _no_python(python: Python) -> str:
    return (
        f"Lambda's Python {LAMBDA_PYTHON}, of which none was found (on PATH, of pyenv, of uv), and "
        f"its wheels: this was Python {python.version} with this environment's packages"
    )
