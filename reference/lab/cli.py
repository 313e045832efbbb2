"""Run the workshop's demo, proofs and measurements. Most have a make target: see `make`."""

import signal
from types import FrameType

import typer

from commands import terminal
from lab.support.errors import LabError
from lab.support.lazy_group import Commands, LazyGroup

COMMANDS: Commands = {
    "demo": (
        "lab.run.demo.cli:demo",
        "Send one request with 300 receipts through everything, and check the ledger at the end.",
    ),
    "demo-picture": (
        "lab.run.live.picture:demo_picture",
        "Draw the README's animation from the recorded run in docs/data.",
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
    "exercise": (
        "lab.publish.exercise:exercise",
        "Show an exercise of the bonus and run its tests; hints and a way back are options.",
    ),
    "example": (
        "lab.publish.worked_example.cli:example",
        "Send one rendered receipt through the real stages, for the pages' examples and picture.",
    ),
    "map": (
        "lab.publish.import_map:draw_map",
        "Draw the map of the rooms in CONTRIBUTING.md anew, from the imports.",
    ),
    "handouts": (
        "lab.publish.handouts.cli:handouts",
        "Build the handouts, sheets and cards of a workshop as PDFs in build/handouts.",
    ),
}
"""Where each command is, and the line that lists it: the beginning of its docstring."""

EXAMPLES = {
    "demo": "RECEIPTS=~/Pictures/receipts RATE=2 receipts-lab demo",
    "render": "receipts-lab render photos --count 30",
    "soak": "receipts-lab soak --seeds 1000",
    "replay": 'receipts-lab replay 0 --bug "deletes before the commit"',
    "drills": "receipts-lab drills --only killed",
    "campaign": "receipts-lab campaign --seed 1 --rounds 10",
    "lambda": "receipts-lab lambda --record",
    "package": "receipts-lab package --architecture arm64",
}
"""How a command is typed; each is parsed by a test."""


class LabCommands(LazyGroup):
    """Everything that `receipts-lab` can do."""

    lazy = COMMANDS
    examples = EXAMPLES


app = typer.Typer(cls=LabCommands, no_args_is_help=True, **terminal.LOOK)


@app.callback(help=__doc__)
def receipts_lab(*, version: terminal.version_option("receipts-lab") = False) -> None:  # type: ignore[valid-type]
    """Has nothing else of its own; the callback makes Typer take this for a group."""


def main() -> None:
    """Run; an expected error is one line and exit code 1, Ctrl-C is 130, a wrong option is 2."""
    # Whoever ends us politely, or closes the terminal, gets the same clean stop as Ctrl-C: no
    # process, no folder left. Under `nohup` a closed terminal is ignored as ever.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        signal.signal(signal.SIGHUP, _hang_up)
    terminal.run(app, lambda error: 1 if isinstance(error, _expected()) else None)


def _hang_up(number: int, frame: FrameType | None) -> None:
    """Stop; a terminal that closes may say so twice, and the stop shall not be cut short."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.default_int_handler(number, frame)


def _expected() -> tuple[type[Exception], ...]:
    """The errors that are no defects. The pattern's bring its HTTP client along: only when used."""
    from diagram_check.template.errors import TopologyError  # noqa: PLC0415
    from receipts.errors import PackingError, ServiceError, ServiceRefusedError  # noqa: PLC0415

    return LabError, TopologyError, PackingError, ServiceError, ServiceRefusedError
