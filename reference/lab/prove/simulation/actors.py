"""The actors of a run: customers, Lambda's pollers, agents, operators, database faults."""

import datetime as dt
import hashlib
import io
import zipfile
from collections.abc import Callable
from contextlib import suppress
from functools import partial

from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from lab.prove.simulation.background import SimExecutor
from lab.prove.simulation.database import (
    OBJECTED,
    OTHER_CONSTRAINT,
    POISON,
    REFUSED_WITH,
    REFUSES_ROWS,
    REFUSES_WRITES,
)
from lab.prove.simulation.faults import OutOfReachError
from lab.prove.simulation.inbox import SimInbox
from lab.prove.simulation.invariants import Invariants
from lab.prove.simulation.knobs import Knob
from lab.prove.simulation.queues import SimQueue
from lab.prove.simulation.scheduler import Killed
from lab.prove.simulation.world import BURST, LONG_OUTAGE_S, World
from receipts.accept_batch import accept_batch
from receipts.agent.gate import Gate, OperatorSettings
from receipts.agent.pacing import Breaker
from receipts.agent.schedule import Schedule
from receipts.agent.writer import Writer
from receipts.batch import Archive, BatchRequest, File
from receipts.errors import TransientError
from receipts.handlers.retries import delay_s
from receipts.ports import Form
from receipts.uploads import archive_key, encode_event, image_key

UNREADABLE_IMAGE = b"no image at all"
UNSUMMABLE_IMAGE = b"taxes that no Decimal can sum: "
"""What an image begins with of whose result no row can be made."""

ARCHIVE_CHANCE, REUSE_CHANCE, PAUSE_CHANCE, BAD_IMAGE_CHANCE = 0.5, 0.2, 0.2, 0.05
"""Chances: a batch is an archive; a customer uses its forms again, for other contents; an operator
pauses the agents; an image can't be read."""

LITTER = (".DS_Store", "__MACOSX/._photo 1.jpg", "photo 1.MOV", "photo 1.jpg.json")
"""What phones and computers pack beside photos."""

LONG_CHANCE = 0.05
"""That an outage in which every write is refused lasts for hours."""

RESTART_S = (0.1, 5.0)
FAULT_FREE_FROM_RECEIVE = 3
"""From a message's third delivery on nothing is injected: SQS must not give up by chance."""


class _Forms:
    """Implements `ports.Forms`, without signatures."""

    def for_file(self, batch_id: str, index: int, file: File) -> Form:
        return Form(name=file.name, url=image_key(batch_id, index, file.name), fields={})

    def for_archive(self, batch_id: str, archive: Archive) -> Form:
        del archive
        return Form(name="archive", url=archive_key(batch_id), fields={})


def customer(world: World, number: int) -> None:
    """Sends one request until it is accepted, then uploads; S3 sends an event for each upload."""
    rng = world.scheduler.random
    names = [_name(world, index) for index in range(1, rng.randint(2, 8))]
    images = {name: _image(world) for name in names}
    packed = _with_litter(world, images) if rng.random() < ARCHIVE_CHANCE else None
    archive = _zip(packed) if packed else None
    files = () if archive else tuple(_file(name, images[name]) for name in names)
    request = BatchRequest(
        customer_reference=f"C-{number}", files=files, archive=_announced(archive)
    )
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
            if not name.startswith(tuple(REFUSED_WITH))
            and not images[name].startswith((UNREADABLE_IMAGE, UNSUMMABLE_IMAGE))
        }
    if packed:
        # Another archive over it has one entry.
        world.archived[accepted.batch_id] = {len(packed), 1} if reuses_forms else {len(packed)}
    contents = [archive] if archive else list(images.values())
    for form, data in zip(accepted.uploads, contents, strict=True):
        if not reuses_forms:
            _upload(world, form.url, data, may_be_lost=True)
            continue
        # Uses the form again, with other contents. Is the first one's event lost, nobody can tell
        # any more what it held.
        _upload(world, form.url, data)
        world.scheduler.pause(rng.choice([0.0, 1.0, 20.0]))
        _upload(world, form.url, _zip({"other.jpg": b"other"}) if archive else b"other")
    world.busy_customers -= 1


def _upload(world: World, key: str, data: bytes, *, may_be_lost: bool = False) -> None:
    rng = world.scheduler.random
    source = world.objects.put_upload(key, data)
    if may_be_lost and world.faults.happens(Knob.EVENT_LOST, key):
        world.waits_for_operators = True
        return
    for _ in range(rng.choice([1, 1, 1, 2])):  # at least once, sometimes late
        world.scheduler.pause(rng.choice([0.0, 0.1, 20.0]))
        world.uploads.put(encode_event(source))


def mapping(
    world: World, queue: SimQueue, function: Callable[[SQSRecord], None], timeout_s: float
) -> None:
    """An event source mapping's poller: one message an invocation, again soon after a failure."""
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
                except Exception:  # noqa: BLE001  Lambda catches everything, too
                    queue.show_again(delivery, delay_s(delivery.receives))
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
        else:
            inbox.close()
        world.scheduler.pause(world.faults.seconds(RESTART_S))


