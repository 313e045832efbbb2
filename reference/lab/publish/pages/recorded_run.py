"""Says of the recorded run where it comes from, what was broken, and how it ended."""

from collections.abc import Sequence

from lab.publish.pages.measured_on import measured_on
from lab.run.live.expenses import LOOKED_BACK_CALLS
from lab.run.live.frame import Frame
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


def recorded_pace() -> str:
    """How fast it read, and the least that the client allowed meanwhile."""
    return pace(load(RUN).frames)


def pace(frames: Sequence[Frame]) -> str:
    """The same of these frames."""
    unread = [it for it in frames if it.expected and it.waiting + it.reading]
    first, last = unread[0], unread[-1]
    rate = (_read(last) - _read(first)) / (last.at - first.at)
    least = min(it.ceiling for it in unread)
    return f"it read {rate:.2f} receipts a second while the client allowed {least:g} rows"


def recorded_app() -> str:
    """What the expenses app felt."""
    return app_felt(load(RUN).frames)


def app_felt(frames: Sequence[Frame]) -> str:
    """What it felt in these frames; its p95 from when enough of its calls are known."""
    failed = [it for it in frames if it.app_failed]
    stopped = [it.at for it in frames if "database" in it.faults]
    if not failed:
        calls = "None of its calls failed"
    else:
        worst = max(it.app_failed for it in failed)
        only = "only once" if stopped and failed[0].at >= stopped[0] else "not only when"
        calls = (
            f"Its calls failed {only} PostgreSQL was stopped, at most {worst} of the last "
            f"{LOOKED_BACK_CALLS}"
        )
    known = [it.app_p95_ms for it in frames if it.app_calls >= LOOKED_BACK_CALLS and it.app_p95_ms]
    return (
        f"{calls}. Of those that were answered the p95 stayed between {min(known):.0f} and "
        f"{max(known):.0f} ms, once the start was over"
    )


def _read(frame: Frame) -> int:
    return frame.read + frame.stored + frame.rejected + frame.dead
