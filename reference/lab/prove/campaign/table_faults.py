"""Faults of the table: locked, slow, changed by its owner, or refusing rows."""

import contextlib

import psycopg

from lab.prove.campaign.injection import Injection
from lab.prove.drills.faults import TABLE

MARKED = "Refused by a trigger"
"""Receipts of this merchant are refused while `a_trigger_refuses_some_rows` lasts."""

CONSTRAINT = "cost_centre"

_WAIT_LONGER = "SET deadlock_timeout = '10s'"  # so that the agent's transaction is the victim


def the_table_is_locked_against_writing(fault: Injection) -> None:
    """As while an index is made."""
    _while_locked(fault, "SHARE")


def the_table_is_locked(fault: Injection) -> None:
    """As by a migration."""
    _while_locked(fault, "ACCESS EXCLUSIVE")


def deadlocks(fault: Injection) -> None:
    """Transactions of the client take two locks in the other order than its trigger does."""
    body = "PERFORM pg_advisory_xact_lock(41); PERFORM pg_advisory_xact_lock(42)"

    def take_both() -> None:
        with (
            contextlib.suppress(psycopg.Error),
            fault.env.admin() as other,
            other.transaction(),
        ):
            other.execute(_WAIT_LONGER)
            other.execute("SELECT pg_advisory_xact_lock(42)")
            fault.wait_about(0.2)
            other.execute("SELECT pg_advisory_xact_lock(41)")

    with _trigger(fault, body):
        fault.repeat(take_both, every_s=0.2)


def inserts_are_slow(fault: Injection) -> None:
    """Each statement takes up to half a second."""
    _while_triggered(fault, "PERFORM pg_sleep(random() / 2)")


def the_disk_is_full(fault: Injection) -> None:
    """Each statement fails with what a full disk gives; another answer than a control row's."""
    _while_triggered(fault, "RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'")


def a_constraint_refuses_all_rows(fault: Injection) -> None:
    """A constraint of the client that no receipt keeps, until it is mended."""
    drop = f"DROP CONSTRAINT IF EXISTS {CONSTRAINT}"
    add = f"ADD CONSTRAINT {CONSTRAINT} CHECK (position < 0) NOT VALID"
    _while_altered(fault, f"ALTER TABLE {TABLE} {drop}, {add}", f"ALTER TABLE {TABLE} {drop}")


def a_trigger_refuses_some_rows(fault: Injection) -> None:
    """A trigger of the client raises an error at one merchant's receipts."""
    body = f"IF NEW.merchant = '{MARKED}' THEN RAISE EXCEPTION 'no budget'; END IF"
    _while_triggered(fault, body, "ROW")


def the_right_to_insert_is_revoked(fault: Injection) -> None:
    """And granted again."""
    _while_altered(
        fault,
        f"REVOKE INSERT ON {TABLE} FROM receipts_agent",
        f"GRANT INSERT ON {TABLE} TO receipts_agent",
    )


def the_schema_is_of_another_version(fault: Injection) -> None:
    """A DBA runs the next version's file before the agents are upgraded, and takes it back."""
    _while_altered(
        fault,
        "UPDATE receipts_inbox.schema_version SET version = 99",
        "UPDATE receipts_inbox.schema_version SET version = 3",
    )


def the_table_is_renamed(fault: Injection) -> None:
    """And renamed back."""
    _while_altered(
        fault,
        f"ALTER TABLE IF EXISTS {TABLE} RENAME TO moved",
        "ALTER TABLE IF EXISTS receipts_inbox.moved RENAME TO receipt",
    )


def _while_locked(fault: Injection, mode: str) -> None:
    with (
        contextlib.suppress(psycopg.Error),  # another fault ended the session that locks
        fault.env.admin() as admin,
        admin.transaction(),
    ):
        admin.execute(f"LOCK TABLE {TABLE} IN {mode} MODE".encode())
        fault.last()


def _while_altered(fault: Injection, by: str, until: str) -> None:
    with fault.altered(by=(by,), until=(until,)):
        fault.last()


def _while_triggered(fault: Injection, body: str, each: str = "STATEMENT") -> None:
    with _trigger(fault, body, each):
        fault.last()


def _trigger(
    fault: Injection, body: str, each: str = "STATEMENT"
) -> contextlib.AbstractContextManager[None]:
    """Within this context a trigger of the client does `body` before each statement or row."""
    function = (
        "CREATE OR REPLACE FUNCTION public.drill() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ BEGIN {body}; RETURN NEW; END $$"
    )
    trigger = (
        f"CREATE OR REPLACE TRIGGER drill BEFORE INSERT ON {TABLE} FOR EACH {each}"
        " EXECUTE FUNCTION public.drill()"
    )
    drop = "DROP FUNCTION IF EXISTS public.drill CASCADE"
    return fault.altered(by=(function, trigger), until=(drop,))


TABLE_FAULTS = (
    the_table_is_locked_against_writing,
    the_table_is_locked,
    deadlocks,
    inserts_are_slow,
    the_disk_is_full,
    a_constraint_refuses_all_rows,
    a_trigger_refuses_some_rows,
    the_right_to_insert_is_revoked,
    the_schema_is_of_another_version,
    the_table_is_renamed,
)
