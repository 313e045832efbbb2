"""The agent's configuration: one TOML file, validated, and partly reloaded while the agent runs."""

import logging
import time
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from receipts.agent.gate import Gate, OperatorSettings
from receipts.agent.schedule import Schedule, ScheduleError
from receipts.errors import ConfigError

SHARE = 0.1
"""Of one transaction, how much is in flight on average: the client's app is slowed by no more than
that (see `receipts.agent.pacing`), and a tenth is what it tolerates."""

ROWS_PER_TRANSACTION = 20
"""Two SQS calls. Fifty are a fifth faster, and hold the app's calls up more than twice as long."""

logger = logging.getLogger(__name__)

Text = Annotated[str, Meta(min_length=1)]


class AgentConfig(Struct, frozen=True, kw_only=True):
    """The agent's only configuration; `REMEDIES` says where each value comes from."""

    queue_url: Text
    dead_letter_url: Text
    ledger_table: Text
    database: Text
    rows_per_second: Annotated[float, Meta(gt=0, le=10_000)]
    rows_per_transaction: Annotated[int, Meta(ge=1, le=500)] = ROWS_PER_TRANSACTION
    share: Annotated[float, Meta(gt=0, le=1)] = SHARE
    connections: Annotated[int, Meta(ge=2)] = 2
    paused: bool = False
    schedule: tuple[str, ...] = ()
    time_zone: str = "UTC"
    poll_seconds: Annotated[int, Meta(ge=0, le=20)] = 5
    metrics_port: Annotated[int, Meta(ge=0, le=65_535)] = 9464
    page: bool = False
    region: str | None = None
    endpoint_url: str | None = None

    def __post_init__(self) -> None:
        """Raise ScheduleError where the schedule can't be understood."""
        self.operator_settings()

    def operator_settings(self) -> OperatorSettings:
        """The settings that may change while the agent runs: `RELOADABLE_KEYS`."""
        return OperatorSettings(
            ceiling=self.rows_per_second,
            share=self.share,
            paused=self.paused,
            schedule=Schedule(self.schedule, self.time_zone),
        )


RELOADABLE_KEYS = frozenset({"rows_per_second", "share", "paused", "schedule", "time_zone"})
"""The keys that a running agent applies within seconds; the others need a restart."""

REMEDIES: Mapping[str, str] = {
    "queue_url": "the write queue's URL: output WriteQueueUrl of the template",
    "dead_letter_url": "the write DLQ's URL: output WriteDlqUrl of the template",
    "ledger_table": "the ledger's name: output LedgerTable of the template",
    "database": "how to connect, as libpq has it: host=... dbname=... user=receipts_agent; or"
    " mariadb://receipts_agent@HOST?ssl_ca=FILE&option_file=FILE",
    "rows_per_second": "the ceiling: a number over 0, at most 10000",
    "rows_per_transaction": "a whole number from 1 to 500",
    "share": "how much of one transaction may be in flight on average: over 0, at most 1",
    "connections": "the role's CONNECTION LIMIT: 2 or more, the agent that writes and a stand-by",
    "paused": "true or false",
    "schedule": 'when it may write: a list such as ["mon-fri 22:00-06:00", "sat-sun 00:00-24:00"]',
    "time_zone": 'the schedule\'s, such as "Europe/Berlin"',
    "metrics_port": "where 127.0.0.1 answers /metrics and /health: 1 to 65535; 0 switches it off",
    "page": "true or false: whether the metrics_port shows a page of what the agent does, too",
    "poll_seconds": "how long to wait for the first message: 0 to 20 seconds",
    "region": 'the AWS region, such as "eu-central-1"; without it, as the AWS SDK finds it',
    "endpoint_url": "another address for AWS's services; leave it out on AWS",
}


def load(path: Path) -> AgentConfig:
    """Read the file. Raises `ConfigError` that names everything wrong at once."""
    try:
        return parse(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise ConfigError(f"{path}: can't be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not TOML: {error}") from error
    except ConfigError as error:
        raise ConfigError(f"{path}:\n{error}") from error


def parse(given: Mapping[str, Any]) -> AgentConfig:
    """Validate what the file says. Raises `ConfigError`."""
    known = {field.name: field for field in msgspec.structs.fields(AgentConfig)}
    wrong = [f"  {key}: unknown; known are {', '.join(known)}" for key in given if key not in known]
    values: dict[str, Any] = {}
    for name, field in known.items():
        if name in given:
            try:
                values[name] = msgspec.convert(given[name], field.type)
            except msgspec.ValidationError as error:
                wrong.append(f"  {name}: {error}; give {REMEDIES[name]}")
        elif field.required:
            wrong.append(f"  {name}: missing; give {REMEDIES[name]}")
    if wrong:
        raise ConfigError("\n".join(wrong))
    try:
        return AgentConfig(**values)
    except ScheduleError as error:
        raise ConfigError(f"  schedule: {error}; give {REMEDIES['schedule']}") from error


class ConfigFile:
    """The configuration file of a running agent. If it becomes invalid, the old settings stay."""

    def __init__(self, path: Path, config: AgentConfig, gate: Gate) -> None:
        """`config` as it was loaded from `path`."""
        self._path = path
        self._config = config
        self._gate = gate
        self._seen = _stamp(path)

    def reload_if_changed(self) -> None:
        """Apply the file if it was changed; an invalid one is logged."""
        stamp = _stamp(self._path)
        if stamp is None or stamp == self._seen:
            return
        self._seen = stamp
        try:
            config = load(self._path)
        except ConfigError as error:
            logger.error("the old settings stay", extra={"reason": str(error)})  # noqa: TRY400
            return
        before, after = (msgspec.structs.asdict(c) for c in (self._config, config))
        changed = {key for key in after if after[key] != before[key]}
        self._config = config
        self._gate.apply(config.operator_settings(), time.monotonic())
        logger.info(
            "new settings", extra={key: after[key] for key in sorted(changed & RELOADABLE_KEYS)}
        )
        if later := sorted(changed - RELOADABLE_KEYS):
            logger.warning("needs a restart", extra={"keys": later})


def _stamp(path: Path) -> tuple[int, int] | None:
    """A value that changes when the file does; None while it can't be seen, or is replaced."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ino
