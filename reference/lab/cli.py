"""The command `receipts-lab`: what proves and teaches; the make targets call it."""

import signal
import sys
from types import FrameType

import typer
from rich.console import Console
from rich.markup import escape

from lab.support.errors import LabError
from lab.support.lazy_group import Commands, LazyGroup

COMMANDS: Commands = {
    "demo": (
        "lab.run.demo.cli:demo",
        "Send one request with 300 receipts through everything, and check the ledger at the end.",
    ),
    "render": (
        "lab.run.photos.cli:render_receipts",
        "Render receipts into FOLDER, as bad photos, with what is printed on them in truth.jsonl.",
    ),
    "review": (
        "lab.review.cli:review",
        "Review a design of your own: what holds, what breaks, and the evidence.",
    ),
    "plan": (
        "lab.plan.cli:app",
        "Plan a peak: when everything is read and stored, what binds, and what to change.",
    ),
    "soak": (
        "lab.prove.simulation.cli:soak",
        "Simulate the whole path under faults, a run a seed; exit code 1 if a promise broke.",
    ),
    "replay": (
        "lab.prove.simulation.cli:replay",
        "Run one seed again: prints each fault, and the promise that was broken.",
    ),
    "drills": (
        "lab.prove.drills.cli:drills",
        "Inject fault after fault into the real parts; no row may be lost or doubled.",
    ),
    "campaign": (
        "lab.prove.campaign.cli:campaign",
        "Inject random faults, several at once, into the real parts, and judge what they leave.",
    ),
    "lambda": (
        "lab.prove.lambda_run.cli:run_on_lambda",
        "Run the built package as Lambda would, from POST to rows, and judge every call to AWS.",
    ),
    "bench": (
        "lab.measure.batch.cli:bench",
        "Measure a batch from POST to the last commit, the splitter, and the plain loop.",
    ),
    "distance": (
        "lab.measure.distance.cli:distance",
        "See how many rows a second the agent writes at 1 to 100 ms from AWS.",
    ),
    "bench-reading": (
        "lab.measure.reading.cli:bench_reading",
        "Measure how well, how fast and how honestly labelled receipts are read.",
    ),
    "fit-reading": (
        "lab.measure.reading.cli:fit_reading",
        "Fit weights and thresholds to labelled receipts, and write `reading`'s modules of both.",
    ),
    "peak": (
        "lab.measure.peak.cli:peak",
        "See the client's database break without the buffer, and hold with it. About 30 minutes.",
    ),
    "pooler": (
        "lab.measure.pooler.cli:pooler",
        "See what a pooler does for functions and a database; it stands in for RDS Proxy.",
    ),
    "chunking": (
        "lab.measure.chunking.cli:chunking",
        "Compute cost and time of the same work in 1 to 600 pieces, by the model.",
    ),
    "patterns": (
        "lab.measure.patterns.cli:patterns",
        "Send the same receipts through SQS, SNS, EventBridge, Kinesis and SNS with SQS.",
    ),
    "validate-planner": (
        "lab.measure.planner_check.cli:validate_planner",
        "Compare the planner with the local system: predict settings, run them, measure the error.",
    ),
    "package": (
        "lab.ship.cli:package",
        "Build the functions' package in build/functions, and the agent's wheels in build/agent.",
    ),
    "wheelhouse": (
        "lab.ship.cli:wheelhouse",
        "Build in build/agent what installs the agent without a network.",
    ),
    "figures": (
        "lab.measure.cli:figures",
        "Draw every chart of the site anew from docs/data; measures nothing.",
    ),
    "map": (
        "lab.publish.import_map:draw_map",
        "Draw the map of the rooms in CONTRIBUTING.md anew, from the imports.",
    ),
    "handouts": (
        "lab.publish.handouts.cli:handouts",
        "Build the participant's and the instructor's handout as PDFs in build/handouts.",
    ),
}
"""Where each command is, and the line that lists it: the beginning of its docstring."""


class LabCommands(LazyGroup):
    """Everything that `receipts-lab` can do."""

    lazy = COMMANDS


app = typer.Typer(cls=LabCommands, no_args_is_help=True, add_completion=False)


@app.callback(help=__doc__)
def receipts_lab() -> None:
    """Has no options of its own; the callback makes Typer take this for a group."""


def main() -> None:
    """Run; an expected error is one line and exit code 1, Ctrl-C is 130, a wrong option is 2."""
    # Whoever ends us politely, or closes the terminal, gets the same clean stop as Ctrl-C: no
    # process, no folder left. Under `nohup` a closed terminal is ignored as ever.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        signal.signal(signal.SIGHUP, _hang_up)
    try:
        app()  # ends with the exit code: a demo that doesn't balance is no success
    except Exception as error:
        if not isinstance(error, _expected()):
            raise
        text = f"[red]error:[/] {escape(str(error))}"
        Console(stderr=True).print(text, highlight=False, soft_wrap=True)
        sys.exit(1)


def _hang_up(number: int, frame: FrameType | None) -> None:
    """Stop; a terminal that closes may say so twice, and the stop shall not be cut short."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.default_int_handler(number, frame)


def _expected() -> tuple[type[Exception], ...]:
    """The errors that are no defects. The pattern's bring its HTTP client along: only when used."""
    from receipts.errors import PackingError, ServiceError, ServiceRefusedError  # noqa: PLC0415

    return LabError, PackingError, ServiceError, ServiceRefusedError
