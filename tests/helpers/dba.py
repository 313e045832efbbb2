"""What the client's DBA may do to the agent's database."""

import contextlib
from collections.abc import Iterator
from typing import Any

import psycopg

TABLE = "ALTER TABLE receipts_inbox.receipt"
ROLE = "ALTER ROLE receipts_agent"
STAMP = """
    CREATE FUNCTION public.stamp() RETURNS trigger LANGUAGE plpgsql
    AS $$ BEGIN RETURN NEW; END $$;
    CREATE TRIGGER stamp BEFORE INSERT ON receipts_inbox.receipt
    FOR EACH ROW EXECUTE FUNCTION public.stamp();
"""
"""A trigger that lets every row pass."""
FULL_DISK = STAMP.replace("RETURN NEW", "RAISE 'disk full' USING ERRCODE = '53100'")
NO_STAMP = "DROP FUNCTION public.stamp CASCADE"


@contextlib.contextmanager
def changed(admin: psycopg.Connection[Any], change: str, back: str) -> Iterator[None]:
    """Within this context the database is changed."""
    admin.execute(change.encode())
    try:
        yield
    finally:
        admin.execute(back.encode())
