"""The actors of a run: customers, Lambda's pollers, agents, operators, database faults."""

import datetime as dt
import io
import random
import zipfile
from collections.abc import Callable
from contextlib import suppress

from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from msgspec import json

from lab.prove.simulation.background import SimExecutor
from lab.prove.simulation.database import OTHER_CONSTRAINT, POISON, SimInbox
from lab.prove.simulation.faults import OutOfReachError
from lab.prove.simulation.invariants import Invariants
from lab.prove.simulation.queues import SimQueue
from lab.prove.simulation.scheduler import Killed
from lab.prove.simulation.world import BURST, World
from receipts.accept_batch import accept_batch
from receipts.agent.gate import Gate, OperatorSettings
from receipts.agent.pacing import Breaker
from receipts.agent.schedule import Schedule
from receipts.agent.writer import Writer
from receipts.batch import BatchRequest, File
from receipts.ports import Form
from receipts.uploads import archive_key, image_key

UNREADABLE_IMAGE = b"no image at all"
ARCHIVE_CHANCE, REUSE_CHANCE, PAUSE_CHANCE, BAD_IMAGE_CHANCE = 0.5, 0.2, 0.2, 0.05
"""Chances: a batch is an archive; a customer uses its forms again, for other contents; an operator
pauses the agents; an image can't be read."""

RESTART_S = (0.1, 5.0)
FAULT_FREE_FROM_RECEIVE = 3
"""From a message's third delivery on nothing is injected: SQS must not give up by chance."""


class _Forms:
    """Implements `ports.Forms`, without signatures."""

    def for_file(self, batch_id: str, index: int, file: File) -> Form:
        return Form(name=file.name, url=image_key(batch_id, index, file.name), fields={})

    def for_archive(self, batch_id: str) -> Form:
        return Form(name="archive", url=archive_key(batch_id), fields={})


def customer(world: World, number: int) -> None:
    """Sends one request until it is accepted, then uploads; S3 sends an event for each upload."""
    rng = world.scheduler.random
    names = [_name(rng, index) for index in range(1, rng.randint(2, 8))]
    images = {name: _image(rng) for name in names}
    archive = rng.random() < ARCHIVE_CHANCE
    files = () if archive else tuple(_file(name, images[name]) for name in names)
    request = BatchRequest(customer_reference=f"C-{number}", files=files, archive=archive)
    while True:
        with suppress(OutOfReachError, Killed):
            accepted = accept_batch(
                request,
                "key",
                "client",
                ledger=world.path_ledger,
                forms=_Forms(),
                now=world.clock(),
            )
            break
        world.scheduler.pause(1.0)
    reuses_forms = rng.random() < REUSE_CHANCE
    if not reuses_forms:
        world.good |= {
            (accepted.batch_id, index)
            for index, name in enumerate(names, 1)
            if not name.startswith((POISON, OTHER_CONSTRAINT)) and images[name] != UNREADABLE_IMAGE
        }
    contents = [_zip(images)] if archive else list(images.values())
    for form, data in zip(accepted.uploads, contents, strict=True):
        _upload(world, form.url, data)
        if reuses_forms:  # uses the form again, with other contents
            world.scheduler.pause(rng.choice([0.0, 1.0, 20.0]))
            _upload(world, form.url, _zip({"other.jpg": b"other"}) if archive else b"other")
    world.busy_customers -= 1


def _upload(world: World, key: str, data: bytes) -> None:
    rng = world.scheduler.random
    source = world.objects.put_upload(key, data)
    about = {"bucket": {"name": source.bucket}, "object": {"key": key, "eTag": source.etag}}
    event = json.encode({"Records": [{"s3": about}]}).decode()
    for _ in range(rng.choice([1, 1, 1, 2])):  # at least once, sometimes late
        world.scheduler.pause(rng.choice([0.0, 0.1, 20.0]))
        world.uploads.put(event)


