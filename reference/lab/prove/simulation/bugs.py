"""Deliberate bugs: each must be caught at the promise that it breaks. So the checks do check."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

from msgspec import Struct, field

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


class Bug(Struct, frozen=True, kw_only=True):
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


AS_DEPLOYED = Bug(name="none")


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
    Bug(
        name="deletes before the commit",
        breaks=Promise.SETTLED_BEFORE_DELETED,
        writer=bad_writers.DeletesBeforeCommit,
    ),
    Bug(
        name="deletes before the ledger",
        breaks=Promise.SETTLED_BEFORE_DELETED,
        writer=bad_writers.DeletesBeforeLedger,
    ),
    Bug(
        name="marks stored before the commit",
        breaks=Promise.ROW_BEFORE_STORED,
        writer=bad_writers.MarksBeforeCommit,
    ),
    Bug(
        name="marks and deletes beside the commit",
        breaks=Promise.ROW_BEFORE_STORED,
        writer=bad_writers.SettlesBesideTheCommit,
    ),
    Bug(
        name="untargeted ON CONFLICT",
        breaks=Promise.ROW_BEFORE_STORED,
        overrides=Overrides(ignores_all_conflicts=True),
    ),
    Bug(name="no unique key", breaks=Promise.ONE_ROW, overrides=Overrides(has_unique_key=False)),
    Bug(
        name="a poison row fails its neighbours",
        breaks=Promise.GOOD_STORED,
        writer=bad_writers.FailsNeighbours,
    ),
    Bug(
        name="a poison row is tried for ever",
        breaks=Promise.FEW_RECEIVES,
        writer=bad_writers.TriesForEver,
    ),
    Bug(
        name="an outage is taken for a bad row",
        breaks=Promise.GOOD_STORED,
        writer=bad_writers.TakesOutagesForBadRows,
    ),
    Bug(
        name="receives while the database is away",
        breaks=Promise.FEW_RECEIVES,
        writer=bad_writers.ReceivesWhileAway,
    ),
    Bug(
        name="the breaker never tries again",
        breaks=Promise.DRAINED,
        replaced=((Breaker, "delay", _never_tries_again),),
    ),
    Bug(
        name="permits taken before a long poll",
        breaks=Promise.PACED_OFFERS,
        writer=bad_writers.ChargesBeforePoll,
        replaced=((writer_module, "PREFETCH_S", 0.0),),  # permits come before messages
    ),
    Bug(
        name="paces by the wall clock",
        breaks=Promise.DRAINED,
        writer=bad_writers.PacesByTheWallClock,
    ),
    Bug(
        name="a new pacer starts open",
        breaks=Promise.PACED_OFFERS,
        replaced=((Pacer, "__init__", _starts_open),),
    ),
    Bug(
        name="a transaction is charged at its offer alone",
        breaks=Promise.PACED_OFFERS,
        replaced=((Pacer, "answered", lambda *_: None),),
    ),
    Bug(
        name="a hand-over is not paced",
        breaks=Promise.PACED_OFFERS,
        replaced=((Gate, "took_over", lambda *_: None),),
    ),
    Bug(
        name="a new rate forgets what is owed",
        breaks=Promise.PACED_OFFERS,
        replaced=((Pacer, "change", _forgets_what_is_owed),),
    ),
    Bug(
        name="a failure gives permits back",
        breaks=Promise.PACED_OFFERS,
        replaced=((Gate, "failed", _gives_permits_back),),
    ),
    Bug(
        name="two agents write, without a lock",
        breaks=Promise.PACED_OFFERS,
        replaced=((inbox.SimInbox, "_take_lock", _takes_no_lock),),
    ),
    Bug(
        name="stored does not dominate",
        breaks=Promise.STORED_FOR_GOOD,
        replaced=((ledger, "FOLLOWS", _FORGETFUL),),
    ),
    Bug(
        name="gives up without a DLQ",
        breaks=Promise.SETTLED_BEFORE_DELETED,
        replaced=(
            (writer_module, "set_aside", bad_stages.forgets_the_dlq),
            (read, "set_aside", bad_stages.forgets_the_dlq),
        ),
    ),
    Bug(
        name="visibility shorter than the reading",
        breaks=Promise.GOOD_STORED,
        # Eleven receives are more than the readers need until one of them has read it.
        overrides=Overrides(receipt_visibility_s=1.0, receipt_max_receives=5),
    ),
    Bug(
        name="expected count written after the first send",
        breaks=Promise.EXPECTED_FIRST,
        replaced=((split_upload, "_split_archive", bad_stages.expects_after_the_first_send),),
    ),
    Bug(
        name="expected count written without its condition",
        breaks=Promise.EXPECTED_ONCE,
        overrides=Overrides(expects_once=False),
    ),
    Bug(
        name="what is left out is noted by a second write",
        breaks=Promise.ALL_ENTRIES,
        replaced=((SimLedger, "expect", bad_stages.notes_in_two_writes),),
    ),
    Bug(
        name="the splitter notes before it sends",
        breaks=Promise.UPLOAD_TAKEN_ON,
        replaced=((split_upload, "_send", bad_stages.notes_before_sending),),
    ),
    Bug(
        name="receipt ids by chance",
        breaks=Promise.DUPLICATE_NAMED,
        replaced=((split_upload, "receipt_id_for", bad_stages.names_by_chance),),
    ),
    Bug(
        name="the reader believes that it was sent",
        breaks=Promise.READ_BEFORE_DELETED,
        replaced=((read, "read_receipt", bad_stages.believes_it_was_sent),),
    ),
    Bug(
        name="marked read before the copy is kept",
        breaks=Promise.GOOD_STORED,
        replaced=((read, "read_receipt", bad_stages.marks_before_the_copy),),
    ),
    Bug(
        name="a retry makes another batch",
        breaks=Promise.ONE_BATCH,
        replaced=((accept_batch, "batch_id_for", bad_stages.another_batch_for_a_retry),),
    ),
    Bug(
        name="no control row: whatever is refused is the row's fault",
        breaks=Promise.GOOD_STORED,
        writer=bad_writers.KnowsNoControlRow,
    ),
    Bug(
        name="the control row's answer is remembered",
        breaks=Promise.GOOD_STORED,
        writer=bad_writers.RemembersTheControlRow,
    ),
    Bug(
        name="probes by receiving",
        breaks=Promise.FEW_RECEIVES,
        writer=bad_writers.ProbesByReceiving,
    ),
    Bug(
        name="a trigger's objection is taken for an outage",
        breaks=Promise.FEW_RECEIVES,
        replaced=((postgres, "_TRANSIENT", (*postgres._TRANSIENT, "P0")),),  # noqa: SLF001
    ),
    Bug(
        name="a result of which no row can be made is our own failure",
        breaks=Promise.DRAINED,
        replaced=((inbox, "ROW_ERRORS", ()),),
    ),
    Bug(
        name="a message of a version to come is set aside",
        breaks=Promise.GOOD_STORED,
        replaced=((writer_module, "decode_row", bad_operators.knows_no_newer),),
    ),
    Bug(
        name="trusts the lock of a session that has ended",
        breaks=Promise.PACED_OFFERS,
        replaced=((inbox.SimInbox, "_take_lock", bad_operators.trusts_an_old_lock),),
    ),
    Bug(
        name="looks away when SQS takes some of a batch",
        breaks=Promise.UPLOAD_TAKEN_ON,
        overrides=Overrides(raises_if_some_refused=False),
    ),
    Bug(
        name="the replay forgets one",
        breaks=Promise.BROUGHT_BACK,
        replaced=((operators, "audit_and_replay", bad_operators.forgets_one),),
    ),
    Bug(
        name="neither agent nor reconcile tells the ledger what is set aside",
        breaks=Promise.BALANCED,
        replaced=(
            (writer_module, "set_aside", bad_operators.tells_no_ledger),
            (reconcile, "mark_dead_letters", bad_operators.finds_nothing),
        ),
    ),
    Bug(
        name="reconcile looks away from what was never read",
        breaks=Promise.GOOD_STORED,
        replaced=((reconcile, "_send_again", bad_operators.finds_nothing),),
    ),
)
"""Each must be caught within `WITHIN_SEEDS` seeds."""

ASSUMPTIONS = (
    Bug(
        name="commits are not durable, and the agent doesn't look",
        breaks=Promise.ROW_BEFORE_STORED,
        overrides=Overrides(role_is_durable=False, checks_session=False),
    ),
    Bug(
        name="a database that lost rows is not audited",
        breaks=Promise.BROUGHT_BACK,
        replaced=((operators, "audit_and_replay", bad_operators.audits_nothing),),
    ),
    Bug(
        name="a pooler stands between, and the agent doesn't look",
        breaks=Promise.PACED_OFFERS,
        overrides=Overrides(checks_session=False),
    ),
    Bug(
        name="the server keeps silent sessions",
        breaks=Promise.DRAINED,
        overrides=Overrides(
            idle_session_timeout_s=float("inf"), chances={**CHANCES, Knob.HUNG: 1.0}
        ),
    ),
    Bug(
        name="nobody runs reconcile",
        breaks=Promise.GOOD_STORED,
        replaced=((operators, "reconcile", bad_operators.audits_nothing),),
    ),
)
"""What the promises stand on, taken away: each breaks its promise, and shows what happens then."""

WITHIN_SEEDS = 500
"""Seeds of the test suite: enough to catch every bug, so the real code is given as many."""
