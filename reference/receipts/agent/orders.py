"""The client's standing orders: the agent obeys its configuration file while it runs."""

import time
from pathlib import Path

import msgspec
from aws_lambda_powertools import Logger

from receipts.agent.config import ORDERS, AgentConfig, ConfigError, load
from receipts.agent.gate import Gate

logger = Logger(service="receipts-agent", child=True)


class Standing:
    """Looks if the file was changed; what is wrong in it is said, and the old orders stand."""

    def __init__(self, path: Path, config: AgentConfig, gate: Gate) -> None:
        """`config` as it was loaded from `path`."""
        self._path = path
        self._config = config
        self._gate = gate
        self._seen = _stamp(path)

    def look(self) -> None:
        """Obey the file if it was changed."""
        stamp = _stamp(self._path)
        if stamp is None or stamp == self._seen:
            return
        self._seen = stamp
        try:
            config = load(self._path)
        except ConfigError as error:
            logger.error("the old orders stand", extra={"reason": str(error)})  # noqa: TRY400
            return
        before, after = (msgspec.structs.asdict(c) for c in (self._config, config))
        changed = {key for key in after if after[key] != before[key]}
        self._config = config
        self._gate.obey(config.orders(), time.monotonic())
        logger.info("new orders", extra={key: after[key] for key in sorted(changed & ORDERS)})
        if later := sorted(changed - ORDERS):
            logger.warning("needs a restart", extra={"keys": later})


def _stamp(path: Path) -> tuple[int, int] | None:
    """Changes when the file does; None while it is being replaced."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_mtime_ns, found.st_ino