def mapping(
    world: World, queue: SimQueue, function: Callable[[SQSRecord], None], timeout_s: float
) -> None:
    """An event source mapping's poller: one message an invocation, again after a failure."""
    actor = world.scheduler.current
    while True:
        with suppress(OutOfReachError, Killed):
            for delivery in queue.receive(1, 20.0):
                attributes = {"ApproximateReceiveCount": str(delivery.receives)}
                record = SQSRecord({"body": delivery.body, "attributes": attributes})
                actor.fault_free = delivery.receives >= FAULT_FREE_FROM_RECEIVE
                actor.deadline_s = world.now() + timeout_s
                try:
                    function(record)
                except Exception:  # noqa: BLE001, S112  Lambda catches everything, too
                    continue
                finally:
                    actor.deadline_s = float("inf")
                queue.delete([delivery])


def agent(world: World, invariants: Invariants, writer_class: type[Writer], number: int) -> None:
    """An agent's process, and the service manager that restarts it after it was killed."""
    while True:
        inbox = SimInbox(world.database)
        background = SimExecutor(world.scheduler)
        try:
            _run_agent(
                world,
                lambda rate: invariants.apply_ceiling(number, rate),
                writer_class,
                inbox,
                background,
            )
        except Killed:
            inbox.client_killed()
            background.kill()
        world.scheduler.pause(world.faults.seconds(RESTART_S))


def _run_agent(
    world: World,
    apply_ceiling: Callable[[float], None],
    writer_class: type[Writer],
    inbox: SimInbox,
    background: SimExecutor,
) -> None:
    settings = world.settings
    gate = Gate(settings, BURST, Breaker(3, 1.0, 60.0), world.now())
    apply_ceiling(settings.ceiling)
    writer = writer_class(
        queue=world.results,
        dead_letters=world.write_dlq,
        inbox=inbox,
        ledger=world.path_ledger,
        gate=gate,
        poll_s=5.0,
        clock=world.clock,
        now=world.now,
        background=background,
    )
    while True:
        if world.settings is not settings:
            settings = world.settings
            gate.apply(settings, world.now())
            apply_ceiling(settings.ceiling)
        try:
            closed = writer.cycle().closed
        except OutOfReachError:
            world.scheduler.pause(5.0)
        else:
            world.scheduler.pause(closed.wait_s if closed else 0.0)


def operators(world: World) -> None:
    """The client's operators change the ceiling, pause the agents and let them go on."""
    rng = world.scheduler.random
    while world.faults.active:
        world.scheduler.pause(rng.uniform(5.0, 60.0))
        world.settings = OperatorSettings(
            ceiling=rng.choice([1.0, 3.0, 8.0]),
            share=world.settings.share,
            paused=world.faults.active and rng.random() < PAUSE_CHANCE,
            schedule=Schedule(),
        )


def database_faults(world: World) -> None:
    """Outages of the database of every kind, killed agents, and jumps of the wall clock."""
    rng = world.scheduler.random
    while world.faults.active:
        world.scheduler.pause(rng.uniform(1.0, 30.0))
        kind = rng.choice(["kill", "cut", "restart", "read-only", "disk full", "full", "clock"])
        if kind == "kill":
            rng.choice(world.agents).kill_next = True
        elif kind == "clock":
            world.clock_skew += dt.timedelta(seconds=rng.uniform(-3_600, 3_600))
        if kind in {"cut", "restart"}:
            world.database.restart()
        if kind in {"restart", "read-only", "disk full", "full"}:
            world.database.outage = kind
            world.scheduler.pause(rng.choice([0.5, 10.0, 90.0]))
            world.database.outage = ""


def foreign_message(world: World) -> None:
    """Puts a message on the write queue that is foreign, or of a later version."""
    world.scheduler.pause(world.scheduler.random.uniform(0.0, 60.0))
    world.results.put(world.scheduler.random.choice(["not ours", '{"version": 2}', "[]"]))


def _name(rng: random.Random, index: int) -> str:
    """A file name; one in ten becomes a row that the database refuses."""
    kind = rng.choices(["photo", POISON, OTHER_CONSTRAINT], [18, 1, 1])[0]
    return f"{kind} {index}.jpg"


def _file(name: str, image: bytes) -> File:
    return File(name=name, size=len(image), content_type="image/jpeg")


def _image(rng: random.Random) -> bytes:
    return UNREADABLE_IMAGE if rng.random() < BAD_IMAGE_CHANCE else rng.randbytes(20)


def _zip(images: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, data in images.items():
            archive.writestr(name, data)
    return packed.getvalue()
