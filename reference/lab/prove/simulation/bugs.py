"""Deliberate bugs: each must be caught at the promise that it breaks. So the checks do check."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

from msgspec import Struct, field
from msgspec.structs import replace

from lab.prove.simulation import bad_operators, bad_stages, bad_writers, inbox, operators
from lab.prove.simulation.knobs import CHANCES, Knob
from lab.prove.simulation.promises import Promise
from lab.prove.simulation.store import SimLedger
from lab.prove.simulation.world import Overrides
from receipts import accept_batch, ledger, reconcile, split_upload
from receipts.agent import postgres
from receipts.agent import writer as writer_module
from receipts.agent.gate import Gate
from receipts.agent.pacing import Breaker, Pacer
from receipts.agent.writer import Writer
from receipts.handlers import read
from receipts.ledger import State


class Bug(Struct, frozen=True):
    """One mistake: another writer class, other settings, or a function replaced.

    It must be caught at the promise that it `breaks`.
    """

    name: str
    breaks: Promise | None = None
    writer: type[Writer] = Writer
    overrides: Overrides = field(default_factory=Overrides)
    replaced: tuple[tuple[Any, str, Any], ...] = ()

    @contextmanager
    def planted(self) -> Iterator[None]:
        """Within this context the code has the bug."""
        with ExitStack() as stack:
            for owner, name, replacement in self.replaced:
                stack.enter_context(patch.object(owner, name, replacement))
            yield


AS_DEPLOYED = Bug("none")


def _breaking(promise: Promise, *bugs: Bug) -> tuple[Bug, ...]:
    """The bugs that must be caught at this promise."""
    return tuple(replace(bug, breaks=promise) for bug in bugs)


def _starts_open(self: Pacer, rate: float, _: int, now: float) -> None:
    self._rate = rate
    self._charged = (0, now)
    self._unanswered = False
    self._free_at = now


def _forgets_what_is_owed(self: Pacer, rate: float, now: float) -> None:
    self._rate = rate
    self._free_at = min(self._free_at, now)


def _never_tries_again(self: Breaker, _: float) -> float:
    return float("inf") if self.is_open else 0.0


def _gives_permits_back(self: Gate, now: float) -> None:
    self._pacer._free_at = now  # noqa: SLF001  a mistake inside the gate
    self._pacer._unanswered = False  # noqa: SLF001
    self._breaker.failed(now)


def _takes_no_lock(self: inbox.SimInbox) -> bool:
    if self._session is None or not self._session.alive:
        self._session = self._database.connect()
    return False


_FORGETFUL = {**ledger.FOLLOWS, State.READ: (None, State.DEAD_LETTERED, State.STORED)}

BUGS = (
    *_breaking(
        Promise.SETTLED_BEFORE_DELETED,
        Bug("deletes before the commit", writer=bad_writers.DeletesBeforeCommit),
        Bug("deletes before the ledger", writer=bad_writers.DeletesBeforeLedger),
        Bug(
            "gives up without a DLQ",
            replaced=(
                (writer_module, "set_aside", bad_stages.forgets_the_dlq),
                (read, "set_aside", bad_stages.forgets_the_dlq),
            ),
        ),
    ),
    *_breaking(
        Promise.ROW_BEFORE_STORED,
        Bug("marks stored before the commit", writer=bad_writers.MarksBeforeCommit),
        Bug("marks and deletes beside the commit", writer=bad_writers.SettlesBesideTheCommit),
        Bug("untargeted ON CONFLICT", overrides=Overrides(ignores_all_conflicts=True)),
    ),
    Bug("no unique key", breaks=Promise.ONE_ROW, overrides=Overrides(has_unique_key=False)),
    Bug(
        "marked read before the copy is kept",
        breaks=Promise.GOOD_STORED,
        replaced=((read, "read_receipt", bad_stages.marks_before_the_copy),),
    ),
    *_breaking(
        Promise.GOOD_STORED,
        Bug("a poison row fails its neighbours", writer=bad_writers.FailsNeighbours),
        Bug("an outage is taken for a bad row", writer=bad_writers.TakesOutagesForBadRows),
        # Eleven receives are more than the readers need until one of them has read it.
        Bug(
            "visibility shorter than the reading",
            overrides=Overrides(receipt_visibility_s=1.0, receipt_max_receives=5),
        ),
        Bug(
            "no control row: whatever is refused is the row's fault",
            writer=bad_writers.KnowsNoControlRow,
        ),
        Bug("the control row's answer is remembered", writer=bad_writers.RemembersTheControlRow),
        Bug(
            "a message of a version to come is set aside",
            replaced=((writer_module, "decode_row", bad_operators.knows_no_newer),),
        ),
        Bug(
            "reconcile looks away from what was never read",
            replaced=((reconcile, "_send_again", bad_operators.finds_nothing),),
        ),
    ),
    *_breaking(
        Promise.FEW_RECEIVES,
        Bug("a poison row is tried for ever", writer=bad_writers.TriesForEver),
        Bug("receives while the database is away", writer=bad_writers.ReceivesWhileAway),
        Bug("probes by receiving", writer=bad_writers.ProbesByReceiving),
        Bug(
            "a trigger's objection is taken for an outage",
            replaced=((postgres, "_TRANSIENT", (*postgres._TRANSIENT, "P0")),),  # noqa: SLF001
        ),
    ),
    *_breaking(
        Promise.DRAINED,
        Bug("the breaker never tries again", replaced=((Breaker, "delay", _never_tries_again),)),
        Bug("paces by the wall clock", writer=bad_writers.PacesByTheWallClock),
        Bug(
            "a result of which no row can be made is our own failure",
            replaced=((inbox, "ROW_ERRORS", ()),),
        ),
    ),
    *_breaking(
        Promise.PACED_OFFERS,
        # Permits come before messages.
        Bug(
            "permits taken before a long poll",
            writer=bad_writers.ChargesBeforePoll,
            replaced=((writer_module, "PREFETCH_S", 0.0),),
        ),
        Bug("a new pacer starts open", replaced=((Pacer, "__init__", _starts_open),)),
        Bug(
            "a transaction is charged at its offer alone",
            replaced=((Pacer, "answered", lambda *_: None),),
        ),
        Bug("a hand-over is not paced", replaced=((Gate, "took_over", lambda *_: None),)),
        Bug(
            "a new rate forgets what is owed", replaced=((Pacer, "change", _forgets_what_is_owed),)
        ),
        Bug("a failure gives permits back", replaced=((Gate, "failed", _gives_permits_back),)),
        Bug(
            "two agents write, without a lock",
            replaced=((inbox.SimInbox, "_take_lock", _takes_no_lock),),
        ),
        Bug(
            "trusts the lock of a session that has ended",
            replaced=((inbox.SimInbox, "_take_lock", bad_operators.trusts_an_old_lock),),
        ),
    ),
    Bug(
        "stored does not dominate",
        breaks=Promise.STORED_FOR_GOOD,
        replaced=((ledger, "FOLLOWS", _FORGETFUL),),
    ),
    Bug(
        "expected count written after the first send",
        breaks=Promise.EXPECTED_FIRST,
        replaced=((split_upload, "_split_archive", bad_stages.expects_after_the_first_send),),
    ),
    Bug(
        "expected count written without its condition",
        breaks=Promise.EXPECTED_ONCE,
        overrides=Overrides(expects_once=False),
    ),
    Bug(
        "what is left out is noted by a second write",
        breaks=Promise.ALL_ENTRIES,
        replaced=((SimLedger, "expect", bad_stages.notes_in_two_writes),),
    ),
    *_breaking(
        Promise.UPLOAD_TAKEN_ON,
        Bug(
            "the splitter notes before it sends",
            replaced=((split_upload, "_send", bad_stages.notes_before_sending),),
        ),
        Bug(
            "looks away when SQS takes some of a batch",
            overrides=Overrides(raises_if_some_refused=False),
        ),
    ),
    Bug(
        "receipt ids by chance",
        breaks=Promise.DUPLICATE_NAMED,
        replaced=((split_upload, "receipt_id_for", bad_stages.names_by_chance),),
    ),
    Bug(
        "the reader believes that it was sent",
        breaks=Promise.READ_BEFORE_DELETED,
        replaced=((read, "read_receipt", bad_stages.believes_it_was_sent),),
    ),
    Bug(
        "a retry makes another batch",
        breaks=Promise.ONE_BATCH,
        replaced=((accept_batch, "batch_id_for", bad_stages.another_batch_for_a_retry),),
    ),
    Bug(
        "the replay forgets one",
        breaks=Promise.BROUGHT_BACK,
        replaced=((operators, "audit_and_replay", bad_operators.forgets_one),),
    ),
    Bug(
        "neither agent nor reconcile tells the ledger what is set aside",
        breaks=Promise.BALANCED,
        replaced=(
            (writer_module, "set_aside", bad_operators.tells_no_ledger),
            (reconcile, "mark_dead_letters", bad_operators.finds_nothing),
        ),
    ),
)
"""Each must be caught within `WITHIN_SEEDS` seeds."""

ASSUMPTIONS = (
    Bug(
        "commits are not durable, and the agent doesn't look",
        breaks=Promise.ROW_BEFORE_STORED,
        overrides=Overrides(role_is_durable=False, checks_session=False),
    ),
    Bug(
        "a database that lost rows is not audited",
        breaks=Promise.BROUGHT_BACK,
        replaced=((operators, "audit_and_replay", bad_operators.audits_nothing),),
    ),
    Bug(
        "a pooler stands between, and the agent doesn't look",
        breaks=Promise.PACED_OFFERS,
        overrides=Overrides(checks_session=False),
    ),
    Bug(
        "the server keeps silent sessions",
        breaks=Promise.DRAINED,
        overrides=Overrides(
            idle_session_timeout_s=float("inf"), chances={**CHANCES, Knob.HUNG: 1.0}
        ),
    ),
    Bug(
        "nobody runs reconcile",
        breaks=Promise.GOOD_STORED,
        replaced=((operators, "reconcile", bad_operators.audits_nothing),),
    ),
)
"""What the promises stand on, taken away: each breaks its promise, and shows what happens then."""

WITHIN_SEEDS = 500
"""Seeds of the test suite: enough to catch every bug, so the real code is given as many."""