def _run_agent(
    world: World,
    apply_ceiling: Callable[[float], None],
    writer_class: type[Writer],
    inbox: SimInbox,
    background: SimExecutor,
) -> None:
    settings, version = world.settings, world.agents_known_version
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
    while version == world.agents_known_version:  # until it is upgraded
        if world.settings is not settings:
            settings = world.settings
            gate.apply(settings, world.now())
            apply_ceiling(settings.ceiling)
        try:
            closed = writer.cycle().closed
        except (OutOfReachError, TransientError, ArithmeticError):  # as the loop in `agent.run`
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
    """Outages of the database of every kind, killed and suspended agents, jumps of the clock."""
    rng, faults = world.scheduler.random, world.faults
    acts: dict[Callable[[World], None], float] = {
        _kill: 1.0,
        _cut: 1.0,
        _jump: 1.0,
        partial(_outage, Knob.RESTARTED): faults.chance(Knob.RESTARTED),
        partial(_outage, Knob.READ_ONLY): faults.chance(Knob.READ_ONLY),
        partial(_outage, Knob.CONNECTIONS_TAKEN): faults.chance(Knob.CONNECTIONS_TAKEN),
        partial(_refuse, Knob.WRITES_REFUSED): faults.chance(Knob.WRITES_REFUSED),
        partial(_refuse, Knob.ALL_ROWS_REFUSED): faults.chance(Knob.ALL_ROWS_REFUSED),
        _lose_durability: faults.chance(Knob.NOT_DURABLE),
        _put_pooler: faults.chance(Knob.POOLED),
        _suspend: faults.chance(Knob.SUSPENDED),
    }
    while faults.active:
        world.scheduler.pause(rng.uniform(1.0, 30.0))
        [act] = rng.choices(list(acts), list(acts.values()))
        act(world)


def _kill(world: World) -> None:
    world.scheduler.random.choice(world.agents).kill_next = True


def _jump(world: World) -> None:
    world.clock_skew += dt.timedelta(seconds=world.scheduler.random.uniform(-3_600, 3_600))


def _cut(world: World) -> None:
    world.database.restart()


def _suspend(world: World) -> None:
    world.faults.note(Knob.SUSPENDED, "agent")
    agent = world.scheduler.random.choice(world.agents)
    agent.suspend_next_s = max(
        agent.suspend_next_s, world.scheduler.random.choice([2.0, 20.0, 90.0])
    )


def _outage(knob: Knob, world: World) -> None:
    world.faults.note(knob, "database")
    if knob is Knob.RESTARTED:
        world.database.restart()
    world.database.outage = knob
    _wait(world)
    world.database.outage = None


def _refuse(knob: Knob, world: World) -> None:
    rng = world.scheduler.random
    world.faults.note(knob, "database")
    is_long = knob is Knob.WRITES_REFUSED and rng.random() < LONG_CHANCE
    states = REFUSES_WRITES if knob is Knob.WRITES_REFUSED else REFUSES_ROWS
    world.database.refused_with = rng.choice(states)
    if is_long:
        world.scheduler.pause(LONG_OUTAGE_S)
    else:
        _wait(world)
    world.database.refused_with = ""


def _lose_durability(world: World) -> None:
    world.faults.note(Knob.NOT_DURABLE, "database")
    world.database.role_is_durable = False
    _wait(world)
    world.database.restart()
    world.database.role_is_durable = world.overrides.role_is_durable


def _put_pooler(world: World) -> None:
    world.faults.note(Knob.POOLED, "database")
    world.database.is_pooled = True
    world.database.restart()
    _wait(world)
    world.database.restart()
    world.database.is_pooled = False


def _wait(world: World) -> None:
    world.scheduler.pause(world.scheduler.random.choice([0.5, 10.0, 90.0]))


def foreign_message(world: World) -> None:
    """Puts a message on the write queue that is foreign, or of a later version."""
    world.scheduler.pause(world.scheduler.random.uniform(0.0, 60.0))
    world.results.put(world.scheduler.random.choice(["not ours", '{"version": 2}', "[]"]))


def _name(world: World, index: int) -> str:
    """A file name; one in ten becomes a row that the database refuses."""
    objected = 20.0 * world.faults.chance(Knob.ONE_ROW_REFUSED)
    kinds, weights = ["photo", POISON, OTHER_CONSTRAINT, OBJECTED], [18.0, 1.0, 1.0, objected]
    [kind] = world.scheduler.random.choices(kinds, weights)
    return f"{kind} {index}.jpg"


def _file(name: str, image: bytes) -> File:
    return File(name=name, size=len(image), content_type="image/jpeg")


def _announced(archive: bytes | None) -> Archive | None:
    if archive is None:
        return None
    return Archive(size=len(archive), sha256=hashlib.sha256(archive).hexdigest())


def _image(world: World) -> bytes:
    rng, image = world.scheduler.random, world.scheduler.random.randbytes(20)
    if rng.random() < BAD_IMAGE_CHANCE:
        return UNREADABLE_IMAGE
    is_bad = rng.random() < world.faults.chance(Knob.NO_ROW_POSSIBLE)
    return UNSUMMABLE_IMAGE + image if is_bad else image


def _with_litter(world: World, images: dict[str, bytes]) -> dict[str, bytes]:
    """The images as a phone or a Mac packs them, or alone."""
    if not world.faults.happens(Knob.LITTERED, "archive"):
        return images
    litter = world.scheduler.random.sample(LITTER, k=3)
    return dict.fromkeys(litter[:-1], b"litter") | images | {litter[-1]: b"litter"}


def _zip(images: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, data in images.items():
            archive.writestr(name, data)
    return packed.getvalue()
