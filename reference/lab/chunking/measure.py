"""Runs each cut on the emulator: a queue, a function and a mapping of its own, so it starts cold.

The time is the laptop's and the emulator's; the money is the model's (`lab.planning.cuts`).
"""

import contextlib
import inspect
import io
import math
import os
import time
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

from msgspec import Struct, json

from lab.chunking import work
from lab.local.emulator import Emulator, EmulatorError, running_emulator
from lab.planning import facts

CUTS = ((1, 1), (10, 1), (60, 1), (300, 1), (600, 1), (600, 10))
"""Pieces, and pieces an invocation."""

TRIAL_ROUNDS = 200_000
TRIALS = 3
TIMEOUT_S = 300
POLL_S = 0.25
STALLED_S = 60.0
"""With no piece done, beyond the work itself: then something is wrong with the emulator."""

ROLE = "arn:aws:iam::000000000000:role/chunking"


class Worked(Struct, frozen=True):
    """One invocation, as the function told it; times in seconds since 1970."""

    pieces: int
    began: float
    ended: float
    cpu_s: float
    cold: bool
    init_s: float


class Measured(Struct, frozen=True, kw_only=True):
    """One cut, run."""

    pieces: int
    batch: int
    invocations: int
    cold_starts: int
    init_s: float
    """Of the emulator's cold starts, the median: a Python process, not a Lambda environment."""
    sends: int
    wall_s: float
    """From the first message sent to the last piece done, cold starts included."""
    duration_s: float
    """Of all invocations together: what AWS would bill, without INIT."""
    overhead_s: float
    """A piece: what the cores were held beyond the work's own processor time."""


class Work(Struct, frozen=True, kw_only=True):
    """The whole work, in rounds; calibrated to take about `seconds` on one core."""

    seconds: float
    rounds: int

    def piece(self, pieces: int) -> int:
        """Rounds of one piece."""
        return max(1, self.rounds // pieces)


def calibrate(seconds: float) -> Work:
    """How many rounds take `seconds` on one core of this machine."""
    fastest = min(_timed(TRIAL_ROUNDS) for _ in range(TRIALS))
    return Work(seconds=seconds, rounds=int(TRIAL_ROUNDS * seconds / fastest))


def _timed(rounds: int) -> float:
    began = time.process_time()
    work.compute(rounds)
    return time.process_time() - began


def run(seconds: float, progress: Callable[[int, int, int], None]) -> tuple[Measured, ...]:
    """Run every cut of `CUTS`; `progress` is told pieces, batch, and how many pieces are done.

    Raises `EmulatorError`.
    """
    whole = calibrate(seconds)
    with running_emulator() as emulator:
        return tuple(
            _one(emulator, number, pieces, batch, whole, progress)
            for number, (pieces, batch) in enumerate(CUTS)
        )


def _one(
    emulator: Emulator,
    number: int,
    pieces: int,
    batch: int,
    whole: Work,
    progress: Callable[[int, int, int], None],
) -> Measured:
    with _deployed(emulator, f"chunking-{number}", batch) as (queue_url, log_group):
        began = time.time()
        sends = _send(emulator, queue_url, pieces, whole.piece(pieces))
        worked = _wait(emulator, log_group, pieces, whole.seconds, batch, progress)
    return summed(pieces, batch, sends, began, worked)


def summed(pieces: int, batch: int, sends: int, began: float, worked: list[Worked]) -> Measured:
    """The figures of a cut, from what its invocations told; `began` is the first send."""
    starts = sorted(one.init_s for one in worked if one.cold)
    wall = max(one.ended for one in worked) - began
    cores = min(os.cpu_count() or 1, len(worked))
    cpu = sum(one.cpu_s for one in worked)
    return Measured(
        pieces=pieces,
        batch=batch,
        invocations=len(worked),
        cold_starts=len(starts),
        init_s=starts[len(starts) // 2] if starts else 0.0,
        sends=sends,
        wall_s=wall,
        duration_s=sum(one.ended - one.began for one in worked),
        overhead_s=(wall * cores - cpu) / pieces,
    )


@contextlib.contextmanager
def _deployed(emulator: Emulator, name: str, batch: int) -> Iterator[tuple[str, str]]:
    """A queue, a function and the mapping between; answers the queue's URL and the log group."""
    sqs, functions = emulator.client("sqs"), emulator.client("lambda")
    timeouts = {"VisibilityTimeout": str(facts.VISIBILITY_FACTOR.value * TIMEOUT_S)}
    url = sqs.create_queue(QueueName=name, Attributes=timeouts)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    functions.create_function(
        FunctionName=name,
        Runtime="python3.13",
        Role=ROLE,
        Handler="work.handler",
        Code={"ZipFile": _package()},
        MemorySize=facts.VCPU_MEMORY.value,
        Timeout=TIMEOUT_S,
    )
    mapping = functions.create_event_source_mapping(
        FunctionName=name,
        EventSourceArn=arn["Attributes"]["QueueArn"],
        BatchSize=batch,
        # As many as the laptop has cores: more would only share them. AWS takes no less than 2.
        ScalingConfig={"MaximumConcurrency": max(2, os.cpu_count() or 1)},
    )
    try:
        yield url, f"/aws/lambda/{name}"
    finally:
        functions.delete_event_source_mapping(UUID=mapping["UUID"])
        functions.delete_function(FunctionName=name)
        sqs.delete_queue(QueueUrl=url)


def _package() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("work.py", inspect.getsource(work))
    return packed.getvalue()


def _send(emulator: Emulator, queue_url: str, pieces: int, rounds: int) -> int:
    """Send one message a piece, in tens; returns the calls."""
    sqs = emulator.client("sqs")
    body = json.encode({"rounds": rounds}).decode()
    most = facts.QUEUE_BATCH.value
    for first in range(0, pieces, most):
        sqs.send_message_batch(
            QueueUrl=queue_url,
            Entries=[
                {"Id": str(number), "MessageBody": body}
                for number in range(first, min(first + most, pieces))
            ],
        )
    return math.ceil(pieces / most)


def _wait(
    emulator: Emulator,
    log_group: str,
    pieces: int,
    seconds: float,
    batch: int,
    progress: Callable[[int, int, int], None],
) -> list[Worked]:
    patience_s = 3 * seconds + STALLED_S
    known, since = 0, time.monotonic()
    while True:
        worked = _told(emulator, log_group)
        done = sum(one.pieces for one in worked)
        progress(pieces, batch, done)
        if done >= pieces:
            return worked
        if done > known:
            known, since = done, time.monotonic()
        if time.monotonic() > since + patience_s:
            raise EmulatorError(
                f"{done} of {pieces} pieces were done, and no other in {patience_s:.0f} s: run "
                "again while the machine does nothing else, or with fewer --seconds"
            )
        time.sleep(POLL_S)


def _told(emulator: Emulator, log_group: str) -> list[Worked]:
    """What the function's log says, once an invocation."""
    logs = emulator.client("logs")
    found: list[Worked] = []
    more: dict[str, Any] = {}
    while True:
        try:
            answer = logs.filter_log_events(logGroupName=log_group, **more)
        except logs.exceptions.ResourceNotFoundException:
            return []  # nothing has run yet
        for event in answer["events"]:
            _, mark, said = event["message"].partition("worked ")
            if mark:
                found.append(json.decode(said.strip(), type=Worked))
        if "nextToken" not in answer:
            return found
        more = {"nextToken": answer["nextToken"]}
