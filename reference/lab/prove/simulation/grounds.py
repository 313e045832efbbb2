"""What each promise stands on: who sees to it, and what shows that it breaks without."""

from msgspec import Struct

from lab.prove.simulation.knobs import Knob


class Ground(Struct, frozen=True, kw_only=True):
    """One thing that a promise stands on, outside of what the stages do themselves.

    `enforced_by` says who sees to it; `file` is where, from the repository's root. `bug` breaks it
    in the simulation, if anything does: one of `bugs.BUGS` or `bugs.ASSUMPTIONS`.
    """

    promise: str
    stands_on: str
    enforced_by: str
    file: str
    knob: Knob | None = None
    bug: str = ""
    broken: str


AGENT = "reference/receipts/agent"
GROUNDS = (
    Ground(
        promise="what is called stored is there after a crash",
        stands_on="durable commits: a setting of the server, or of the role",
        enforced_by="the role's setting; the agent refuses a session without it, a server with "
        "fsync off, an UNLOGGED table",
        file=f"{AGENT}/server_audit.sql",
        knob=Knob.NOT_DURABLE,
        bug="commits are not durable, and the agent doesn't look",
        broken="rows are gone, the ledger says stored, the messages are deleted",
    ),
    Ground(
        promise="what is called stored is there after a restore or a failover",
        stands_on="the canonical copies, and somebody who audits and replays",
        enforced_by="a person: receipts audit finds what is missing, receipts replay puts it back",
        file="reference/commands/restore.py",
        knob=Knob.RESTORED,
        bug="a database that lost rows is not audited",
        broken="rows are gone, and the ledger says stored",
    ),
    Ground(
        promise="one agent writes at a time, so the pace is kept",
        stands_on="one session of the agent is one session of the server",
        enforced_by="the agent refuses a pooler",
        file=f"{AGENT}/server_audit.py",
        knob=Knob.POOLED,
        bug="a pooler stands between, and the agent doesn't look",
        broken="both agents write: twice the rate",
    ),
    Ground(
        promise="a writer that is silent is replaced",
        stands_on="a server that ends silent sessions",
        enforced_by="the role's idle_session_timeout; the agent names one that is missing",
        file=f"{AGENT}/inbox.sql",
        knob=Knob.HUNG,
        bug="the server keeps silent sessions",
        broken="the stand-by waits for ever, and nothing is stored",
    ),
    Ground(
        promise="no good receipt is set aside when the client changes the table",
        stands_on="a control row, which is refused when all rows are",
        enforced_by="the writer, before it calls a row guilty",
        file=f"{AGENT}/writer.py",
        knob=Knob.ALL_ROWS_REFUSED,
        bug="no control row: whatever is refused is the row's fault",
        broken="the whole queue goes to the dead-letter queue",
    ),
    Ground(
        promise="an outage costs a handful of receives, however long it lasts",
        stands_on="a probe that needs no message",
        enforced_by="the writer's control row",
        file=f"{AGENT}/writer.py",
        knob=Knob.WRITES_REFUSED,
        bug="probes by receiving",
        broken="a quiet queue's receipts are set aside after a thousand receives",
    ),
    Ground(
        promise="the agent understands each message",
        stands_on="a message version that both sides know",
        enforced_by="the agent receives no more, and says that it must be upgraded",
        file=f"{AGENT}/writer.py",
        knob=Knob.CLOUD_AHEAD,
        bug="a message of a version to come is set aside",
        broken="good receipts go to the dead-letter queue",
    ),
    Ground(
        promise="each upload is read",
        stands_on="S3's events, at least once",
        enforced_by="reconcile, every hour: it sends again the event of what no reader has had",
        file="reference/receipts/reconcile.py",
        knob=Knob.EVENT_LOST,
        bug="reconcile looks away from what was never read",
        broken="the batch stays open",
    ),
    Ground(
        promise="what was read is stored, however long the agents are paused",
        stands_on="the write queue's retention, then reconcile",
        enforced_by="reconcile, every hour: it puts the canonical copy back",
        file="reference/receipts/reconcile.py",
        knob=Knob.RESULTS_EXPIRED,
        bug="nobody runs reconcile",
        broken="the receipt is read and never stored",
    ),
    Ground(
        promise="what was sent to the readers is read",
        stands_on="readers that work within the receipt queue's retention",
        enforced_by="reconcile, every hour: it sends the upload's event again, the "
        "splitter what has no entry",
        file="reference/receipts/reconcile.py",
        knob=Knob.RECEIPTS_EXPIRED,
        bug="reconcile looks away from what was never read",
        broken="an archive's receipts are never read",
    ),
    Ground(
        promise="every pace is kept when the time of day jumps",
        stands_on="a monotonic clock",
        enforced_by="the agent measures nothing by the time of day",
        file=f"{AGENT}/start.py",
        bug="paces by the wall clock",
        broken="the agent stops, or writes too fast",
    ),
)

NOT_MODELLED = {
    "the in-flight limit of 120,000 messages": (
        "the agent holds eight transactions at most, 4,000 messages; the readers 200"
    ),
    Knob.LETTERS_EXPIRED: "a person redrives within 14 days, or looks in the ledger",
    Knob.KEY_REUSED: (
        "no actor lets the ledger forget; tests of accepting and of the inbox have it, and a drill "
        "on the real parts"
    ),
    "the first receipt after a start is to blame by its customer or name": (
        "the fake's control row is taken unless all rows are refused; a test of the writer has it"
    ),
    "an archive is overwritten and its first event is lost": (
        "nobody can tell what the first one held: the batch stays open for a person"
    ),
}
"""Behaviours that no run shows, and why."""
