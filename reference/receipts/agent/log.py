"""The agent's log: a JSON object a line, of the standard library's records and their `extra`."""

import contextlib
import datetime as dt
import logging
from collections.abc import Iterator
from typing import TextIO

import msgspec

_KNOWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


def added(record: logging.LogRecord) -> dict[str, object]:
    """What the call added by `extra`."""
    return {name: it for name, it in vars(record).items() if name not in _KNOWN}


class JsonLines(logging.Formatter):
    """Time in UTC, level, place in the code, message; then what the call added, by its names."""

    def format(self, record: logging.LogRecord) -> str:
        """One line; what JSON doesn't know is a text."""
        line = {
            "timestamp": dt.datetime.fromtimestamp(record.created, dt.UTC),
            "level": record.levelname,
            "location": f"{record.module}.{record.funcName}:{record.lineno}",
            "message": record.getMessage(),
        }
        line |= added(record)
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return msgspec.json.encode(line, enc_hook=str).decode()


@contextlib.contextmanager
def json_lines(stream: TextIO) -> Iterator[None]:
    """While this lasts, the agent's log goes there."""
    handler, logger = logging.StreamHandler(stream), logging.getLogger("receipts.agent")
    handler.setFormatter(JsonLines())
    before = logger.level
    logger.setLevel(min(logging.INFO, before or logging.INFO))
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(before)
