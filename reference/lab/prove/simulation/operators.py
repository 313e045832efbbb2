"""The people around the path, and what happens to whole systems: a run's rarer actors."""

import datetime as dt
from collections.abc import Callable
from contextlib import suppress
from functools import partial

from commands.restore import EVER, Place, audit_batches, replay
from lab.prove.simulation.faults import OutOfReachError
from lab.prove.simulation.knobs import Knob
from lab.prove.simulation.scheduler import Killed
from lab.prove.simulation.world import World
from receipts.errors import TransientError
from receipts.reconcile import NOT_STORED_AFTER, Action, Finding, settle_batches

RECONCILE_CHANCE = 0.3
"""That reconcile also runs in the middle of a run."""

THROTTLED_S = (30.0, 180.0)
UPGRADED_AFTER_S = (20.0, 120.0)
BACKUP_AGE_S = (1.0, 60.0)
_LATER_S = 15.0
_GIVE_UP_AFTER = 10
NEVER = dt.datetime.max.replace(tzinfo=dt.UTC)


def rare_actors(world: World) -> list[Callable[[], None]]:
    """Those of this run, drawn from its seed."""
    rng = world.scheduler.random
    actors = {
        Knob.THROTTLED: throttled,
        Knob.CLOUD_AHEAD: cloud_ahead,
        Knob.HUNG: hung,
        Knob.RESTORED: restored,
        Knob.FAILED_OVER: failed_over,
        Knob.RESULTS_EXPIRED: results_expired,
        Knob.RECEIPTS_EXPIRED: receipts_expired,
    }
    chosen = [act for knob, act in actors.items() if rng.random() < world.faults.chance(knob)]
    if rng.random() < RECONCILE_CHANCE:
        chosen.append(early_reconcile)
    return [partial(act, world) for act in chosen]


def throttled(world: World) -> None:
    """DynamoDB refuses most calls, for minutes."""
    _pause_at_random(world)
    world.faults.ledger_is_throttled = True
    world.scheduler.pause(world.faults.seconds(THROTTLED_S))
    world.faults.ledger_is_throttled = False


def cloud_ahead(world: World) -> None:
    """The cloud is deployed with messages of a later version; the agents are upgraded after it."""
    _pause_at_random(world)
    world.results.is_newer = True
    world.scheduler.pause(world.faults.seconds(UPGRADED_AFTER_S))
    world.results.understood()
    world.agents_known_version += 1


def hung(world: World) -> None:
    """One agent never returns from a call."""
    _pause_at_random(world)
    world.faults.note(Knob.HUNG, "agent")
    world.scheduler.random.choice(world.agents).suspend_next_s = float("inf")


def restored(world: World) -> None:
    """The database is restored from a backup; somebody audits and replays."""
    _pause_at_random(world)
    backup = list(world.database.rows)
    world.scheduler.pause(world.faults.seconds(BACKUP_AGE_S))
    world.faults.note(Knob.RESTORED, "database")
    world.database.restore(backup)
    _audit_until_it_works(world)


def failed_over(world: World) -> None:
    """The database fails over to an asynchronous stand-by; somebody audits and replays."""
    _pause_at_random(world)
    world.faults.note(Knob.FAILED_OVER, "database")
    world.database.fail_over()
    _audit_until_it_works(world)


def results_expired(world: World) -> None:
    """The agents are paused over the holidays, for longer than the write queue keeps messages."""
    while world.faults.active and not (world.results.messages and _all_is_read(world)):
        world.scheduler.pause(1.0)
    if world.results.messages and _all_is_read(world):
        _let_expire(world, Knob.RESULTS_EXPIRED, days=11)


def receipts_expired(world: World) -> None:
    """Reading is broken for longer than the receipt queue keeps messages."""
    while world.faults.active and (world.busy_customers or not world.receipts.messages):
        world.scheduler.pause(1.0)
    if world.receipts.messages and not world.busy_customers:
        _let_expire(world, Knob.RECEIPTS_EXPIRED, days=5)


def early_reconcile(world: World) -> None:
    """Reconcile while the path is at work: it must do no harm."""
    _pause_at_random(world)
    with suppress(OutOfReachError, Killed, TransientError):
        list(reconcile(world))


def last_operators(world: World) -> None:
    """When all has drained: reconcile and audit, until nothing is found or they give up."""
    world.faults.ledger_is_throttled = False
    for _ in range(_GIVE_UP_AFTER):
        if not reconcile_and_audit(world):
            break
        while not world.drained:
            world.scheduler.pause(_LATER_S)
    if world.waits_for_operators:
        world.waits_for_operators = False
        world.let_days_pass(NOT_STORED_AFTER / dt.timedelta(days=1) + 1)
        last_operators(world)


def reconcile_and_audit(world: World) -> bool:
    """Whether something was found."""
    return bool([*reconcile(world), *audit_and_replay(world)])


def reconcile(world: World) -> list[Finding]:
    """What the function of that name does; answers what was done, not what is left to a person."""
    queues = (world.upload_dlq, world.receipt_dlq, world.write_dlq)
    found = settle_batches(
        letters=[letter for queue in queues for letter in queue.peek()],
        ledger=world.path_ledger,
        objects=world.objects,
        upload_queue=world.uploads,
        write_queue=world.results,
        clock=world.clock,
    )
    return [one for one in found if one.action is not Action.LEFT]


def audit_and_replay(world: World) -> list[Place]:
    """What `receipts audit` and `receipts replay` do; answers what was put back."""
    rows = {row.receipt_id for row in world.database.rows}
    audits = audit_batches(rows, ledger=world.path_ledger, since=EVER, until=NEVER)
    missing = [(audit.batch_id, index) for audit in audits for index in audit.missing]
    return [place for place, _ in replay(missing, objects=world.objects, write_queue=world.results)]


def _audit_until_it_works(world: World) -> None:
    while True:
        world.scheduler.pause(_LATER_S)
        with suppress(OutOfReachError, Killed, TransientError):
            audit_and_replay(world)
            return


def _all_is_read(world: World) -> bool:
    return not (world.busy_customers or world.uploads.messages or world.receipts.messages)


def _let_expire(world: World, knob: Knob, days: float) -> None:
    if dropped := world.let_days_pass(days):
        world.waits_for_operators = True
        world.faults.note(knob, f"{len(dropped)} messages")


def _pause_at_random(world: World) -> None:
    world.scheduler.pause(world.scheduler.random.uniform(20.0, 200.0))
