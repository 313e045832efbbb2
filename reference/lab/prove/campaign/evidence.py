"""Gathers what a round left behind: rows, ledger, queues, the server's log and the agents'."""

import datetime as dt
import functools
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path

import msgspec
from psycopg.types.json import set_json_loads

from lab.prove.campaign.judge import Letter
from lab.prove.campaign.windows import Ceiling, Rows
from lab.prove.campaign.workload import COLUMNS
from lab.prove.drills.environment import DrillEnvironment
from lab.prove.drills.faults import TABLE
from lab.run.local.system import DLQS, QUEUES
from receipts.agent.rows import CONTROL
from receipts.ledger import State

SERVER_SETTINGS: Mapping[str, str | int] = {
    "track_commit_timestamp": "on",
    "log_statement": "mod",  # with its parameters, when it arrives
    "log_line_prefix": "%n ",  # seconds since the epoch
}

_INSERT = re.compile(r"([\d.]+) LOG:  execute [^:]+: INSERT INTO receipts_inbox\.receipt ")
_PARAMETER = re.compile(r"[\d.]+ DETAIL:  parameters: \$1 = '(.*)'$", re.IGNORECASE)


class _Row(msgspec.Struct):
    receipt_id: str


class _LogLine(msgspec.Struct):
    message: str
    timestamp: str
    ceiling_rows_per_second: float | None = None
    rows_per_second: float | None = None
    exception: str | None = None

    @property
    def at(self) -> float:
        return dt.datetime.fromisoformat(self.timestamp).timestamp()


def stored_rows(env: DrillEnvironment, batch_id: str) -> Sequence[tuple[object, ...]]:
    """The batch's rows, as `COLUMNS`."""
    with env.admin() as admin:
        set_json_loads(functools.partial(json.loads, parse_float=Decimal), admin)
        query = f"SELECT {', '.join(map(_quoted, COLUMNS))} FROM {TABLE} WHERE batch_id = %s"  # noqa: S608
        return admin.execute(query.encode(), [batch_id]).fetchall()


def count_rows(env: DrillEnvironment) -> int:
    """All rows of the table."""
    with env.admin() as admin:
        found = admin.execute(f"SELECT count(*) FROM {TABLE}".encode()).fetchone()  # noqa: S608
        return int(found[0]) if found else 0


def commits(env: DrillEnvironment, batch_id: str) -> Sequence[Rows]:
    """When the batch's rows were committed, by PostgreSQL's own timestamps."""
    query = f"""
        SELECT extract(epoch FROM pg_xact_commit_timestamp(xmin))::float8, count(*)
        FROM {TABLE} WHERE batch_id = %s GROUP BY xmin::text, 1
    """  # noqa: S608
    with env.admin() as admin:
        return [Rows(at, rows) for at, rows in admin.execute(query.encode(), [batch_id])]


def ledger_states(env: DrillEnvironment, batch_id: str) -> Mapping[int, State]:
    """The batch's entries, by index."""
    found = env.ledger.snapshot(batch_id)
    return {entry.index: entry.state for entry in found.entries} if found else {}


def take_letters(env: DrillEnvironment) -> Sequence[Letter]:
    """Receive and delete what is on the write DLQ."""
    return [Letter(body, reason) for body, reason in env.take_letters()]


def left_on_queues(env: DrillEnvironment) -> Mapping[str, int]:
    """Messages by queue, in flight or not."""
    return {name: env.system.depth(output) for name, output in (*QUEUES.items(), *DLQS.items())}


def arrivals(log: Path, start: int) -> tuple[Sequence[Rows], int]:
    """Rows that arrived at the server, by its log from this byte on; and where the log ends.

    Whatever became of the statement. Without control rows, which are always rolled back.
    """
    with log.open("rb") as file:
        file.seek(start)
        text = file.read()
    return list(_arrivals(text.decode(errors="replace").splitlines())), start + len(text)


def _arrivals(lines: Iterable[str]) -> Iterator[Rows]:
    at: float | None = None
    for line in lines:
        if at is not None and (parameter := _PARAMETER.match(line)):
            rows = msgspec.json.decode(parameter[1].replace("''", "'"), type=list[_Row])
            if count := sum(row.receipt_id != CONTROL for row in rows):
                yield Rows(at, count)
        insert = _INSERT.match(line)
        at = float(insert[1]) if insert else None


def ceilings(agent: str, logs: Iterable[Path]) -> set[Ceiling]:
    """What the agent's logs say of its ceiling: at each start, and when its file was changed."""
    found = set()
    for line in _log_lines(logs):
        rate = line.ceiling_rows_per_second or line.rows_per_second
        if rate is not None:
            found.add(Ceiling(line.at, agent, rate))
    return found


def own_errors(logs: Iterable[Path], since: float) -> Sequence[str]:
    """Errors of our own from this moment on: exceptions that the agent didn't expect."""
    return [
        f"{line.message}: {(line.exception or '?').splitlines()[-1]}"
        for line in _log_lines(logs)
        if line.message == "a cycle failed" and line.at >= since
    ]


def noticed(logs: Iterable[Path], since: float) -> Counter[str]:
    """What the agents noticed from this moment on: their log's messages, counted."""
    return Counter(line.message for line in _log_lines(logs) if line.at >= since)


def _log_lines(logs: Iterable[Path]) -> Iterator[_LogLine]:
    for log in logs:
        for line in log.read_text(errors="replace").splitlines():
            try:
                yield msgspec.json.decode(line, type=_LogLine)
            except msgspec.DecodeError:
                continue


def _quoted(column: str) -> str:
    return f'"{column}"'
