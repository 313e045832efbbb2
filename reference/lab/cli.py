"""Run the workshop's demo, proofs and measurements. Most have a make target: see `make`."""

import signal
from types import FrameType

import typer

from commands import terminal
from lab.support.errors import LabError
from lab.support.lazy_group import Commands, LazyGroup

COMMANDS: Commands = {
    "demo": "lab.run.demo.cli:demo",
    "demo-picture": "lab.run.live.picture:demo_picture",
    "render": "lab.run.photos.cli:render_receipts",
    "review": "lab.review.cli:review",
    "plan": "lab.plan.cli:app",
    "soak": "lab.prove.simulation.cli:soak",
    "replay": "lab.prove.simulation.cli:replay",
    "drills": "lab.prove.drills.cli:drills",
    "campaign": "lab.prove.campaign.cli:campaign",
    "lambda": "lab.prove.lambda_run.cli:run_on_lambda",
    "bench": "lab.measure.batch.cli:bench",
    "distance": "lab.measure.distance.cli:distance",
    "bench-reading": "lab.measure.reading.cli:bench_reading",
    "fit-reading": "lab.measure.reading.cli:fit_reading",
    "peak": "lab.measure.peak.cli:peak",
    "pooler": "lab.measure.pooler.cli:pooler",
    "chunking": "lab.measure.chunking.cli:chunking",
    "patterns": "lab.measure.patterns.cli:patterns",
    "validate-planner": "lab.measure.planner_check.cli:validate_planner",
    "package": "lab.ship.cli:package",
    "wheelhouse": "lab.ship.cli:wheelhouse",
    "figures": "lab.measure.cli:figures",
    "exercise": "lab.publish.exercise:exercise",
    "example": "lab.publish.worked_example.cli:example",
    "map": "lab.publish.import_map:draw_map",
    "handouts": "lab.publish.handouts.cli:handouts",
}
"""Where each command is; the beginning of its docstring lists it."""

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
