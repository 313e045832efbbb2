"""Operators, and adapters of the database, with a mistake each."""

from collections.abc import Callable, Iterator, Sequence
from unittest.mock import patch

from commands.restore import Place
from lab.prove.simulation import inbox, operators
from lab.prove.simulation.world import World
from receipts.errors import NewerMessageError, UnknownMessageError
from receipts.messages import ResultMessage, Row, decode_row
from receipts.ports import DeadLetters

_takes_lock: Callable[[inbox.SimInbox], bool] = inbox.SimInbox._take_lock  # noqa: SLF001
_audits = operators.audit_and_replay


def trusts_an_old_lock(self: inbox.SimInbox) -> bool:
    """Connects again after its session has ended, and doesn't ask whether it still has the lock."""
    if self._session is not None and not self._session.alive:
        self._session = self._database.connect()
        return False
    return _takes_lock(self)


def audits_nothing(_: World) -> list[Place]:
    """Nobody compares the ledger with the database."""
    return []


def forgets_one(world: World) -> list[Place]:
    """Replays all that is missing but the first."""
    send = world.results.send_results

    def send_fewer(results: Sequence[ResultMessage]) -> None:
        send(results[1:])

    with patch.object(world.results, "send_results", send_fewer):
        return _audits(world)[1:]


def finds_nothing(*_: object, **__: object) -> Iterator[object]:
    """Looks away."""
    return iter(())


def knows_no_newer(body: bytes | str) -> Row:
    """Takes a message of a version to come for one that is not ours."""
    try:
        return decode_row(body)
    except NewerMessageError as error:
        raise UnknownMessageError(str(error)) from error


def tells_no_ledger(
    body: str,
    reason: str,
    message: ResultMessage | None,
    *,
    dead_letters: DeadLetters,
    **_: object,
) -> str | None:
    """Sets a message aside, and leaves the ledger as it is."""
    dead_letters.send(body, reason)
    return message.receipt_id if message else None
