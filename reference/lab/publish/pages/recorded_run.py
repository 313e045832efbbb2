"""Says of the recorded run where it comes from, what was broken, and how it ended."""

from lab.publish.pages.measured_on import measured_on
from lab.run.live.record import RUN, load


def recorded_run() -> str:
    """The recorded run in a sentence or two."""
    run = load(RUN)
    last = run.frames[-1]
    verdict = "" if last.verdict is None else f" The verdict at its end: {last.verdict.text}."
    took = f"{last.at - run.frames[0].at:.0f} s"
    return f"Recorded on {measured_on(run.provenance)}, {took} long.{verdict}"


def recorded_command() -> str:
    """The variables that the run was made with, as one types them."""
    return load(RUN).variables
